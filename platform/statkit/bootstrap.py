"""Intervals from resampled data (B. Efron, 1979)."""

from collections.abc import Sequence

import numpy as np

from statkit.proportions import Difference


def paired_draws(a: Sequence[float | None], b: Sequence[float | None], value_a: float, value_b: float) -> Difference:
    """B minus A with its 95 % percentile interval, from both models' values over the same bootstrap samples.

    Samples in which one has no value count for nothing; (−1, 1) where none is left.
    """
    gaps = [two - one for one, two in zip(a, b, strict=False) if one is not None and two is not None]
    value = value_b - value_a
    if not gaps:
        return Difference(value, -1.0, 1.0)
    low, high = np.quantile(gaps, [0.025, 0.975])
    return Difference(value, min(float(low), value), max(float(high), value))
