import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, UnidentifiedImageError

from labelkit.pictures import check_whole, flatten, read_flat, read_header, read_upright_size, read_with_alpha
from labelkit.tests.deep_pictures import png16, tiff

RAMP = np.linspace(0, 1, 96).reshape(8, 12)


def encoded(image: Image.Image, kind: str = "PNG", **options) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def grey_of(data: bytes) -> np.ndarray:
    image = read_flat(data)
    assert image.mode == "L"
    return np.asarray(image).astype(int)


def shades(share: np.ndarray) -> np.ndarray:
    return np.floor(share * 255 + 0.5).astype(int)


@pytest.mark.parametrize("bits", [8, 10, 12, 14, 16])
def test_a_ramp_of_any_depth_reaches_from_black_to_white(bits):
    values = np.round(RAMP * (2**bits - 1)).astype(np.uint16)
    wanted = shades(values / (2**bits - 1))
    assert (wanted.min(), wanted.max()) == (0, 255)
    colors = np.dstack([values, values[::-1], values // 2])
    for data in (png16(values), png16(values, interlaced=True), tiff(values), tiff(values, order=">")):
        assert np.array_equal(grey_of(data), wanted)
    for data in (png16(colors), png16(colors, interlaced=True), tiff(colors), tiff(colors, order=">")):
        assert np.array_equal(np.asarray(read_flat(data)).astype(int), shades(colors / (2**bits - 1)))


def test_a_dark_picture_stays_darker_than_a_bright_one_and_a_flat_one_keeps_its_shade():
    rng = np.random.default_rng(0)
    dark, bright = (png16(rng.normal(mean, 150, (48, 48)).clip(0).astype(np.uint16)) for mean in (900, 2600))
    assert grey_of(dark).mean() == pytest.approx(900 / 4095 * 255, abs=1)
    assert grey_of(bright).mean() == pytest.approx(2600 / 4095 * 255, abs=1)
    for value, shade in ((0, 0), (200, 200), (2048, 128), (4095, 255), (40_000, 156), (65_535, 255)):
        flat = np.full((4, 4), value, dtype=np.uint16)
        assert set(grey_of(png16(flat)).ravel()) == {shade}
        assert set(np.asarray(read_flat(png16(np.dstack([flat] * 3)))).ravel().tolist()) == {shade}


def test_all_bands_are_scaled_alike_so_that_colors_stay():
    values = np.zeros((4, 4, 3), dtype=np.uint16)
    values[:] = (4000, 1000, 100)
    assert np.asarray(read_flat(png16(values)))[0, 0].tolist() == [249, 62, 6]


@pytest.mark.parametrize("interlaced", [False, True])
def test_transparency_of_deep_pictures_lies_on_white(interlaced):
    values = np.round(RAMP * 4095).astype(np.uint16)
    alpha = np.full(values.shape, 65535, dtype=np.uint16)
    alpha[0] = 0
    wanted = shades(values / 4095)
    wanted[0] = 255
    for planes in ([values, alpha], [values, values, values, alpha]):
        data = png16(np.dstack(planes), interlaced=interlaced)
        assert np.array_equal(np.asarray(read_flat(data).convert("L")), wanted)
        assert np.asarray(read_with_alpha(data))[0, :, 3].max() == 0
    wanted = shades(values / 4095)
    wanted.ravel()[5] = 255
    clear = int(values.ravel()[5])
    for data in (png16(values, clear=(clear,)), png16(np.dstack([values] * 3), clear=(clear,) * 3)):
        assert np.array_equal(np.asarray(read_flat(data).convert("L")), wanted)


def test_signed_values_and_large_ones():
    tomogram = np.array([[-1024, 0, 1000, 3071]], dtype=np.int16)
    assert grey_of(tiff(tomogram))[0].tolist() == shades((tomogram[0] + 1024) / 5119).tolist()
    full = np.array([[-32768, 0, 32767]], dtype=np.int16)
    assert grey_of(tiff(full, order=">"))[0].tolist() == [0, 128, 255]
    assert grey_of(tiff(np.array([[0, 2**31, 2**32 - 1]], dtype=np.uint32)))[0].tolist() == [0, 128, 255]
    assert grey_of(tiff(np.array([[0, 2**19, 2**20 - 1]], dtype=np.int32)))[0].tolist() == [0, 128, 255]
    assert grey_of(tiff(np.full((2, 2), -7, dtype=np.int16))).min() > 100


def test_floats():
    def grey(*values: float) -> list[int]:
        return grey_of(encoded(Image.fromarray(np.array([values], dtype=np.float32)), "TIFF"))[0].tolist()

    assert grey(0, 0.5, 1) == [0, 128, 255]
    assert grey(0, 0.1, 0.2) == [0, 26, 51]  # a dark picture among those of 0 to 1
    assert grey(-1, 0, 1) == [0, 128, 255]
    assert grey(-0.001, 0.5, 1) == [1, 128, 255]
    assert grey(0, 100, 255) == [0, 100, 255]
    assert grey(0, 2048, 4095) == [0, 128, 255]
    assert grey(0, 1e-5, 2**-16) == [0, 167, 255]
    assert grey(float("nan"), 0.5, 1) == [0, 128, 255]
    assert grey(float("-inf"), 0.5, float("inf")) == [0, 128, 255]
    assert grey(float("nan"), float("nan")) == [0, 0]
    assert grey(0, 1e30, 2e30) == [0, 50, 101]


def test_a_tiff_in_which_zero_is_white_is_turned_round():
    values = np.round(RAMP * 4095).astype(np.uint16)
    assert np.array_equal(grey_of(tiff(values, photometric=0)), 255 - shades(values / 4095))


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "LA", "RGBA", "CMYK"])
def test_every_mode_of_8_bits_becomes_grey_or_colors(mode):
    image = Image.new("RGB", (40, 30), (250, 10, 10)).convert(mode)
    flat = flatten(read_header(encoded(image, "TIFF")))
    assert (flat.image.mode, flat.image.size) == ("L" if mode in ("1", "L") else "RGB", (40, 30))
    wanted = image.convert("RGB").getpixel((5, 5))
    assert flat.image.convert("RGB").getpixel((5, 5)) == wanted
    assert flat.plain == (mode != "CMYK")


