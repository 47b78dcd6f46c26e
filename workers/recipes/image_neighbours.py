"""Baseline: the labels of the most similar pictures, by features that nobody learned or by those of the backbone."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workers.recipes import plain_features
from workers.recipes.backbones import efficientnet_lite0 as backbone
from workers.recipes.base import Example, Run
from workers.recipes.linear import classes_of
from workers.recipes.spec import RecipeSpec, choice_field, integer_field


@dataclass(frozen=True)
class Parameters:
    """Hyper-parameters."""

    n_neighbors: int = integer_field("Neighbors", 5, min=1, max=100)
    features: str = choice_field("Features", "plain", "plain", "backbone")


SPEC = RecipeSpec(
    key="image_neighbours",
    module=__name__,
    parameters=Parameters,
    title="Nearest neighbors",
    description=("Baseline: the labels of the most similar images, by edges and colors or by network features."),
    media_types=frozenset({"image"}),
    annotation_types=frozenset({"classification"}),
    baseline="majority",
)


@dataclass
class Neighbours:
    """x (n, features) of unit length, y (n,) classes."""

    labels: list[str]
    x: NDArray[np.float32]
    y: NDArray[np.int64]
    k: int
    learned: bool
    cache: Path

    def predict(self, examples: Sequence[Example]) -> NDArray[np.float64]:
        """(n, classes) shares of the k nearest, by cosine, the nearer ones counting more."""
        if not examples:
            return np.zeros((0, len(self.labels)))
        likeness = _unit(_features(examples, self.learned, self.cache)) @ self.x.T
        k = min(self.k, len(self.y))
        nearest = np.argsort(-likeness, axis=1, kind="stable")[:, :k]
        weight = np.exp(10 * (np.take_along_axis(likeness, nearest, axis=1) - 1)).astype(np.float64)
        votes = np.zeros((len(examples), len(self.labels)))
        for rank in range(k):
            np.add.at(votes, (np.arange(len(examples)), self.y[nearest[:, rank]]), weight[:, rank])
        shares: NDArray[np.float64] = votes / votes.sum(axis=1, keepdims=True)
        return shares

    def save(self, folder: Path) -> None:
        """See `TrainedModel.save`."""
        facts = np.array([self.k, int(self.learned)])
        np.savez(folder / "neighbours.npz", x=self.x, y=self.y, facts=facts, labels=np.array(self.labels))


def _features(examples: Sequence[Example], learned: bool, cache: Path, run: Run | None = None) -> NDArray[np.float32]:
    return backbone.features(examples, cache, run) if learned else plain_features.features(examples, run)


def _unit(x: NDArray[np.float32]) -> NDArray[np.float32]:
    unit: NDArray[np.float32] = x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-6)
    return unit


def fit(examples: Sequence[Example], labels: list[str], params: Parameters, run: Run) -> Neighbours:
    """See `Recipe.fit`."""
    learned = params.features == "backbone"
    x = _unit(_features(examples, learned, run.cache, run))
    run.raise_if_stopped()
    y = classes_of(labels, [example.target for example in examples])
    return Neighbours(labels, x, y, params.n_neighbors, learned, run.cache)


def load(folder: Path, cache: Path) -> Neighbours:
    """See `Recipe.load`."""
    with np.load(folder / "neighbours.npz") as data:
        k, learned = data["facts"].tolist()
        return Neighbours([str(label) for label in data["labels"]], data["x"], data["y"], k, bool(learned), cache)
