import io

import numpy as np
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from PIL import Image

from labelkit.media import UnreadableFile
from labelkit.media.image import ImageMedia
from labelkit.tests.deep_pictures import png16
from labelkit.tests.pictures import make_png
from plateau.datalake.models import Asset
from plateau.datalake.services import save_asset

LIMIT = 1_000_000


def code_of(data: bytes, max_pixels: int = LIMIT) -> str:
    with pytest.raises(UnreadableFile) as refused:
        ImageMedia().probe(data, max_pixels=max_pixels)
    return refused.value.code


def encoded(image: Image.Image, kind: str, **options) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF"])
def test_every_format_is_taken_and_gets_a_thumbnail(kind):
    picture = ImageMedia().probe(encoded(Image.new("RGB", (300, 200), "red"), kind), max_pixels=LIMIT)
    assert (picture.facts.width, picture.facts.height) == (300, 200)
    assert Image.open(io.BytesIO(picture.thumbnail.data)).size == (256, 171)
    assert len(picture.fingerprint) == 256


def test_a_truncated_picture_is_found_by_decoding_to_its_end():
    whole = make_png(1, side=128)
    assert code_of(whole[: len(whole) // 2]) == "broken_image"


def test_text_and_nothing_are_no_images():
    assert code_of(b"hello, this is no picture") == "not_an_image"
    assert code_of(b"") == "empty"


def test_a_decompression_bomb_is_refused_before_it_is_decoded():
    bomb = encoded(Image.new("1", (20_000, 20_000)), "PNG")
    assert len(bomb) < 100_000
    assert code_of(bomb) == "too_many_pixels"


def test_the_exif_turn_is_applied_to_size_and_display():
    exif = Image.Exif()
    exif[0x0112] = 6
    data = encoded(Image.new("RGB", (80, 40), "blue"), "JPEG", exif=exif)
    picture = ImageMedia().probe(data, max_pixels=LIMIT)
    assert (picture.facts.width, picture.facts.height) == (40, 80)
    assert picture.display is not None
    shown = Image.open(io.BytesIO(picture.display.data))
    assert shown.size == (40, 80)
    assert shown.getexif().get(0x0112, 1) == 1


def test_what_browsers_cannot_show_gets_a_display_copy():
    picture = ImageMedia().probe(encoded(Image.new("I;16", (50, 50), 1000), "TIFF"), max_pixels=LIMIT)
    assert picture.display_type == "image/png"
    assert picture.display is not None


def test_transparency_lies_on_white():
    picture = ImageMedia().probe(encoded(Image.new("RGBA", (64, 64), (0, 0, 0, 0)), "PNG"), max_pixels=LIMIT)
    assert set(picture.fingerprint) == {255}


def test_a_png_of_12_bits_in_16_is_shown_by_a_copy_from_black_to_white():
    picture = ImageMedia().probe(
        png16(np.linspace(0, 4095, 80 * 80).reshape(80, 80).astype(np.uint16)), max_pixels=LIMIT
    )
    assert picture.display is not None
    assert Image.open(io.BytesIO(picture.display.data)).getextrema() == (0, 255)
    assert picture.display_type == "image/png"


@pytest.mark.django_db
def test_what_is_shown_of_stored_pictures_is_made_anew_where_it_would_differ_today(people, capsys):
    organization, values = people.actor().organization_id, np.full((70, 70), 3000, dtype=np.uint16)
    deep = save_asset(organization_id=organization, data=png16(values))
    plain = save_asset(organization_id=organization, data=make_png(1))
    gone = save_asset(organization_id=organization, data=make_png(2))
    shown, thumbnail = deep.display_key, default_storage.open(deep.thumbnail_key).read()
    default_storage.delete(deep.thumbnail_key)
    default_storage.save(deep.thumbnail_key, ContentFile(b"black"))
    default_storage.delete(shown)
    Asset.objects.filter(pk=deep.pk).update(display_key=deep.storage_key, fingerprint=bytes(256))
    default_storage.delete(gone.storage_key)
    call_command("remake_pictures")
    output = capsys.readouterr()
    assert "3 pictures: 1 made anew, 1 left as they were" in output.out
    assert f"asset {gone.pk} is left" in output.err
    asset = Asset.objects.get(pk=deep.pk)
    assert (asset.display_key, bytes(asset.fingerprint)) == (shown, bytes([187] * 256))
    assert Image.open(default_storage.open(shown)).getextrema() == (187, 187)
    assert default_storage.open(asset.thumbnail_key).read() == thumbnail
    assert Asset.objects.get(pk=plain.pk).display_key == plain.display_key
    call_command("remake_pictures")
    assert "3 pictures: 0 made anew" in capsys.readouterr().out
