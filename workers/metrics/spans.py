"""Spans against spans: F1 of spans with the same ends and label, counted over all texts."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labelkit.annotations.spans import SURE
from workers.metrics.base import Index


@dataclass(frozen=True)
class SpanScored:
    """Answers beside the truth, as `annotation` keeps them."""

    truth: Sequence[dict[str, Any]]
    answers: Sequence[dict[str, Any]]
    labels: list[str]
    primary: str = "span_f1"

    @property
    def items(self) -> int:
        return len(self.truth)

    @cached_property
    def _counts(self) -> NDArray[np.int64]:
        """(items, labels, 3): right, said, there."""
        place = {label: number for number, label in enumerate(self.labels)}
        table = np.zeros((self.items, len(self.labels), 3), dtype=np.int64)
        for row, (true, said) in enumerate(zip(self.truth, self.answers, strict=True)):
            there, found = _spans(true), _spans(said)
            for part, number in ((there & found, 0), (found, 1), (there, 2)):
                for *_, label in part:
                    if label in place:
                        table[row, place[label], number] += 1
        return table

    def values(self, index: Index) -> dict[str, float]:
        """`span_f1`, `precision` and `recall` over all spans of the items."""
        right, said, there = self._counts[index].sum(axis=(0, 1)).tolist()
        return {
            "span_f1": 2 * right / (said + there) if said + there else 1.0,
            "precision": right / said if said else 1.0,
            "recall": right / there if there else 1.0,
        }

    def class_values(self, index: Index) -> dict[str, tuple[int, float]]:
        """Spans of each label, and their F1."""
        table = self._counts[index].sum(axis=0)
        return {
            label: (int(there), float(2 * right / (said + there)))
            for label, (right, said, there) in zip(self.labels, table, strict=True)
            if said + there
        }


def _spans(answer: dict[str, Any]) -> set[tuple[int, int, str]]:
    return {(one["start"], one["end"], one["label"]) for one in answer["spans"] if one.get("score", 1.0) >= SURE}
