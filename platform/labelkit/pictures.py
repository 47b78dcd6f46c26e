"""Every picture as 8 bits, grey or colors: the one way in which files become the pixels that people see and models get.

Pure; Pillow and numpy. Pictures to look at, thumbnails, fingerprints, training, batches and serving all come through
`flatten`; the page that runs models in a browser does the same (`frontend/src/runner/deep-png.ts`).

The rules:

- The first frame, turned upright as EXIF says. Grey (mode `L`) and colors (`RGB`) of 8 bits stay as they are; one bit
  is black and white; a palette becomes its colors; CMYK and others what Pillow makes of them.
- Transparency lies on white.
- Values of more than 8 bits are scaled linearly by the depth that they use, never by the picture's own darkest and
  brightest value: a dark picture stays darker than a bright one beside it. Black is 0, white is 2^b − 1 with the
  smallest b of 8, 10, 12, … that holds the largest value of all bands; so 12 bits in a 16-bit file reach from black to
  white, and a picture whose values all fit into 8 bits keeps them. A flat picture is as bright as its value says.
- Where values are below zero, black is −2^a and white 2^b − 1, a and b being the smallest from 7 on that hold them.
- Floats: white is 1 where the largest value is at most 1 but more than 1/256, and a power of 4 where it is less; black
  is −2^a with the smallest a from −8 on; else as whole numbers. What is not a number is black; what is infinite is
  white or black, and does not count for the depth.
- A TIFF that says that zero is white is turned round.
"""

import io
import math
import re
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps
from PIL.ImageFile import ImageFile

from labelkit.messages import Message
from labelkit.rle import MAX_PIXELS

# Raise it where pixels come out otherwise than before: what was computed from them is computed again.
VERSION = 2
# Nothing else is opened: Pillow knows some 40 formats, and runs Ghostscript on one of them.
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")
Bytes = NDArray[np.uint8]

MAX_TILE_PIXELS = 4096 * 4096
_TILE_WIDTH, _TILE_HEIGHT = 322, 323
_ORIENTATION, _PHOTOMETRIC, _SAMPLE_FORMAT = 0x0112, 262, 339
_AT_ONCE = 4_000_000  # values that are scaled at once
# Pillow keeps the first byte of colors of 16 bits. Read as if the file's bytes stood the other way round, it keeps the
# second one.
_DEEP_COLORS = re.compile(r"(RGB|RGBX|RGBA);16([BLN])")
_OPPOSITE_ORDER = {"B": "L", "L": "B", "N": "B" if sys.byteorder == "little" else "L"}
_DEEP_GREY_ALPHA = "LA;16B"  # of PNG: four bytes for each pixel, which Pillow can also give as they are


@dataclass(frozen=True)
class Header:
    """A file whose head was read, not yet its pixels. `size` is width and height as they are stored."""

    data: bytes
    image: ImageFile

    @property
    def format(self) -> str:
        """As Pillow calls it: `PNG`. What phones write as MPO is a JPEG, followed by others that nobody reads."""
        return (self.image.format or "").replace("MPO", "JPEG")

    @property
    def size(self) -> tuple[int, int]:
        """Width and height as stored, before the turn."""
        return self.image.size


@dataclass(frozen=True)
class Flat:
    """`image` is `L` or `RGB`, upright. `plain`: who shows the file itself shows these pixels, if they can read it."""

    image: Image.Image
    plain: bool


def read_header(source: bytes | Path) -> Header:
    """Open a file of one of `FORMATS`; its pixels are not decoded.

    Raises:
        OSError, Image.DecompressionBombError and others of Pillow: it is no picture of these.
    """
    data = source.read_bytes() if isinstance(source, Path) else source
    return Header(data, _opened(data))


def _opened(data: bytes) -> ImageFile:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a large picture is no news here; who reads it has a limit
        image = Image.open(io.BytesIO(data), formats=FORMATS)
    tags: Any = getattr(image, "tag_v2", {})
    sides = [tags.get(tag, 0) for tag in (_TILE_WIDTH, _TILE_HEIGHT)]
    if not all(isinstance(side, int) for side in sides) or sides[0] * sides[1] > MAX_TILE_PIXELS:
        raise OSError("its tiles are larger than those of any picture")  # each is unpacked as a whole
    return image


