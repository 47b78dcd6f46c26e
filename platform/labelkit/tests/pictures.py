"""Small pictures of noise, for tests that need files of real media."""

import io
from functools import cache

import numpy as np
from PIL import Image


@cache
def make_png(seed: int, *, side: int = 32, shade: int = 0) -> bytes:
    """A square PNG that differs for each seed; `shade` is added to every channel."""
    rng = np.random.default_rng(seed)
    pixels = rng.integers(0, 240, (side, side, 3)).astype("int16") + shade
    file = io.BytesIO()
    Image.fromarray(pixels.clip(0, 255).astype("uint8")).save(file, "PNG")
    return file.getvalue()
