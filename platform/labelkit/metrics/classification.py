"""Classes against classes: accuracy, macro-F1 and AUROC with their intervals."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from labelkit.annotations.base import AnnotationType
from labelkit.metrics.scores import Comparison, Index, Scores, Summary
from statkit.bootstrap import percentile_interval
from statkit.interval import Interval
from statkit.proportions import binomial_standard_error, wilson_interval
from statkit.ranking import roc_auc

MAX_SLICES = 60


@dataclass(frozen=True)
class ClassificationReport:
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
        """Mean F1 over the classes that occur in the test set."""
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
        f1 = [ClassificationReport(self.labels, counts.reshape(self.confusion.shape)).macro_f1 for counts in drawn]
        return {
            "accuracy": replace(wilson_interval(self.right, self.items), value=self.accuracy),
            "macro_f1": percentile_interval(self.macro_f1, f1, n=self.items),
        }

    def curve_metrics(self, *, seed: int = 0) -> dict[str, list[float]]:
        """Value and standard error of the metrics that a curve keeps beside accuracy."""
        macro_f1 = self.metrics(seed=seed, draws=200)["macro_f1"]
        body = {"macro_f1": [macro_f1.value, max(macro_f1.width / 3.92, 1e-4)]}
        if self.auroc is not None:
            body["auroc"] = list(self.auroc)
        return body

    def per_class(self) -> list[dict[str, Any]]:
        """Recall of each class with its 95 % interval."""
        rows = []
        for index, label in enumerate(self.labels):
            items, correct = int(self.confusion[index].sum()), int(self.confusion[index, index])
            recall = wilson_interval(correct, items)
            rows.append({"label": label, "items": items, "correct": correct, "low": recall.low, "high": recall.high})
        return rows


def _macro_auroc(probabilities: NDArray[np.float64], true: NDArray[np.int64]) -> tuple[float, float] | None:
    aurocs = [roc_auc(probabilities[:, index], true == index) for index in range(probabilities.shape[1])]
    areas = [auroc for auroc in aurocs if auroc is not None]
    if not areas:
        return None
    # Classes share their items, so their errors do not average out: the mean of the errors, not of the variances.
    return float(np.mean([area for area, _ in areas])), float(np.mean([error for _, error in areas]))


def classification_report(
    probabilities: NDArray[np.float64],
    truth: Sequence[str],
    labels: list[str],
    slices: Sequence[frozenset[str]] = (),
    *,
    min_items: int = 10,
) -> ClassificationReport:
    """Compare predictions with the truth.

    Args:
        probabilities: (n, classes) in the order of `labels`.
        truth: n label ids, each in `labels`.
        labels: Label ids.
        slices: Of each item; slices of fewer than `min_items` items are left out.
        min_items: See `slices`.
    """
    index = {label: number for number, label in enumerate(labels)}
    confusion = np.zeros((len(labels), len(labels)), dtype=np.int64)
    true = np.array([index[label] for label in truth], dtype=np.int64)
    predicted = probabilities.argmax(axis=1) if len(true) else true
    np.add.at(confusion, (true, predicted), 1)
    counts: dict[str, list[int]] = {}
    for names, right in zip(slices, true == predicted, strict=False):
        for name in names:
            cell = counts.setdefault(name, [0, 0])
            cell[0] += 1
            cell[1] += int(right)
    large = {name: (items, right) for name, (items, right) in sorted(counts.items()) if items >= min_items}
    area = _macro_auroc(probabilities, true) if len(true) else None
    return ClassificationReport(labels, confusion, area, dict(list(large.items())[:MAX_SLICES]))


@dataclass(frozen=True)
class ClassScores(Scores):
    """(n,) predicted classes beside the true ones, by their place in the report's labels."""

    keys: ClassVar[tuple[str, ...]] = ("accuracy", "macro_f1")
    truth: NDArray[np.int64]
    predicted: NDArray[np.int64]
    report: ClassificationReport

    @classmethod
    def applies_to(cls, annotation_type: AnnotationType) -> bool:
        """To single classes."""
        return annotation_type.model_output == "classes"

    @classmethod
    def compare(cls, comparison: Comparison) -> "ClassScores":
        """See `Scores`."""
        labels, probabilities = comparison.labels, comparison.outputs
        targets = [item.target for item in comparison.items]
        index_by_label = {label: number for number, label in enumerate(labels)}
        truth = np.array([index_by_label[label] for label in targets], dtype=np.int64)
        predicted = probabilities.argmax(axis=1) if len(truth) else truth
        return cls(truth, predicted, classification_report(probabilities, targets, labels, comparison.slices))

    @property
    def item_count(self) -> int:
        """See `Scores`."""
        return len(self.truth)

    def values(self, index: Index) -> dict[str, float]:
        """`accuracy`: the share of right classes."""
        return {"accuracy": float((self.truth[index] == self.predicted[index]).mean())}

    def class_values(self, index: Index) -> dict[str, tuple[int, float]]:
        """Items of each label, and the share of them that was found."""
        truth, right = self.truth[index], self.truth[index] == self.predicted[index]
        return {
            label: (int((truth == number).sum()), float(right[truth == number].mean()))
            for number, label in enumerate(self.report.labels)
            if (truth == number).any()
        }

    def summarize(self, *, seed: int = 0) -> Summary:
        """From the confusion counts: exact where the bootstrap would be rough."""
        report = self.report
        error = binomial_standard_error(report.accuracy, max(report.items, 1))
        return Summary(
            {key: interval.as_json() for key, interval in report.metrics(seed=seed).items()},
            report.per_class(),
            {"score": [report.accuracy, error], **report.curve_metrics(seed=seed)},
            slices=report.slices,
        )
