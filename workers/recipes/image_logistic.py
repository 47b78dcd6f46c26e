"""Baseline: logistic regression on features that nobody learned (edges and colours)."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workers.recipes.base import Example, Run
from workers.recipes.linear import classes_of, logistic_head, softmax
from workers.recipes.plain_features import features
from workers.recipes.spec import RecipeSpec, number_field


@dataclass(frozen=True)
class Parameters:
    """Hyper-parameters."""

    C: float = number_field("Inverse regularization strength", 0.02, min=1e-5, max=1e3, log=True)


SPEC = RecipeSpec(
    key="image_logistic",
    module=__name__,
    parameters=Parameters,
    title="Logistic regression on edges and colors",
    description=("Baseline without pretraining or a neural network: shows what a simple model achieves."),
    media_types=frozenset({"image"}),
    annotation_types=frozenset({"classification"}),
    baseline="majority",
)


@dataclass
class Logistic:
    """weights (classes, features), bias (classes,)."""

    labels: list[str]
    weights: NDArray[np.float64]
    bias: NDArray[np.float64]

    def predict(self, examples: Sequence[Example]) -> NDArray[np.float64]:
        """(n, classes) probabilities."""
        if not examples:
            return np.zeros((0, len(self.labels)))
        return softmax(features(examples).astype(np.float64) @ self.weights.T + self.bias)

    def save(self, folder: Path) -> None:
        """See `TrainedModel.save`."""
        np.savez(folder / "head.npz", weights=self.weights, bias=self.bias, labels=np.array(self.labels))


def fit(examples: Sequence[Example], labels: list[str], params: Parameters, run: Run) -> Logistic:
    """See `Recipe.fit`."""
    x = features(examples, run).astype(np.float64)
    y = classes_of(labels, [example.target for example in examples])
    return Logistic(labels, *logistic_head(x, y, len(labels), C=params.C, seed=run.seed))


def load(folder: Path, cache: Path) -> Logistic:
    """See `Recipe.load`."""
    with np.load(folder / "head.npz") as data:
        return Logistic([str(label) for label in data["labels"]], data["weights"], data["bias"])
