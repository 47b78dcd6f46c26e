"""Spans by a linear model over the n-grams of characters around each place."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from labelkit.values import SpansAnnotation
from workers.recipes.base import Example, Run
from workers.recipes.linear import row_of_each, softmax
from workers.recipes.spec import RecipeSpec, integer_field, number_field
from workers.recipes.tagging import answer_of, tags_of


@dataclass(frozen=True)
class Parameters:
    """Hyper-parameters."""

    alpha: float = number_field("Regularization", 1e-6, min=1e-9, max=1e-2, log=True)
    epochs: int = integer_field("Epochs", 12, min=1, max=200)


SPEC = RecipeSpec(
    key="spans_linear",
    module=__name__,
    parameters=Parameters,
    title="Linear tagger on character n-grams",
    description="Tags each character by its context, for Japanese and English alike.",
    media_types=frozenset({"text"}),
    annotation_types=frozenset({"spans"}),
    baseline="spans_lookup",
)

BUCKETS = 2**18
REACH = 3  # characters to each side
_PARTS = [(begin, begin + size) for size in (1, 2, 3) for begin in range(-REACH, REACH + 2 - size)]


def _columns(text: str) -> NDArray[np.int64]:
    """(characters, n-grams) hashed: every n-gram of up to three characters around a place, with where it stands."""
    padded = "\0" * REACH + text + "\0" * (REACH + 1)
    rows = np.empty((len(text), len(_PARTS)), dtype=np.int64)
    for position in range(len(text)):
        middle = position + REACH
        for number, (begin, end) in enumerate(_PARTS):
            piece = padded[middle + begin : middle + end]
            rows[position, number] = crc32(f"{number}:{piece}".encode()) % BUCKETS
    return rows


def _matrix(columns: NDArray[np.int64]) -> Any:
    from scipy.sparse import csr_matrix

    rows, width = columns.shape
    values = np.ones(columns.size, dtype=np.float64)
    return csr_matrix((values, columns.ravel(), np.arange(rows + 1) * width), shape=(rows, BUCKETS))


@dataclass
class SpanLinear:
    """weights (tags, BUCKETS) and bias (tags,), zero for tags that did not occur."""

    labels: list[str]
    columns: NDArray[np.int64]
    weights: NDArray[np.float32]
    bias: NDArray[np.float64]

    def predict(self, examples: Sequence[Example]) -> list[SpansAnnotation]:
        """Answers with a `score` in each span."""
        predictions = []
        for example in examples:
            x = _matrix(_columns(example.text))[:, self.columns]
            predictions.append(answer_of(softmax(np.asarray(x @ self.weights.T) + self.bias), self.labels))
        return predictions

    def save(self, folder: Path) -> None:
        """See `TrainedModel.save`."""
        np.savez_compressed(folder / "weights.npz", columns=self.columns, weights=self.weights, bias=self.bias)
        (folder / "card.json").write_text(json.dumps({"labels": self.labels}))


def fit(examples: Sequence[Example], labels: list[str], params: Parameters, run: Run) -> SpanLinear:
    """See `Recipe.fit`."""
    from sklearn.linear_model import SGDClassifier

    run.raise_if_stopped()
    columns = np.concatenate([_columns(example.text) for example in examples])
    y = np.concatenate([tags_of(example, labels) for example in examples])
    used_columns = np.unique(columns)
    x = _matrix(columns)[:, used_columns]
    tags = 2 * len(labels) + 1
    weights, bias = np.zeros((tags, len(used_columns)), dtype=np.float32), np.full(tags, -30.0)
    present = np.unique(y)
    run.log(1, 2)
    run.raise_if_stopped()
    if len(present) == 1:
        bias[present[0]] = 0.0
        return SpanLinear(labels, used_columns, weights, bias)
    model = SGDClassifier(
        loss="log_loss", alpha=params.alpha, max_iter=params.epochs, tol=None, random_state=run.seed, average=True
    ).fit(x, y)
    weights[present], bias[present] = row_of_each(model)
    return SpanLinear(labels, used_columns, weights, bias)


def load(folder: Path, cache: Path) -> SpanLinear:
    """See `Recipe.load`."""
    saved = json.loads((folder / "card.json").read_text())
    with np.load(folder / "weights.npz") as data:
        return SpanLinear(saved["labels"], data["columns"], data["weights"], data["bias"])
