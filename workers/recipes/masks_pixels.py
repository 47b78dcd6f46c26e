"""Baseline for masks: logistic regression of each pixel on its colour, its surroundings and the edges around it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from labelkit.model_outputs import masks_value
from labelkit.values import RegionsAnnotation
from workers.recipes.base import Example, Run, image_size_of, read_rgb
from workers.recipes.linear import logistic_head, softmax
from workers.recipes.masks_pyramid import label_map
from workers.recipes.spec import RecipeSpec, integer_field


@dataclass(frozen=True)
class Parameters:
    """Hyper-parameters."""

    image_size: int = integer_field("Image size (px)", 128, min=32, max=512)


SPEC = RecipeSpec(
    key="masks_pixels",
    module=__name__,
    parameters=Parameters,
    title="Pixel color segmentation",
    description="Baseline: logistic regression of each pixel on its color and nearby edges.",
    media_types=frozenset({"image"}),
    annotation_types=frozenset({"masks"}),
)

PIXELS = 400  # of each picture that the regression learns from


@dataclass
class PixelSegmenter:
    """weights (classes + 1, features), bias (classes + 1,)."""

    labels: list[str]
    side: int
    weights: NDArray[np.float64]
    bias: NDArray[np.float64]

    def predict(self, examples: Sequence[Example]) -> list[RegionsAnnotation]:
        """Answers with a `score` in each region."""
        predictions = []
        for example in examples:
            shares = softmax(_features(example, self.side) @ self.weights.T + self.bias)
            planes = shares.T.reshape(-1, self.side, self.side).astype(np.float32)
            predictions.append(masks_value(planes, self.labels, image_size_of(example)))
        return predictions

    def save(self, folder: Path) -> None:
        """See `TrainedModel.save`."""
        np.savez(
            folder / "pixels.npz", weights=self.weights, bias=self.bias, side=np.array(self.side),
            labels=np.array(self.labels),
        )  # fmt: skip


def _features(example: Example, side: int) -> NDArray[np.float64]:
    """(side², features): colour at three scales, and the steepness of the grey."""
    from scipy.ndimage import gaussian_filter, gaussian_gradient_magnitude

    pixels = read_rgb(example.path, side).astype(np.float64) / 255
    planes = [pixels, *(gaussian_filter(pixels, (s, s, 0)) for s in (2, 6))]
    grey = pixels.mean(axis=2)
    edges = np.stack([gaussian_gradient_magnitude(grey, s) for s in (1, 3)], axis=2)
    stacked = np.concatenate([*planes, edges], axis=2).reshape(side * side, -1)
    return np.concatenate([stacked, np.square(stacked)], axis=1)


def fit(examples: Sequence[Example], labels: list[str], params: Parameters, run: Run) -> PixelSegmenter:
    """See `Recipe.fit`."""
    side, rng = params.image_size, np.random.default_rng(run.seed)
    x, y = [], []
    for number, example in enumerate(examples):
        run.raise_if_stopped()
        class_map = label_map(example, labels, image_size_of(example))
        small = np.asarray(Image.fromarray(class_map).resize((side, side), Image.Resampling.NEAREST)).ravel()
        sampled = rng.permutation(side * side)[:PIXELS]
        x.append(_features(example, side)[sampled])
        y.append(small[sampled])
        run.log(number, len(examples))
    weights, bias = logistic_head(
        np.concatenate(x), np.concatenate(y).astype(np.int64), len(labels) + 1, C=100.0, seed=run.seed
    )
    return PixelSegmenter(labels, side, weights, bias)


def load(folder: Path, cache: Path) -> PixelSegmenter:
    """See `Recipe.load`."""
    with np.load(folder / "pixels.npz") as data:
        return PixelSegmenter(
            [str(label) for label in data["labels"]], int(data["side"]), data["weights"], data["bias"]
        )
