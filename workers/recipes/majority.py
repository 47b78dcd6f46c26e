"""Baseline for every annotation type: the most frequent annotation, whatever the item; of numbers, their mean."""

import copy
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from workers.recipes.base import Example, Run
from workers.recipes.linear import classes_of
from workers.recipes.spec import NoParameters, RecipeSpec

SPEC = RecipeSpec(
    key="majority",
    module=__name__,
    title="Majority-class baseline",
    description="Baseline: always predicts the most frequent class, or the mean of the numbers.",
    media_types=None,
    annotation_types=None,
)


@dataclass
class Majority:
    """One output for everything: probabilities (classes,), a number, or an annotation."""

    labels: list[str]
    output: Any

    def predict(self, examples: Sequence[Example]) -> Any:
        """(n, classes) probabilities, (n,) numbers, or n annotations."""
        if isinstance(self.output, dict):
            return [copy.deepcopy(self.output) for _ in examples]
        return np.tile(self.output, (len(examples), 1)) if self.labels else np.full(len(examples), self.output)

    def save(self, folder: Path) -> None:
        """See `TrainedModel.save`."""
        saved = {"labels": self.labels, "output": self.output}
        (folder / "majority.json").write_text(json.dumps(saved))


def fit(examples: Sequence[Example], labels: list[str], params: NoParameters, run: Run) -> Majority:
    """See `Recipe.fit`."""
    run.raise_if_stopped()
    targets = [example.target for example in examples]
    if all(isinstance(target, str) for target in targets):
        counts = np.bincount(classes_of(labels, targets), minlength=len(labels))
        return Majority(labels, (counts / counts.sum()).tolist())
    if all(isinstance(target, float) for target in targets):
        return Majority([], float(np.mean(targets)))
    outputs = [json.dumps(example.exact_output(labels), sort_keys=True) for example in examples]
    return Majority(labels, json.loads(Counter(outputs).most_common(1)[0][0]))


def load(folder: Path, cache: Path) -> Majority:
    """See `Recipe.load`."""
    saved = json.loads((folder / "majority.json").read_text())
    if "shares" in saved:  # written by 0.2.0
        return Majority(saved["labels"], saved["shares"] if saved["labels"] else saved["shares"][0])
    return Majority(saved["labels"], saved["output"])
