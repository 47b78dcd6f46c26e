"""Proof that bytes are an image: decoded once, turned upright, thumbnail and fingerprint made.

Pure functions; no Django.
"""

import io
from dataclasses import dataclass

from PIL import Image, UnidentifiedImageError

from labelkit.pictures import FORMATS, Flat, flatten, read_header

MEDIA_TYPES = {name: f"image/{name.lower()}" for name in FORMATS}
SHOWN_BY_BROWSERS = {"image/jpeg", "image/png", "image/webp", "image/gif"}
THUMBNAIL_SIDE = 256
FINGERPRINT_SIDE = 16


class BadFile(Exception):
    """A file that cannot go in: `code` for programs, the message for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True)
class Picture:
    """What one decode yields. `display` is None where a browser that shows the original shows the same pixels."""

    media_type: str
    width: int
    height: int
    display: bytes | None
    display_type: str
    thumbnail: bytes
    fingerprint: bytes


def examine(data: bytes, *, max_pixels: int) -> Picture:
    """Decode `data` whole.

    Raises:
        BadFile: `empty`, `not_an_image`, `too_many_pixels` (checked before decoding) or `broken_image`.
    """
    if not data:
        raise BadFile("empty", "The file is empty.")
    try:
        header = read_header(data)
    except UnidentifiedImageError as error:
        raise BadFile("not_an_image", "This is not an image (JPEG, PNG, WebP, GIF, BMP or TIFF).") from error
    except Image.DecompressionBombError as error:
        raise BadFile("too_many_pixels", f"The image has more than {max_pixels:,} pixels.") from error
    except Exception as error:
        raise BadFile("broken_image", f"The image is broken: {error}") from error
    width, height = header.size
    if width * height > max_pixels:
        raise BadFile("too_many_pixels", f"The image has {width} × {height} pixels; at most {max_pixels:,} are taken.")
    try:
        media_type = MEDIA_TYPES[header.format]
        return _picture(flatten(header), media_type=media_type)
    except Exception as error:
        raise BadFile("broken_image", f"The image cannot be decoded to its end: {error}") from error


def _picture(flat: Flat, *, media_type: str) -> Picture:
    display, display_type, image = None, media_type, flat.image
    if not flat.plain or media_type not in SHOWN_BY_BROWSERS:
        display_type = "image/jpeg" if media_type == "image/jpeg" else "image/png"
        display = _encoded(image, display_type, quality=95)
    small = image.copy()
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.LANCZOS)
    grey = image.convert("L").resize((FINGERPRINT_SIDE, FINGERPRINT_SIDE), Image.Resampling.BOX)
    return Picture(
        media_type=media_type,
        width=image.width,
        height=image.height,
        display=display,
        display_type=display_type,
        thumbnail=_encoded(small, "image/jpeg" if min(image.size) > 64 else "image/png", quality=82),
        fingerprint=grey.tobytes(),
    )


def _encoded(image: Image.Image, media_type: str, *, quality: int) -> bytes:
    out = io.BytesIO()
    if media_type == "image/jpeg":
        image.save(out, "JPEG", quality=quality, optimize=True)
    else:
        image.save(out, "PNG", optimize=True)
    return out.getvalue()
