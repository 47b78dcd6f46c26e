"""Classes against classes, item by item."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workers.metrics.base import Index


@dataclass(frozen=True)
class ClassScored:
    """(n,) answered classes beside the true ones, by their place in `labels`."""

    truth: NDArray[np.int64]
    answers: NDArray[np.int64]
    labels: list[str]
    primary: str = "accuracy"

    @property
    def items(self) -> int:
        return len(self.truth)

    def values(self, index: Index) -> dict[str, float]:
        """`accuracy`: the share of right answers."""
        return {"accuracy": float((self.truth[index] == self.answers[index]).mean())}

    def class_values(self, index: Index) -> dict[str, tuple[int, float]]:
        """Items of each label, and the share of them that was found."""
        truth, right = self.truth[index], self.truth[index] == self.answers[index]
        return {
            label: (int((truth == number).sum()), float(right[truth == number].mean()))
            for number, label in enumerate(self.labels)
            if (truth == number).any()
        }
