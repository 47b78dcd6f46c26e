import io

import pytest
from PIL import Image

from conftest import png
from plateau.datalake.images import BadFile, examine

LIMIT = 1_000_000


def code_of(data: bytes, max_pixels: int = LIMIT) -> str:
    with pytest.raises(BadFile) as refused:
        examine(data, max_pixels=max_pixels)
    return refused.value.code


def encoded(image: Image.Image, kind: str, **options) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF"])
def test_every_format_is_taken_and_gets_a_thumbnail(kind):
    picture = examine(encoded(Image.new("RGB", (300, 200), "red"), kind), max_pixels=LIMIT)
    assert (picture.width, picture.height) == (300, 200)
    assert Image.open(io.BytesIO(picture.thumbnail)).size == (256, 171)
    assert len(picture.fingerprint) == 256


def test_a_truncated_picture_is_found_by_decoding_to_its_end():
    whole = png(1, side=128)
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
    picture = examine(data, max_pixels=LIMIT)
    assert (picture.width, picture.height) == (40, 80)
    assert picture.display is not None
    shown = Image.open(io.BytesIO(picture.display))
    assert shown.size == (40, 80)
    assert shown.getexif().get(0x0112, 1) == 1


def test_what_browsers_cannot_show_gets_a_display_copy():
    picture = examine(encoded(Image.new("I;16", (50, 50), 1000), "TIFF"), max_pixels=LIMIT)
    assert picture.display_type == "image/png"
    assert picture.display is not None


def test_transparency_lies_on_white():
    picture = examine(encoded(Image.new("RGBA", (64, 64), (0, 0, 0, 0)), "PNG"), max_pixels=LIMIT)
    assert set(picture.fingerprint) == {255}
