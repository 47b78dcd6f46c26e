"""Judging a classifier on the sealed split: numbers with their intervals. Pure numpy and scipy."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotation.quality.agreement import wilson


@dataclass(frozen=True)
class Judgement:
    """Confusion counts (true, predicted) over the labels, and what follows from them."""

    labels: list[str]
    confusion: NDArray[np.int64]

    @property
    def items(self) -> int:
        return int(self.confusion.sum())

    @property
    def right(self) -> int:
        return int(np.trace(self.confusion))

    @property
    def accuracy(self) -> float:
        return self.right / self.items if self.items else 0.0

    @property
    def macro_f1(self) -> float:
        """Mean F1 over the classes that occur in the sealed split."""
        right = np.diag(self.confusion).astype(float)
        total = self.confusion.sum(axis=1) + self.confusion.sum(axis=0)
        f1 = np.divide(2 * right, total, out=np.zeros_like(right), where=total > 0)
        present = self.confusion.sum(axis=1) > 0
        return float(f1[present].mean()) if present.any() else 0.0

    def metrics(self, *, seed: int = 0, draws: int = 1000) -> dict[str, dict[str, float]]:
        """Accuracy (Wilson) and macro-F1 (bootstrap over items), each with its 95 % interval."""
        low, high = wilson(self.right, self.items)
        cells = self.confusion.ravel()
        rng = np.random.default_rng(seed)
        drawn = rng.multinomial(self.items, cells / max(1, cells.sum()), size=draws)
        f1 = [Judgement(self.labels, one.reshape(self.confusion.shape)).macro_f1 for one in drawn]
        return {
            "accuracy": {"value": self.accuracy, "low": low, "high": high},
            "macro_f1": {
                "value": self.macro_f1,
                "low": float(np.quantile(f1, 0.025)),
                "high": float(np.quantile(f1, 0.975)),
            },
        }

    def per_class(self) -> list[dict[str, Any]]:
        """Recall of each class with its 95 % interval."""
        rows = []
        for index, label in enumerate(self.labels):
            items, right = int(self.confusion[index].sum()), int(self.confusion[index, index])
            low, high = wilson(right, items)
            rows.append({"label": label, "items": items, "right": right, "low": low, "high": high})
        return rows


def judge(probabilities: NDArray[np.float64], truth: Sequence[str], labels: list[str]) -> Judgement:
    """Compare predictions with the truth.

    Args:
        probabilities: (n, classes) in the order of `labels`.
        truth: n label ids, each in `labels`.
        labels: Label ids.
    """
    index = {label: number for number, label in enumerate(labels)}
    confusion = np.zeros((len(labels), len(labels)), dtype=np.int64)
    for row, label in zip(probabilities, truth, strict=True):
        confusion[index[label], int(np.argmax(row))] += 1
    return Judgement(labels, confusion)
