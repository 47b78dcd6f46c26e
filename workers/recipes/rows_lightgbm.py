"""Rows of tables by LightGBM, kept in its own text format."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workers.recipes.base import Example, Run
from workers.recipes.columns import Column, columns_as_json, columns_from_json, columns_of, for_trees, targets_of
from workers.recipes.spec import RecipeSpec, integer_field, number_field

MAX_LOGGED_ROUNDS = 100


@dataclass(frozen=True)
class Parameters:
    """Hyper-parameters."""

    n_estimators: int = integer_field("Boosting rounds", 200, min=1, max=5000)
    learning_rate: float = number_field("Learning rate", 0.06, min=1e-3, max=1, log=True)
    num_leaves: int = integer_field("Leaves per tree", 15, min=2, max=1024)
    min_samples_leaf: int = integer_field("Minimum rows per leaf", 10, min=1, max=1000, log=True)


SPEC = RecipeSpec(
    key="rows_lightgbm",
    module=__name__,
    parameters=Parameters,
    title="LightGBM",
    description="Gradient-boosted trees that grow leaf by leaf.",
    media_types=frozenset({"row"}),
    annotation_types=frozenset({"classification", "number"}),
    baseline="rows_linear",
)


@dataclass
class Light:
    """A booster; None where only one label occurred."""

    labels: list[str]
    present: list[int]
    columns: list[Column]
    booster: Any

    def predict(self, examples: Sequence[Example]) -> NDArray[np.float64]:
        """(n, classes) probabilities, or (n,) numbers."""
        x = _features(examples, self.columns)
        if not self.labels:
            return np.asarray(self.booster.predict(x, num_threads=1), dtype=np.float64) if len(x) else np.zeros(0)
        shares = np.zeros((len(x), len(self.labels)))
        if self.booster is None:
            shares[:, self.present] = 1.0
        elif len(x):
            probabilities = np.asarray(self.booster.predict(x, num_threads=1), dtype=np.float64)
            shares[:, self.present] = (
                np.stack([1 - probabilities, probabilities], axis=1) if probabilities.ndim == 1 else probabilities
            )
        return shares

    def save(self, folder: Path) -> None:
        """See `TrainedModel.save`."""
        (folder / "model.txt").write_text(self.booster.model_to_string() if self.booster else "")
        saved = {"labels": self.labels, "present": self.present, "columns": columns_as_json(self.columns)}
        (folder / "card.json").write_text(json.dumps(saved))


def _features(examples: Sequence[Example], columns: Sequence[Column]) -> NDArray[np.float64]:
    x = for_trees(examples, columns)
    return x if x.shape[1] else np.zeros((len(x), 1))


def fit(examples: Sequence[Example], labels: list[str], params: Parameters, run: Run) -> Light:
    """See `Recipe.fit`. One thread: so the same seed gives the same model."""
    import lightgbm

    run.raise_if_stopped()
    columns = columns_of(examples)
    x, y = _features(examples, columns), targets_of(examples, labels)
    present = np.unique(y).tolist() if labels else []
    if labels and len(present) == 1:
        return Light(labels, present, columns, None)
    if labels:
        y = np.searchsorted(present, y)
    objective = ("binary" if len(present) == 2 else "multiclass") if labels else "regression"
    options = {
        "objective": objective, "learning_rate": params.learning_rate, "num_leaves": params.num_leaves,
        "min_data_in_leaf": min(params.min_samples_leaf, max(1, len(x) // 5)), "seed": run.seed,
        "deterministic": True, "num_threads": 1, "verbose": -1,
    }  # fmt: skip
    if objective == "multiclass":
        options["num_class"] = len(present)
    data = lightgbm.Dataset(x, y)
    shown = max(1, params.n_estimators // MAX_LOGGED_ROUNDS)

    def log_round(env: Any) -> None:
        run.raise_if_stopped()
        if (env.iteration + 1) % shown == 0:
            run.log(env.iteration + 1, params.n_estimators, training_loss=float(env.evaluation_result_list[0][2]))

    booster = lightgbm.train(
        options, data, params.n_estimators, valid_sets=[data], valid_names=["training"], callbacks=[log_round]
    )
    return Light(labels, present, columns, booster)


def load(folder: Path, cache: Path) -> Light:
    """See `Recipe.load`."""
    import lightgbm

    saved = json.loads((folder / "card.json").read_text())
    model_text = (folder / "model.txt").read_text()
    booster = lightgbm.Booster(model_str=model_text) if model_text else None
    return Light(saved["labels"], saved["present"], columns_from_json(saved["columns"]), booster)