def test_what_browsers_show_otherwise_is_not_plain():
    half = Image.new("RGBA", (8, 8), (0, 0, 0, 128))
    assert flatten(read_header(encoded(Image.new("RGBA", (8, 8), (1, 2, 3, 255))))).plain
    assert not flatten(read_header(encoded(half))).plain
    assert read_flat(encoded(half)).getpixel((0, 0)) == (127, 127, 127)
    spotted = Image.new("P", (8, 8), 3)
    assert not flatten(read_header(encoded(spotted, "GIF", transparency=3))).plain
    assert read_flat(encoded(spotted, "GIF", transparency=3)).getpixel((0, 0)) == (255, 255, 255)
    grey = encoded(Image.new("L", (8, 8), 7), transparency=7)
    assert read_flat(grey).getpixel((0, 0)) == (255, 255, 255)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_a_file_on_its_side_is_turned(kind):
    exif = Image.Exif()
    exif[0x0112] = 6
    data = encoded(Image.new("RGB", (80, 40), "blue"), kind, exif=exif)
    flat = flatten(read_header(data))
    assert (flat.image.size, read_upright_size(data)) == ((40, 80), (40, 80))
    assert not flat.plain or kind == "TIFF"  # which no browser shows


def test_a_deep_file_on_its_side_is_turned_with_both_of_its_bytes():
    values = np.round(RAMP * 4095).astype(np.uint16)
    for planes in (values, np.dstack([values] * 3), np.dstack([values, np.full_like(values, 65535)])):
        data = png16(planes)
        exif = Image.Exif()
        exif[0x0112] = 6
        body = exif.tobytes().removeprefix(b"Exif\0\0")
        chunk = struct.pack(">I", len(body)) + b"eXIf" + body + struct.pack(">I", zlib.crc32(b"eXIf" + body))
        turned = np.asarray(read_flat(data[:33] + chunk + data[33:]).convert("L"))
        assert np.array_equal(turned, np.rot90(shades(values / 4095), -1))


@pytest.mark.parametrize("kind", ["EPS", "PPM", "TGA", "PCX", "ICO"])
def test_other_formats_that_pillow_knows_are_not_opened(kind, tmp_path):
    data = encoded(Image.new("RGB", (16, 16)), kind)
    path = tmp_path / "file"
    path.write_bytes(data)
    for read in (read_flat, read_header, read_upright_size, read_with_alpha):
        with pytest.raises(UnidentifiedImageError):
            read(data)
    with pytest.raises(UnidentifiedImageError):
        check_whole(path)
