"""Images as models get them, and statistics of them."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from labelkit.pictures import flatten, read_header

MAX_PIXELS = 50_000_000


class UnreadableImage(Exception):
    """The bytes are no image that can be decoded; the message says why."""


def decode_image(data: bytes, image_size: int) -> tuple[NDArray[np.float32], tuple[int, int]]:
    """Decode an image: upright, RGB, squeezed to a square; with its original width and height.

    The same steps as in training (`workers.recipes.base.read_rgb`).

    Returns:
        Pixels (image_size, image_size, 3) of 0–255, and (width, height).

    Raises:
        UnreadableImage: it cannot be decoded, or is too large.
    """
    try:
        header = read_header(data)
        if header.size[0] * header.size[1] > MAX_PIXELS:
            raise UnreadableImage(f"The image has more than {MAX_PIXELS // 1_000_000} million pixels.")
        upright = flatten(header).image
    except UnreadableImage:
        raise
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise UnreadableImage("This is no image that can be read: send a PNG, JPEG or WebP.") from error
    square = upright.convert("RGB").resize((image_size, image_size), Image.Resampling.BILINEAR)
    return np.asarray(square, dtype=np.float32), upright.size


def image_statistics(pixels: NDArray[np.float32]) -> tuple[float, float]:
    """Brightness and contrast of an image, each 0 to 1: mean, and twice the standard deviation, of its gray."""
    gray = pixels.mean(axis=2) / 255
    return float(gray.mean()), float(min(1.0, 2 * gray.std()))
