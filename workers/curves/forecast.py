"""A first forecast: power law with offset, averaged over its posterior on a grid.

Error e(n) = c + a·n^(−b) (Hestness et al. 2017, arXiv 1712.00409; offset as in Viering & Loog 2021,
arXiv 2103.10948). For each (b, c) on a grid, a is Gaussian by weighted least squares; grid points are
weighted by likelihood and prior, so what comes out is a mixture and not one curve. Deterministic.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from workers.curves.points import Pooled, pool

# Real curves are no exact power laws: relative misfit of each point, and relative drift for each
# doubling beyond the last point. Both, and the heavy tail of the drift, were set on one half of the data sets
# of LCDB 1.1 and checked on the other (benchmarks/forecast.py).
MISFIT = 0.03
DRIFT = 0.10
_SLOPES = np.exp(np.linspace(math.log(0.03), math.log(2.0), 48))
_OFFSETS = np.concatenate([[0.0], np.linspace(0.02, 0.995, 40)])
_NORMAL = np.array([-1.6449, -1.0364, -0.6745, -0.3853, -0.1257, 0.1257, 0.3853, 0.6745, 1.0364, 1.6449])
_TAILS = stats.t.ppf((np.arange(20) + 0.5) / 20, 3)
_BEYOND = 1e9


@dataclass(frozen=True)
class Distribution:
    """A weighted sample; may hold infinity."""

    values: NDArray[np.float64]
    weights: NDArray[np.float64]

    @cached_property
    def _sorted(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        order = np.argsort(self.values)
        return self.values[order], np.cumsum(self.weights[order])

    def quantile(self, q: float) -> float:
        """The value below which a share `q` lies."""
        values, total = self._sorted
        index = int(np.searchsorted(total, q * total[-1]))
        return float(values[min(index, len(values) - 1)])


@dataclass(frozen=True)
class Forecast:
    """What a curve says about sizes that were not measured."""

    points: list[Pooled]
    flags: list[str]
    bounds: tuple[float, float]
    _a: NDArray[np.float64]
    _b: NDArray[np.float64]
    _c: NDArray[np.float64]
    _weights: NDArray[np.float64]

    def distribution(self, n: float) -> Distribution:
        """The score at `n` labels."""
        error = self._c + self._a * n**-self._b
        doublings = max(0.0, math.log2(n / self.points[-1].n))
        drift = DRIFT * math.sqrt(doublings) if doublings else 0.0
        spread = np.exp(drift * _TAILS)
        values = np.clip(np.outer(error, spread).ravel(), 0.0, 1.0)
        low, high = self.bounds
        weights = np.repeat(self._weights, len(_TAILS))
        return Distribution(high - values * (high - low), weights)

    def quantile(self, n: float, q: float) -> float:
        """The score at `n` labels that is reached with probability 1 − q."""
        return self.distribution(n).quantile(q)

    def labels_needed(self, target: float) -> Distribution:
        """How many labels in all reach `target`; infinite where the curve levels off below it."""
        low, high = self.bounds
        wanted = (high - target) / (high - low)
        room = wanted - self._c
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            needed = np.where(room > 0, (self._a / room) ** (1.0 / self._b), np.inf)
        needed = np.where(needed > _BEYOND, np.inf, np.maximum(needed, 1.0))
        return Distribution(np.ceil(needed), self._weights)

    def probability_never(self, target: float) -> float:
        """Share of the curves that fit which never reach `target` (within a billion labels)."""
        needed = self.labels_needed(target)
        return float(needed.weights[np.isinf(needed.values)].sum() / needed.weights.sum())

    def next_purchase(self, target: float) -> int:
        """Labels to buy before looking again: up to the median need, never more than doubling what is there."""
        now = self.points[-1].n
        median = self.labels_needed(target).quantile(0.5)
        if self.points[-1].score >= target:
            return 0
        return int(max(1, min(median, 2 * now) - now))


def forecast(
    points: Sequence[Mapping[str, Any]],
    targets: Sequence[float] = (),
    bounds: tuple[float, float] = (0.0, 1.0),
) -> Forecast:
    """Fit the curve.

    Args:
        points: Mappings with `n` ≥ 1, `score`, and optionally `se` (of the test set) and `seed`.
        targets: Checked to lie within `bounds`.
        bounds: Worst and best score that can be; give (best, worst) swapped for scores where less is better.

    Raises:
        ValueError: fewer than three different sizes, or a value out of range.
    """
    low, high = bounds
    for target in targets:
        if not min(low, high) <= target <= max(low, high):
            raise ValueError(f"target {target} lies outside {bounds}")
    pooled = pool(points)
    if len(pooled) < 3:
        raise ValueError(f"a forecast needs at least 3 different sizes; there are {len(pooled)}")
    if pooled[0].n < 1:
        raise ValueError("n must be at least 1")
    n = np.array([point.n for point in pooled], dtype=float)
    error = np.array([(high - point.score) / (high - low) for point in pooled])
    if not np.all(np.isfinite(error)) or error.min() < -1e-9 or error.max() > 1 + 1e-9:
        raise ValueError(f"a score lies outside {bounds}")
    error = np.maximum(error, 1e-6)
    se = np.array([point.se for point in pooled]) / abs(high - low)
    sigma = np.sqrt(se**2 + (MISFIT * error) ** 2 + 1e-12)
    a, b, c, weights = _posterior(n, error, sigma)
    return Forecast(pooled, _flags(error, se), bounds, a, b, c, weights)


def _posterior(
    n: NDArray[np.float64], error: NDArray[np.float64], sigma: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Mixture over (a, b, c). Priors: slope log-normal around 0.45, offset falling from 0 to the best error seen."""
    slope = np.repeat(_SLOPES, len(_OFFSETS))
    offset = np.tile(_OFFSETS, len(_SLOPES)) * error.min()
    basis = n[None, :] ** -slope[:, None]
    precision = 1.0 / sigma**2
    information = (basis**2 * precision).sum(axis=1)
    mean = np.maximum((basis * (error[None, :] - offset[:, None]) * precision).sum(axis=1) / information, 0.0)
    misfit = error[None, :] - offset[:, None] - mean[:, None] * basis
    prior_slope = -0.5 * ((np.log(slope) - math.log(0.45)) / 0.7) ** 2
    share = np.tile(_OFFSETS, len(_SLOPES))
    prior_offset = np.where(share == 0.0, math.log(5.0), np.log(1.0 - 0.8 * share))
    log_weight = -0.5 * (misfit**2 * precision).sum(axis=1) - 0.5 * np.log(information) + prior_slope + prior_offset
    weight = np.exp(log_weight - log_weight.max())
    kept = weight > 1e-3
    spread = 1.0 / np.sqrt(information[kept])
    a = np.maximum(mean[kept][:, None] + spread[:, None] * _NORMAL, 1e-12).ravel()
    times = len(_NORMAL)
    return a, np.repeat(slope[kept], times), np.repeat(offset[kept], times), np.repeat(weight[kept], times)


def _flags(error: NDArray[np.float64], se: NDArray[np.float64]) -> list[str]:
    """What a reader must know before trusting the forecast."""
    flags = []
    if len(error) < 5:
        flags.append("few_sizes")
    rise = np.diff(error)
    noise = np.sqrt(se[1:] ** 2 + se[:-1] ** 2) + 1e-9
    if np.any(rise > 2 * noise):
        flags.append("gets_worse")
    if abs(error[-1] - error[-2]) < noise[-1] and (error[0] - error[-1]) < 3 * noise[-1]:
        flags.append("flat")
    return flags
