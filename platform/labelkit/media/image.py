"""Pictures: decoded once, turned upright, with thumbnail and fingerprint."""

import io
import threading
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from PIL import Image, UnidentifiedImageError

from labelkit.geometries.base import Frame
from labelkit.media import tiles
from labelkit.media.base import (
    DuplicateSearch,
    EditorView,
    MediaFacts,
    MediaType,
    Preview,
    Probe,
    UnreadableFile,
)
from labelkit.messages import Message
from labelkit.pictures import FORMATS, Flat, check_whole, flatten, read_header

CONTENT_TYPES = {name: f"image/{name.lower()}" for name in FORMATS}
SHOWN_BY_BROWSERS = {"image/jpeg", "image/png", "image/webp", "image/gif"}
THUMBNAIL_SIDE = 256
FINGERPRINT_SIDE = 16
_LARGE_PIXELS = 20_000_000  # 80 MB and more for each copy that is needed on the way
_ONE_AT_A_TIME = threading.Lock()  # in a process: a worker's threads may all have one of the largest
_SIGNATURES = (
    b"\xff\xd8\xff",
    b"\x89PNG\r\n\x1a\n",
    b"GIF8",
    b"BM",
    b"II*\x00",
    b"MM\x00*",
    b"II+\x00",
    b"MM\x00+",
)


@dataclass(frozen=True)
class ImageFacts(MediaFacts):
    """`width` and `height` in pixels of the picture as people see it, after the EXIF turn."""

    width: int
    height: int

    def frame(self) -> Frame:
        """See `MediaFacts`."""
        return Frame(self.width, self.height)


class ImageMedia(MediaType[ImageFacts]):
    """Pictures of the formats of `labelkit.pictures`."""

    key: ClassVar[str] = "image"
    title: ClassVar[str] = "Image"
    accepts: ClassVar[str] = "pictures (JPEG, PNG, WebP, GIF, BMP, TIFF)"
    facts_type = ImageFacts
    editor_view: ClassVar[EditorView] = "image"
    coordinates: ClassVar[str] = "pixels"
    duplicate_search: ClassVar[DuplicateSearch] = "picture"

    def takes(self, name: str, head: bytes) -> bool:
        """See `MediaType`."""
        return head.startswith(_SIGNATURES) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")

    def probe(self, data: bytes, *, max_pixels: int = 10**9) -> Probe[ImageFacts]:
        """See `MediaType`.

        Raises:
            UnreadableFile: `empty`, `not_an_image`, `too_many_pixels` (checked before decoding) or `broken_image`.
        """
        if not data:
            raise UnreadableFile("empty", "The file is empty.")
        try:
            header = read_header(data)
        except UnidentifiedImageError as error:
            message = "This is not an image (JPEG, PNG, WebP, GIF, BMP or TIFF)."
            raise UnreadableFile("not_an_image", message) from error
        except Image.DecompressionBombError as error:
            raise UnreadableFile(
                "too_many_pixels", Message("The image has more than {max_pixels:,} pixels.", max_pixels=max_pixels)
            ) from error
        except Exception as error:
            raise UnreadableFile("broken_image", Message("The image is broken: {error}", error=error)) from error
        width, height = header.size
        if width * height > max_pixels:
            message = Message(
                "The image has {width} × {height} pixels; the maximum is {max_pixels:,}.",
                width=width,
                height=height,
                max_pixels=max_pixels,
            )
            raise UnreadableFile("too_many_pixels", message)
        alone = _ONE_AT_A_TIME if width * height > _LARGE_PIXELS else nullcontext()
        try:
            with alone:
                return _probe(flatten(header), content_type=CONTENT_TYPES[header.format])
        except Exception as error:
            raise UnreadableFile(
                "broken_image", Message("The image cannot be decoded completely: {error}", error=error)
            ) from error

    def check_file(self, path: Path) -> None:
        """See `MediaType`; a JPEG is decoded at an eighth of its size."""
        check_whole(path)

    def has_tiles(self, facts: ImageFacts) -> bool:
        """See `MediaType`."""
        return facts.width * facts.height >= tiles.TILED_FROM

    def tiles(self, data: bytes) -> Iterator[tuple[str, bytes]]:
        """See `MediaType`."""
        return tiles.pyramid(data)


def _probe(flat: Flat, *, content_type: str) -> Probe[ImageFacts]:
    display, image = None, flat.image
    if not flat.plain or content_type not in SHOWN_BY_BROWSERS:
        display_type = "image/jpeg" if content_type == "image/jpeg" else "image/png"
        display = Preview(_encoded(image, display_type, quality=95), display_type)
    small = image.copy()
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.LANCZOS)
    small_type = "image/jpeg" if min(image.size) > 64 else "image/png"
    grey = image.convert("L").resize((FINGERPRINT_SIDE, FINGERPRINT_SIDE), Image.Resampling.BOX)
    return Probe(
        content_type=content_type,
        facts=ImageFacts(image.width, image.height),
        display=display,
        thumbnail=Preview(_encoded(small, small_type, quality=82), small_type),
        fingerprint=grey.tobytes(),
    )


def _encoded(image: Image.Image, content_type: str, *, quality: int) -> bytes:
    out = io.BytesIO()
    if content_type == "image/jpeg":
        image.save(out, "JPEG", quality=quality, optimize=True)
    else:
        image.save(out, "PNG", optimize=True)
    return out.getvalue()