def stated_size(width: object, height: object) -> tuple[int, int] | None:
    """Width and height as a file states them; None where they are no whole numbers from 1 on.

    Raises:
        ValueError: larger than any picture here.
    """
    sides = [int(size) if isinstance(size, int | float) and size == size // 1 else 0 for size in (width, height)]
    if isinstance(width, bool) or isinstance(height, bool) or min(sides) < 1:
        return None
    if sides[0] * sides[1] > MAX_PIXELS:
        raise ValueError(
            Message(
                "the size {width} × {height} is too large: images have at most {max_pixels:,} pixels",
                width=sides[0],
                height=sides[1],
                max_pixels=MAX_PIXELS,
            )
        )
    return sides[0], sides[1]


def read_flat(source: bytes | Path) -> Image.Image:
    """A file as 8 bits: see `flatten`."""
    return flatten(read_header(source)).image


def read_upright_size(source: bytes | Path) -> tuple[int, int]:
    """Width and height of the upright picture, from the file's head alone."""
    image = read_header(source).image
    width, height = image.size
    # Pillow turns TIFF by itself, and says its size as turned from the start.
    on_its_side = image.format != "TIFF" and image.getexif().get(_ORIENTATION, 1) in (5, 6, 7, 8)
    return (height, width) if on_its_side else (width, height)


def flatten(header: Header) -> Flat:
    """Decode to the end, 8 bits, on white.

    Raises:
        OSError, ValueError, SyntaxError and others of Pillow: it cannot be decoded.
    """
    image, plain = _eight_bits(header)
    turned = header.image.getexif().get(_ORIENTATION, 1) != 1
    if "A" in image.getbands():
        through = image.getchannel("A").getextrema()[0] != 255
        image = _on_white(image) if through else image.convert("RGB")
        plain = plain and not through
    return Flat(image, plain=plain and not turned)


def read_with_alpha(source: bytes | Path) -> Image.Image:
    """A file as 8 bits, `RGBA`: what `flatten` lays on white is still transparent."""
    return _eight_bits(read_header(source))[0].convert("RGBA")


def check_whole(source: Path) -> None:
    """Decode a file to its end; a JPEG at an eighth of its size.

    Raises:
        OSError: it cannot be.
    """
    with Image.open(source, formats=FORMATS) as image:
        image.draft("RGB", (32, 32))
        image.load()


def _eight_bits(header: Header) -> tuple[Image.Image, bool]:
    """`L`, `RGB` or `RGBA`, upright; and whether browsers show the file's own pixels alike, transparency aside."""
    image = header.image
    rawmode = _rawmode(image)
    colors = _DEEP_COLORS.fullmatch(rawmode)
    if colors or rawmode == _DEEP_GREY_ALPHA:
        raw = f"{colors[1]};16{_OPPOSITE_ORDER[colors[2]]}" if colors else "RGBA"
        raw_image = _upright(_read_as(_opened(header.data), raw))
        return _deep_colors(_upright(image), raw_image, grey=colors is None), False
    image.load()
    upright = _upright(image)
    if upright.mode.startswith("I") or upright.mode == "F":
        return _deep_grey(upright, image), False
    alpha = "A" in image.getbands() or "a" in image.mode or "transparency" in image.info
    if alpha:
        upright = upright.convert("LA") if upright.mode == "La" else upright
        return upright if upright.mode == "RGBA" else upright.convert("RGBA"), True
    if upright.mode in ("L", "RGB"):
        return upright, True
    return upright.convert("L" if upright.mode == "1" else "RGB"), upright.mode in ("1", "P")


def _rawmode(image: ImageFile) -> str:
    """How the pixels of a file that was not decoded yet are stored, as Pillow calls it; empty where it does not say."""
    mode: Any = image.tile[0][3] if image.tile else ""
    mode = mode[0] if isinstance(mode, tuple) and mode else mode
    return mode if isinstance(mode, str) else ""


def _read_as(image: ImageFile, rawmode: str) -> ImageFile:
    image.tile = [
        tile._replace(args=(rawmode, *tile.args[1:]) if isinstance(tile.args, tuple) else rawmode)
        for tile in image.tile
    ]
    return image


def _upright(image: Image.Image) -> Image.Image:
    image.load()
    return ImageOps.exif_transpose(image) if image.getexif().get(_ORIENTATION, 1) != 1 else image


def _on_white(image: Image.Image) -> Image.Image:
    """Band by band: all at once, a large picture would be in memory four times."""
    flat = Image.new("RGB", image.size)
    for rows in _bands(*image.size):
        band = image.crop((0, rows.start, image.width, rows.stop))
        white = Image.new("RGBA", band.size, (255, 255, 255, 255))
        flat.paste(Image.alpha_composite(white, band).convert("RGB"), (0, rows.start))
    return flat


def _deep_grey(image: Image.Image, stored: Image.Image) -> Image.Image:
    """Grey of more than 8 bits as `L`, or as `RGBA` where a value is transparent."""
    values = np.asarray(image)
    tags: Any = getattr(stored, "tag_v2", {})
    if image.mode == "I" and tags and tags.get(_SAMPLE_FORMAT, (1,))[0] == 1:  # Pillow knows no unsigned mode
        values = values.view(np.uint32)
    black, white = _range_of(values)
    grey = np.empty(values.shape, dtype=np.uint8)
    for rows in _bands(*values.shape[::-1]):
        grey[rows] = _scaled(values[rows], black, white)
    if tags.get(_PHOTOMETRIC) == 0:
        grey = 255 - grey
    clear = image.info.get("transparency")
    if not isinstance(clear, int):
        return Image.fromarray(grey)
    alpha = np.where(values == clear, 0, 255).astype(np.uint8)
    return Image.fromarray(np.dstack([grey, grey, grey, alpha]), "RGBA")


def _deep_colors(first: Image.Image, raw_image: Image.Image, *, grey: bool) -> Image.Image:
    """Colors of 16 bits, of which two readings have a byte each; or grey with alpha, of which `other` has all four."""
    bands = [raw_image.getchannel(0)] if grey else [first.getchannel(name) for name in "RGB"]
    highest = max(int(np.asarray(band).max()) for band in bands)
    white = _white_of(highest * 256 + 255) if highest else 255.0
    clear = first.info.get("transparency")
    alpha = grey or "A" in first.getbands() or isinstance(clear, tuple)
    pixels = np.empty((first.height, first.width, 4 if alpha else 3), dtype=np.uint8)
    for rows in _bands(first.width * 4, first.height):
        box = (0, rows.start, first.width, rows.stop)
        high, low = (np.asarray(image.crop(box)).astype(np.uint16) for image in (first, raw_image))
        if grey:
            high, low = low[..., [0, 0, 0, 2]], low[..., [1, 1, 1, 3]]
        values = high * np.uint16(256) + low
        pixels[rows, :, :3] = _scaled(values[..., :3], 0, white)
        if values.shape[2] == 4:
            pixels[rows, :, 3] = _scaled(values[..., 3], 0, 65535)
        elif alpha:
            pixels[rows, :, 3] = np.where((values == np.array(clear)).all(axis=2), 0, 255)
    return Image.fromarray(pixels, "RGBA" if alpha else "RGB")


def _bands(width: int, height: int) -> Iterator[slice]:
    step = max(1, _AT_ONCE // max(1, width))
    for top in range(0, height, step):
        yield slice(top, min(top + step, height))


def _range_of(values: NDArray[Any]) -> tuple[float, float]:
    """The values that become black and white."""
    if values.dtype.kind != "f":
        low, high = int(values.min()), int(values.max())
        return (-(2.0 ** max(7, (-low - 1).bit_length())) if low < 0 else 0.0), _white_of(high, signed=low < 0)
    finite = values[np.isfinite(values)]
    least, most = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    black = -(2.0 ** max(-8, _power_above(-least))) if least < 0 else 0.0
    if most > 1:
        return black, _white_of(math.ceil(most))
    power = _power_above(most) if 0 < most <= 1 / 256 else 0
    return black, 2.0 ** (power + power % 2)


def _power_above(value: float) -> int:
    """The smallest power of two that is not below a positive value."""
    share, power = math.frexp(value)
    return power - 1 if share == 0.5 else power


def _white_of(high: int, *, signed: bool = False) -> float:
    bits = max(high, 0).bit_length()
    return float(2 ** (max(7, bits) if signed else max(8, bits + bits % 2)) - 1)


def _scaled(values: NDArray[Any], black: float, white: float) -> Bytes:
    """Linear, rounded to the nearest, halves up."""
    if values.dtype.itemsize == 2 and values.dtype.kind == "u":  # 65,536 results, however many values
        pixels: Bytes = _table(black, white)[values]
        return pixels
    with np.errstate(invalid="ignore", over="ignore"):
        shares = (np.nan_to_num(values.astype(np.float64), nan=black) - black) * (255 / (white - black))
    shade: Bytes = np.floor(np.clip(shares, 0, 255) + 0.5).astype(np.uint8)
    return shade


def _table(black: float, white: float) -> Bytes:
    shares = (np.arange(65536) - black) * (255 / (white - black))
    pixels: Bytes = np.floor(np.clip(shares, 0, 255) + 0.5).astype(np.uint8)
    return pixels
