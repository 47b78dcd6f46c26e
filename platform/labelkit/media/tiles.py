"""Large pictures cut into tiles, so that a browser holds only what it shows. Pure functions; no Django.

Level 0 is the picture itself, each further level has half the size; the last one is the overview.
"""

import io
from collections.abc import Iterator

from PIL import Image

from labelkit.pictures import read_flat

TILED_FROM = 25_000_000  # pixels
SIDE = 512
OVERVIEW = 2048


def levels_of(width: int, height: int) -> int:
    """How many levels a picture has, the overview's among them."""
    levels = 1
    while max(width, height) > OVERVIEW:
        width, height, levels = -(-width // 2), -(-height // 2), levels + 1
    return levels


def pyramid(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Every tile as `level-column-row`, and the `overview`, as JPEG."""
    Image.MAX_IMAGE_PIXELS = None  # its size was checked when it came in
    image = read_flat(data)
    for level in range(levels_of(*image.size)):
        for top in range(0, image.height, SIDE):
            for left in range(0, image.width, SIDE):
                box = (left, top, min(left + SIDE, image.width), min(top + SIDE, image.height))
                yield f"{level}-{left // SIDE}-{top // SIDE}", _jpeg(image.crop(box))
        if max(image.size) <= OVERVIEW:
            yield "overview", _jpeg(image)
            return
        image = image.reduce(2)


def _jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=90)
    return out.getvalue()
