"""Numbers against numbers: share of the variance explained, and errors in the unit of the number."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workers.metrics.base import Index

Array = NDArray[np.float64]


@dataclass(frozen=True)
class NumberScored:
    """(n,) answers beside the truth; `usual` is the mean that a model without input would say."""

    truth: Array
    answers: Array
    usual: float
    primary: str = "explained"

    @property
    def items(self) -> int:
        return len(self.truth)

    def values(self, index: Index) -> dict[str, float]:
        """`explained` is 1 − squared error / squared error of `usual`, at least 0; `rmse` and `mae` are errors."""
        truth, gap = self.truth[index], self.answers[index] - self.truth[index]
        usual = float(np.square(truth - self.usual).sum())
        left = float(np.square(gap).sum())
        explained = max(0.0, 1 - left / usual) if usual > 0 else float(left == 0)
        return {
            "explained": explained,
            "rmse": float(np.sqrt(np.square(gap).mean())),
            "mae": float(np.abs(gap).mean()),
        }

    def class_values(self, index: Index) -> dict[str, tuple[int, float]]:
        """Numbers have no classes."""
        return {}
