"""Judging a classifier on the sealed split: numbers with their intervals. Pure numpy and scipy."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from statkit.bootstrap import percentile_interval
from statkit.interval import Interval
from statkit.proportions import wilson_interval
from statkit.ranking import roc_auc

MOST_SLICES = 60


@dataclass(frozen=True)
class Judgement:
    """Confusion counts (true, predicted) over the labels, and what follows from them.

    `auroc` is the mean over classes of one against the rest, with its standard error; `slices` maps a slice to its
    items and how many were right.
    """

    labels: list[str]
    confusion: NDArray[np.int64]
    auroc: tuple[float, float] | None = None
    slices: dict[str, tuple[int, int]] = field(default_factory=dict)

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

    def metrics(self, *, seed: int = 0, draws: int = 1000) -> dict[str, Interval]:
        """Accuracy (Wilson) and macro-F1 (bootstrap over items), each with its 95 % interval."""
        cells = self.confusion.ravel()
        rng = np.random.default_rng(seed)
        drawn = rng.multinomial(self.items, cells / max(1, cells.sum()), size=draws)
        f1 = [Judgement(self.labels, one.reshape(self.confusion.shape)).macro_f1 for one in drawn]
        return {
            "accuracy": replace(wilson_interval(self.right, self.items), value=self.accuracy),
            "macro_f1": percentile_interval(self.macro_f1, f1, n=self.items),
        }

    def curve_metrics(self, *, seed: int = 0) -> dict[str, list[float]]:
        """Value and standard error of the metrics that a curve keeps beside accuracy."""
        found = self.metrics(seed=seed, draws=200)["macro_f1"]
        body = {"macro_f1": [found.value, max(found.width / 3.92, 1e-4)]}
        if self.auroc is not None:
            body["auroc"] = list(self.auroc)
        return body

    def per_class(self) -> list[dict[str, Any]]:
        """Recall of each class with its 95 % interval."""
        rows = []
        for index, label in enumerate(self.labels):
            items, right = int(self.confusion[index].sum()), int(self.confusion[index, index])
            recall = wilson_interval(right, items)
            rows.append({"label": label, "items": items, "right": right, "low": recall.low, "high": recall.high})
        return rows


def _mean_area(probabilities: NDArray[np.float64], true: NDArray[np.int64]) -> tuple[float, float] | None:
    found = [roc_auc(probabilities[:, index], true == index) for index in range(probabilities.shape[1])]
    areas = [one for one in found if one is not None]
    if not areas:
        return None
    # Classes share their items, so their errors do not average out: the mean of the errors, not of the variances.
    return float(np.mean([one[0] for one in areas])), float(np.mean([one[1] for one in areas]))


def judge(
    probabilities: NDArray[np.float64],
    truth: Sequence[str],
    labels: list[str],
    slices: Sequence[frozenset[str]] = (),
    *,
    least: int = 10,
) -> Judgement:
    """Compare predictions with the truth.

    Args:
        probabilities: (n, classes) in the order of `labels`.
        truth: n label ids, each in `labels`.
        labels: Label ids.
        slices: Of each item; slices of fewer than `least` items are left out.
        least: See `slices`.
    """
    index = {label: number for number, label in enumerate(labels)}
    confusion = np.zeros((len(labels), len(labels)), dtype=np.int64)
    true = np.array([index[label] for label in truth], dtype=np.int64)
    answered = probabilities.argmax(axis=1) if len(true) else true
    np.add.at(confusion, (true, answered), 1)
    counts: dict[str, list[int]] = {}
    for one, right in zip(slices, true == answered, strict=False):
        for name in one:
            cell = counts.setdefault(name, [0, 0])
            cell[0] += 1
            cell[1] += int(right)
    kept = {name: (items, right) for name, (items, right) in sorted(counts.items()) if items >= least}
    area = _mean_area(probabilities, true) if len(true) else None
    return Judgement(labels, confusion, area, dict(list(kept.items())[:MOST_SLICES]))
