"""A classifier in memory: pixels in, probabilities out. No Django."""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

MAX_PIXELS = 50_000_000


class BadPicture(Exception):
    """What was sent is no picture that can be read; the message says why."""


def read_pixels(data: bytes, side: int) -> NDArray[np.float32]:
    """(side, side, 3) of 0–255 from an encoded picture: upright, RGB, squeezed to a square.

    The same steps as in training (`workers.recipes.base.read_rgb`) after the same turn as at ingest.

    Raises:
        BadPicture: it cannot be decoded, or is too large.
    """
    try:
        with Image.open(io.BytesIO(data)) as image:
            if image.width * image.height > MAX_PIXELS:
                raise BadPicture(f"The picture has more than {MAX_PIXELS // 1_000_000} million pixels.")
            upright = ImageOps.exif_transpose(image)
            square = upright.convert("RGB").resize((side, side), Image.Resampling.BILINEAR)
    except BadPicture:
        raise
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise BadPicture("This is no picture that can be read: send a PNG, JPEG or WebP.") from error
    return np.asarray(square, dtype=np.float32)


def looks(pixels: NDArray[np.float32]) -> tuple[float, float]:
    """Brightness and contrast of a picture, each 0 to 1: mean, and twice the standard deviation, of its grey."""
    grey = pixels.mean(axis=2) / 255
    return float(grey.mean()), float(min(1.0, 2 * grey.std()))


@dataclass(frozen=True)
class Loaded:
    """A model that is warm."""

    version_id: int
    name: str
    version: int
    labels: list[str]
    side: int
    session: Any
    input_name: str

    def run(self, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        """(n, side, side, 3) pixels to (n, classes) probabilities."""
        found: NDArray[np.float32] = np.asarray(self.session.run(None, {self.input_name: pixels})[0], dtype=np.float32)
        return found


def load(
    graph: Path, *, version_id: int, name: str, version: int, labels: list[str], side: int, threads: int
) -> Loaded:
    """Open a checked graph and run it once, so that the first caller does not wait.

    Raises:
        ValueError: it does not take pixels or does not give one number for each label.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session = onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
    made = Loaded(version_id, name, version, labels, side, session, session.get_inputs()[0].name)
    found = made.run(np.zeros((2, side, side, 3), dtype=np.float32))
    if found.shape != (2, len(labels)):
        raise ValueError(f"The model gives {found.shape}; expected one number for each of {len(labels)} labels.")
    return made
