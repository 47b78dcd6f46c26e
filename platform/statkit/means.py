"""Means and their intervals."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Estimate:
    """A mean over seeds and its interval."""

    value: float
    low: float
    high: float


def mean_interval(values: Array, level: float) -> Estimate:
    """Mean of independent values and its interval by Student's t; without width for one value."""
    middle = float(values.mean())
    if len(values) < 2:
        return Estimate(middle, middle, middle)
    half = float(stdtrit(len(values) - 1, (1 + level) / 2) * values.std(ddof=1) / np.sqrt(len(values)))
    return Estimate(middle, middle - half, middle + half)
