"""Annotations against annotations by the similarity of their type: for types that have no metric of their own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from labelkit.annotations.base import AnnotationType
from labelkit.metrics.classification import ClassScores
from labelkit.metrics.numbers import NumberScores
from labelkit.metrics.regions import RegionScores
from labelkit.metrics.scores import Comparison, Index, Scores
from labelkit.metrics.spans import SpanScores

SPECIFIC: Sequence[type[Scores]] = (ClassScores, NumberScores, RegionScores, SpanScores)


@dataclass(frozen=True)
class SimilarityScores(Scores):
    """(n,) similarity of each output to the truth, 0 to 1."""

    keys: ClassVar[tuple[str, ...]] = ("similarity",)
    similarities: NDArray[np.float64]

    @classmethod
    def applies_to(cls, annotation_type: AnnotationType) -> bool:
        """To those that nothing more specific is for."""
        return not any(scores.applies_to(annotation_type) for scores in SPECIFIC)

    @classmethod
    def compare(cls, comparison: Comparison) -> "SimilarityScores":
        """See `Scores`."""
        annotation_type = comparison.annotation_type

        def similarity(output: object, truth: Mapping[str, object]) -> float:
            return annotation_type.similarity(annotation_type.from_prediction(output, comparison.labels).value, truth)

        pairs = zip(comparison.outputs, comparison.items, strict=True)
        return cls(np.array([similarity(output, item.annotation) for output, item in pairs], dtype=np.float64))

    @property
    def item_count(self) -> int:
        """See `Scores`."""
        return len(self.similarities)

    def values(self, index: Index) -> dict[str, float]:
        """The mean."""
        return {"similarity": float(self.similarities[index].mean()) if len(index) else 0.0}
