"""Baseline: says what was most frequent, whatever it is shown; of numbers, their mean."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workers.recipes.base import Example, Run, check_run
from workers.recipes.linear import classes_of
from workers.recipes.spec import NoParameters, RecipeSpec

SPEC = RecipeSpec(
    key="majority",
    module=__name__,
    title="The most frequent answer",
    description="Baseline. The same answer to everything; of numbers, the mean.",
    annotation_types=frozenset(),
    model_outputs=frozenset({"classes", "number"}),
)


@dataclass
class Majority:
    """shares (classes,), or the mean of numbers where there are no labels."""

    labels: list[str]
    shares: list[float]

    def predict(self, examples: Sequence[Example]) -> NDArray[np.float64]:
        """(n, classes) probabilities, or (n,) numbers."""
        if not self.labels:
            return np.full(len(examples), self.shares[0])
        return np.tile(self.shares, (len(examples), 1))

    def save(self, folder: Path) -> None:
        """See `Trained.save`."""
        (folder / "majority.json").write_text(json.dumps({"labels": self.labels, "shares": self.shares}))


def fit(examples: Sequence[Example], labels: list[str], params: NoParameters, run: Run) -> Majority:
    """See `Recipe.fit`."""
    check_run(run)
    if not labels:
        return Majority([], [float(np.mean([example.value["number"] for example in examples]))])
    counts = np.bincount(classes_of(labels, [example.label for example in examples]), minlength=len(labels))
    return Majority(labels, (counts / counts.sum()).tolist())


def load(folder: Path, cache: Path) -> Majority:
    """See `Recipe.load`."""
    card = json.loads((folder / "majority.json").read_text())
    return Majority(card["labels"], card["shares"])
