"""Spans against spans: F1 of spans with the same ends and label, counted over all texts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from labelkit.annotations.base import AnnotationType
from labelkit.annotations.spans import SURE
from labelkit.metrics.scores import Comparison, Index, Scores
from labelkit.targets import SpanTarget


@dataclass(frozen=True)
class SpanScores(Scores):
    """Spans of each output beside the true ones."""

    keys: ClassVar[tuple[str, ...]] = ("span_f1", "precision", "recall")
    truth: Sequence[Sequence[SpanTarget]]
    outputs: Sequence[Sequence[SpanTarget]]
    labels: list[str]

    @classmethod
    def applies_to(cls, annotation_type: AnnotationType) -> bool:
        """To spans."""
        return annotation_type.model_output == "spans"

    @classmethod
    def compare(cls, comparison: Comparison) -> "SpanScores":
        """See `Scores`."""
        parse = comparison.annotation_type.training_target
        return cls(
            [item.target for item in comparison.items],
            [parse(output) for output in comparison.outputs],
            comparison.labels,
        )

    @property
    def item_count(self) -> int:
        """See `Scores`."""
        return len(self.truth)

    @cached_property
    def _counts(self) -> NDArray[np.int64]:
        """(items, labels, 3): true positives, predicted, true."""
        row_by_label = {label: number for number, label in enumerate(self.labels)}
        table = np.zeros((self.item_count, len(self.labels), 3), dtype=np.int64)
        for row, (truth, output) in enumerate(zip(self.truth, self.outputs, strict=True)):
            true, predicted = _confident(truth), _confident(output)
            for spans, column in ((true & predicted, 0), (predicted, 1), (true, 2)):
                for *_, label in spans:
                    if label in row_by_label:
                        table[row, row_by_label[label], column] += 1
        return table

    def values(self, index: Index) -> dict[str, float]:
        """`span_f1`, `precision` and `recall` over all spans of the items."""
        right, predicted, true = self._counts[index].sum(axis=(0, 1)).tolist()
        return {
            "span_f1": 2 * right / (predicted + true) if predicted + true else 1.0,
            "precision": right / predicted if predicted else 1.0,
            "recall": right / true if true else 1.0,
        }

    def class_values(self, index: Index) -> dict[str, tuple[int, float]]:
        """Spans of each label, and their F1."""
        table = self._counts[index].sum(axis=0)
        return {
            label: (int(true), float(2 * right / (predicted + true)))
            for label, (right, predicted, true) in zip(self.labels, table, strict=True)
            if predicted + true
        }


def _confident(spans: Iterable[SpanTarget]) -> set[tuple[int, int, str]]:
    return {(span.start, span.end, span.label) for span in spans if span.score >= SURE}
