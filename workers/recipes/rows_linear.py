"""Rows of tables by linear models: logistic regression for labels, ridge regression for numbers."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workers.recipes.base import Example, Run
from workers.recipes.columns import Column, columns_as_json, columns_from_json, columns_of, for_lines, targets_of
from workers.recipes.linear import logistic_head, softmax
from workers.recipes.spec import RecipeSpec, number_field


@dataclass(frozen=True)
class Parameters:
    """Hyper-parameters."""

    C: float = number_field("Inverse regularization strength", 1.0, min=1e-5, max=1e4, log=True)


SPEC = RecipeSpec(
    key="rows_linear",
    module=__name__,
    parameters=Parameters,
    title="Logistic and ridge regression",
    description="Linear models: logistic regression for classes, ridge regression for numbers.",
    media_types=frozenset({"row"}),
    annotation_types=frozenset({"classification", "number"}),
    baseline="majority",
)


@dataclass
class RowsLinear:
    """weights (classes, features) and bias (classes,); one row of them for numbers."""

    labels: list[str]
    columns: list[Column]
    weights: NDArray[np.float64]
    bias: NDArray[np.float64]

    def predict(self, examples: Sequence[Example]) -> NDArray[np.float64]:
        """(n, classes) probabilities, or (n,) numbers."""
        out: NDArray[np.float64] = for_lines(examples, self.columns) @ self.weights.T + self.bias
        return softmax(out) if self.labels else out[:, 0]

    def save(self, folder: Path) -> None:
        """See `TrainedModel.save`."""
        np.savez(folder / "weights.npz", weights=self.weights, bias=self.bias)
        saved = {"labels": self.labels, "columns": columns_as_json(self.columns)}
        (folder / "card.json").write_text(json.dumps(saved))


def fit(examples: Sequence[Example], labels: list[str], params: Parameters, run: Run) -> RowsLinear:
    """See `Recipe.fit`."""
    run.raise_if_stopped()
    columns = columns_of(examples)
    x, y = for_lines(examples, columns), targets_of(examples, labels)
    if labels:
        strength = params.C * len(x) / 100  # the same for any number of rows
        return RowsLinear(labels, columns, *logistic_head(x, y, len(labels), C=strength, seed=run.seed))
    from sklearn.linear_model import Ridge

    model = Ridge(alpha=1 / params.C).fit(x, y)
    return RowsLinear([], columns, model.coef_[None], np.array([float(model.intercept_)]))


def load(folder: Path, cache: Path) -> RowsLinear:
    """See `Recipe.load`."""
    saved = json.loads((folder / "card.json").read_text())
    with np.load(folder / "weights.npz") as data:
        return RowsLinear(saved["labels"], columns_from_json(saved["columns"]), data["weights"], data["bias"])
