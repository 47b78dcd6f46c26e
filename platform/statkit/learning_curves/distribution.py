"""Distributions of forecasts: weighted samples, and distributions given by quantiles."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Distribution:
    """A weighted sample; may hold infinity."""

    values: Array
    weights: Array

    @cached_property
    def _sorted(self) -> tuple[Array, Array]:
        order = np.argsort(self.values)
        return self.values[order], np.cumsum(self.weights[order])

    def quantile(self, q: float) -> float:
        """The value below which probability `q` lies."""
        values, total = self._sorted
        index = int(np.searchsorted(total, q * total[-1]))
        return float(values[min(index, len(values) - 1)])


def interpolate_quantile(levels: Array, row: Array, q: float) -> float:
    """The value of quantile `q`, interpolated on the normal scale; beyond the known quantiles, along the last two.

    >>> float(interpolate_quantile(np.array([0.1, 0.5, 0.9]), np.array([1.0, 2.0, 3.0]), 0.5))
    2.0

    Reference: none; interpolation on the scale of normal quantiles.
    """
    z, at = float(scipy.special.ndtri(q)), scipy.special.ndtri(levels)
    if z < at[0]:
        return float(row[0] - (row[1] - row[0]) / (at[1] - at[0]) * (at[0] - z))
    if z > at[-1]:
        return float(row[-1] + (row[-1] - row[-2]) / (at[-1] - at[-2]) * (z - at[-1]))
    return float(np.interp(z, at, row))


def cumulative_probability(levels: Array, rows: Array, value: float) -> Array:
    """(m,) probability of each row's distribution at or below `value`; `rows` is (m, levels), rising.

    >>> cumulative_probability(np.array([0.1, 0.5, 0.9]), np.array([[1.0, 2.0, 3.0]]), 2.0).tolist()
    [0.5]

    Reference: none; the inverse of `interpolate_quantile`.
    """
    at = scipy.special.ndtri(levels)
    spread = np.maximum(np.diff(rows, axis=1), 1e-9)
    upper = np.clip((rows <= value).sum(axis=1), 1, len(levels) - 1)
    index = np.arange(len(rows))
    z = at[upper - 1] + (value - rows[index, upper - 1]) / spread[index, upper - 1] * (at[upper] - at[upper - 1])
    return np.asarray(scipy.special.ndtr(np.clip(z, -6, 6)))
