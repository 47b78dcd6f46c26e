"""Texts by a linear model over character n-grams: needs no words, so Japanese and English alike."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workers.recipes.base import Example, Run
from workers.recipes.linear import classes_of, row_of_each, softmax
from workers.recipes.spec import RecipeSpec, integer_field, number_field


@dataclass(frozen=True)
class Parameters:
    """Hyper-parameters."""

    C: float = number_field("Inverse regularization strength", 10.0, min=1e-4, max=1e4, log=True)
    ngram_max: int = integer_field("Maximum n-gram length (characters)", 4, min=1, max=8)


SPEC = RecipeSpec(
    key="text_linear",
    module=__name__,
    parameters=Parameters,
    title="Linear model on character n-grams",
    description="Works on characters, for Japanese and English alike; trains in seconds on a CPU.",
    media_types=frozenset({"text"}),
    annotation_types=frozenset({"classification"}),
    baseline="majority",
)


def _vectors(texts: Sequence[str], longest: int) -> Any:
    """(n, 2^18) sparse: counts of n-grams of 1 to `longest` characters, hashed, damped, of unit length.

    Hashing keeps no vocabulary: a model of any text has the same size, and saves as numbers alone.
    """
    from sklearn.feature_extraction.text import HashingVectorizer

    hashed = HashingVectorizer(
        analyzer="char", ngram_range=(1, longest), n_features=2**18, alternate_sign=False, norm=None
    ).transform(texts)
    hashed.data = np.log1p(hashed.data)
    lengths = np.sqrt(np.asarray(hashed.multiply(hashed).sum(axis=1)).ravel())
    return hashed.multiply(1 / np.maximum(lengths, 1e-9)[:, None]).tocsr()


@dataclass
class Linear:
    """Weights of the n-grams that came up: columns (k,), weights (classes, k), bias (classes,), weight of each (k,)."""

    labels: list[str]
    longest: int
    columns: NDArray[np.int64]
    rarity: NDArray[np.float64]
    weights: NDArray[np.float64]
    bias: NDArray[np.float64]

    def predict(self, examples: Sequence[Example]) -> NDArray[np.float64]:
        """(n, classes) probabilities."""
        if not examples:
            return np.zeros((0, len(self.labels)))
        x = _vectors([example.text for example in examples], self.longest)[:, self.columns]
        return softmax(np.asarray(x.multiply(self.rarity).tocsr() @ self.weights.T) + self.bias)

    def save(self, folder: Path) -> None:
        """See `TrainedModel.save`."""
        np.savez_compressed(
            folder / "weights.npz", columns=self.columns, rarity=self.rarity, weights=self.weights, bias=self.bias
        )
        (folder / "card.json").write_text(json.dumps({"labels": self.labels, "longest": self.longest}))


def fit(examples: Sequence[Example], labels: list[str], params: Parameters, run: Run) -> Linear:
    """See `Recipe.fit`. Labels without an example get probability near zero."""
    from sklearn.linear_model import LogisticRegression

    run.raise_if_stopped()
    x = _vectors([example.text for example in examples], params.ngram_max)
    document_counts = np.asarray((x > 0).sum(axis=0)).ravel()
    columns = np.flatnonzero(document_counts)
    rarity = np.log((1 + len(examples)) / (1 + document_counts[columns])) + 1
    x = x[:, columns].multiply(rarity).tocsr()
    y = classes_of(labels, [example.target for example in examples])
    weights, bias = np.zeros((len(labels), len(columns))), np.full(len(labels), -30.0)
    present = np.unique(y)
    run.log(1, 2)
    run.raise_if_stopped()
    if len(present) == 1:
        bias[present[0]] = 0.0
    else:
        head = LogisticRegression(C=params.C, max_iter=300, tol=1e-3, random_state=run.seed).fit(x, y)
        weights[present], bias[present] = row_of_each(head)
    return Linear(labels, params.ngram_max, columns, rarity, weights, bias)


def load(folder: Path, cache: Path) -> Linear:
    """See `Recipe.load`."""
    saved = json.loads((folder / "card.json").read_text())
    with np.load(folder / "weights.npz") as data:
        parts = [data[name] for name in ("columns", "rarity", "weights", "bias")]
    return Linear(saved["labels"], saved["longest"], *parts)
