"""Rows of tables by histogram gradient boosting (scikit-learn's), kept as plain arrays of tree nodes."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workers.recipes.base import Example, Run
from workers.recipes.columns import Column, columns_as_json, columns_from_json, columns_of, for_trees, targets_of
from workers.recipes.linear import softmax
from workers.recipes.spec import RecipeSpec, integer_field, number_field

MAX_LOGGED_ROUNDS = 50


@dataclass(frozen=True)
class Parameters:
    """Hyper-parameters."""

    n_estimators: int = integer_field("Boosting rounds", 200, min=1, max=5000)
    learning_rate: float = number_field("Learning rate", 0.06, min=1e-3, max=1, log=True)
    num_leaves: int = integer_field("Leaves per tree", 15, min=2, max=1024)
    min_samples_leaf: int = integer_field("Minimum rows per leaf", 10, min=1, max=1000, log=True)


SPEC = RecipeSpec(
    key="rows_boosting",
    module=__name__,
    parameters=Parameters,
    title="Histogram gradient boosting",
    description=("scikit-learn's gradient-boosted trees; missing values and text categories need no preparation."),
    media_types=frozenset({"row"}),
    annotation_types=frozenset({"classification", "number"}),
    baseline="rows_linear",
)

_FIELDS = ("value", "feature_idx", "num_threshold", "missing_go_to_left", "left", "right", "is_leaf")


@dataclass
class Boosted:
    """Trees of one output after the other: nodes by field, where each tree begins, and to which output it adds."""

    labels: list[str]
    present: list[int]
    columns: list[Column]
    start: NDArray[np.float64]
    nodes: dict[str, NDArray[Any]]
    begins: NDArray[np.int64]
    outputs: NDArray[np.int64]

    def predict(self, examples: Sequence[Example]) -> NDArray[np.float64]:
        """(n, classes) probabilities, or (n,) numbers."""
        x = for_trees(examples, self.columns)
        raw = np.tile(self.start, (len(x), 1))
        for begin, output in zip(self.begins, self.outputs, strict=True):
            raw[:, output] += self._leaf_values(x, int(begin))
        if not self.labels:
            return raw[:, 0]
        if len(self.present) == 1:
            probabilities = np.zeros((len(x), 1)) + 1
        elif raw.shape[1] == 1:
            probabilities = softmax(np.concatenate([np.zeros((len(x), 1)), raw], axis=1))
        else:
            probabilities = softmax(raw)
        shares = np.zeros((len(x), len(self.labels)))
        shares[:, self.present] = probabilities
        return shares

    def _leaf_values(self, x: NDArray[np.float64], begin: int) -> NDArray[np.float64]:
        """(n,) values of the leaves in which the rows end."""
        at = np.full(len(x), begin)
        rows = np.arange(len(x))
        while True:
            inner = ~self.nodes["is_leaf"][at].astype(bool)
            if not inner.any():
                values: NDArray[np.float64] = self.nodes["value"][at].astype(np.float64)
                return values
            node = at[inner]
            value = x[rows[inner], self.nodes["feature_idx"][node].astype(np.int64)]
            goes_left = np.where(
                np.isnan(value),
                self.nodes["missing_go_to_left"][node].astype(bool),
                value <= self.nodes["num_threshold"][node],
            )
            at[inner] = begin + np.where(goes_left, self.nodes["left"][node], self.nodes["right"][node])

    def save(self, folder: Path) -> None:
        """See `TrainedModel.save`."""
        arrays: dict[str, Any] = {"start": self.start, "begins": self.begins, "outputs": self.outputs, **self.nodes}
        np.savez_compressed(folder / "trees.npz", **arrays)
        saved = {"labels": self.labels, "present": self.present, "columns": columns_as_json(self.columns)}
        (folder / "card.json").write_text(json.dumps(saved))


def fit(examples: Sequence[Example], labels: list[str], params: Parameters, run: Run) -> Boosted:
    """See `Recipe.fit`."""
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    run.raise_if_stopped()
    columns = columns_of(examples)
    x, y = for_trees(examples, columns), targets_of(examples, labels)
    if not x.shape[1]:
        x = np.zeros((len(x), 1))
    present = np.unique(y).tolist() if labels else []
    if labels and len(present) == 1:
        return Boosted(labels, present, columns, np.zeros(1), {name: np.zeros(0) for name in _FIELDS}, *_none())
    kind = HistGradientBoostingClassifier if labels else HistGradientBoostingRegressor
    model = kind(
        max_iter=params.n_estimators, learning_rate=params.learning_rate, max_leaf_nodes=params.num_leaves,
        min_samples_leaf=min(params.min_samples_leaf, max(1, len(x) // 5)), early_stopping=False,
        random_state=run.seed,
    )  # fmt: skip
    model.fit(x, y)
    _log_rounds(model, x, y, run)
    trees = [(output, tree.nodes) for turn in model._predictors for output, tree in enumerate(turn)]
    sizes = [len(nodes) for _, nodes in trees]
    nodes = {name: np.concatenate([tree_nodes[name] for _, tree_nodes in trees]) for name in _FIELDS}
    begins = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64)
    outputs = np.array([output for output, _ in trees], dtype=np.int64)
    start = np.asarray(model._baseline_prediction, dtype=np.float64).ravel()
    return Boosted(labels, present, columns, start, nodes, begins, outputs)


def _log_rounds(model: Any, x: NDArray[np.float64], y: NDArray[Any], run: Run) -> None:
    """The loss on the training rows after each round; scikit-learn says nothing of it while it trains."""
    from sklearn.metrics import log_loss, mean_squared_error

    rounds = model.n_iter_
    shown = max(1, rounds // MAX_LOGGED_ROUNDS)
    is_classifier = hasattr(model, "classes_")
    staged = model.staged_predict_proba(x) if is_classifier else model.staged_predict(x)
    for number, predicted in enumerate(staged, start=1):
        if number % shown == 0:
            loss = log_loss(y, predicted, labels=model.classes_) if is_classifier else mean_squared_error(y, predicted)
            run.log(number, rounds, training_loss=float(loss))


def _none() -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)


def load(folder: Path, cache: Path) -> Boosted:
    """See `Recipe.load`."""
    saved = json.loads((folder / "card.json").read_text())
    with np.load(folder / "trees.npz") as data:
        nodes = {name: data[name] for name in _FIELDS}
        parts = (data["start"], nodes, data["begins"], data["outputs"])
    return Boosted(saved["labels"], saved["present"], columns_from_json(saved["columns"]), *parts)
