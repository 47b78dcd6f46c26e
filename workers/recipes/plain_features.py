"""Features of images that are not learned: edges by direction, and colors. The simplest baseline of networks."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from workers.recipes.base import Example, Run, read_rgb

SIDE = 64
_cache: dict[str, NDArray[np.float32]] = {}


def features(examples: Sequence[Example], run: Run | None = None) -> NDArray[np.float32]:
    """(n, 1812) histograms of oriented gradients (N. Dalal and B. Triggs 2005) and a 4×4 grid of mean colours.

    Raises:
        RunStopped: `run` asked to.
    """
    for number, example in enumerate(examples):
        if example.key in _cache:
            continue
        if run is not None and number % 64 == 0:
            run.raise_if_stopped()
        _cache[example.key] = _features_of(read_rgb(example.path, SIDE))
    if run is not None:
        run.raise_if_stopped()
    return np.stack([_cache[example.key] for example in examples])


def _features_of(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    from skimage.feature import hog

    grey = pixels.mean(axis=2) / 255
    edges = hog(grey, orientations=9, pixels_per_cell=(8, 8), cells_per_block=(2, 2), feature_vector=True)
    block = SIDE // 4
    colours = pixels.reshape(4, block, 4, block, 3).mean(axis=(1, 3)).ravel() / 255
    return np.concatenate([edges, colours]).astype(np.float32)
