"""Numbers against numbers: share of the variance explained, and errors in the unit of the number."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from labelkit.annotations.base import AnnotationType
from labelkit.metrics.scores import Comparison, Index, Scores

Array = NDArray[np.float64]


@dataclass(frozen=True)
class NumberScores(Scores):
    """(n,) outputs beside the truth; `training_mean` is what a model without input would output."""

    keys: ClassVar[tuple[str, ...]] = ("explained", "rmse", "mae")
    truth: Array
    outputs: Array
    training_mean: float

    @classmethod
    def applies_to(cls, annotation_type: AnnotationType) -> bool:
        """To numbers."""
        return annotation_type.model_output == "number"

    @classmethod
    def compare(cls, comparison: Comparison) -> "NumberScores":
        """See `Scores`."""
        truth = np.array([item.target for item in comparison.items], dtype=np.float64)
        return cls(truth, np.asarray(comparison.outputs), comparison.training_mean)

    @property
    def item_count(self) -> int:
        """See `Scores`."""
        return len(self.truth)

    def values(self, index: Index) -> dict[str, float]:
        """`explained` is 1 − squared error / squared error of `training_mean`, at least 0; `rmse` and `mae` errors."""
        truth, error = self.truth[index], self.outputs[index] - self.truth[index]
        baseline = float(np.square(truth - self.training_mean).sum())
        remaining = float(np.square(error).sum())
        explained = max(0.0, 1 - remaining / baseline) if baseline > 0 else float(remaining == 0)
        return {
            "explained": explained,
            "rmse": float(np.sqrt(np.square(error).mean())),
            "mae": float(np.abs(error).mean()),
        }
