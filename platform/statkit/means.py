"""Means and their intervals."""

import numpy as np
import scipy
from numpy.typing import NDArray

from statkit.interval import Interval


def t_interval(values: NDArray[np.float64], confidence_level: float) -> Interval:
    """Mean of (n,) independent values and its Student's t interval, which has zero width for a single value.

    >>> mean = t_interval(np.array([1.0, 2.0, 3.0]), 0.95)
    >>> mean.value, round(mean.low, 4), round(mean.high, 4)
    (2.0, -0.4841, 4.4841)

    Reference: Student (1908), "The probable error of a mean", Biometrika 6.
    """
    middle = float(values.mean())
    if len(values) < 2:
        return Interval(middle, middle, middle, confidence_level, len(values))
    half = float(
        scipy.special.stdtrit(len(values) - 1, (1 + confidence_level) / 2) * values.std(ddof=1) / np.sqrt(len(values))
    )
    return Interval(middle, middle - half, middle + half, confidence_level, len(values))
