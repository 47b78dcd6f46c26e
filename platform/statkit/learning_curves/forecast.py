"""Forecasts of a score at more labels, and of the labels that a target needs.

Features of the measured curve go through networks that were learned from thousands of real curves (`prior`), which
give calibrated quantiles of the error from the last size to 64 times as many labels; further on, power laws with offset
carry them (e(n) = c + a·n^(−b); Hestness et al. 2017, arXiv 1712.00409; Viering and Loog 2021, arXiv 2103.10948).
Deterministic.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from statkit.learning_curves.distribution import Distribution, cumulative_probability, interpolate_quantile
from statkit.learning_curves.features import MIN_ERROR, CurveFeatures, extract_features
from statkit.learning_curves.points import PooledPoint, pool_seeds
from statkit.learning_curves.prior import LEVELS, MAX_HORIZON, MEDIAN_INDEX, load_prior

Array = NDArray[np.float64]

# Sizes that forecasts are made for, in multiples of the last; between them they are drawn straight in logarithms.
_STEPS = 2.0 ** np.arange(0, 6.01, 0.25)
# Beyond this many times the labels, "never" is said.
MAX_MULTIPLE = 1024.0
_FAR = 2.0 ** np.arange(6.5, math.log2(MAX_MULTIPLE) + 0.01, 0.5)
_GRID = 2.0 ** np.arange(0, math.log2(MAX_MULTIPLE) + 0.001, 1 / 16)
# A curve is flagged above this probability; `benchmarks/forecast.py` measures how often that is correct.
FLAG_PROBABILITY = 0.35
# Purchases: a low quantile of the labels needed while their interval is wide, the median once the 20 and 80 % quantiles
# are within `NARROW_RATIO`; always between these multiples of the labels. Tuned with `benchmarks/buying.py`.
WIDE_QUANTILE, NARROW_QUANTILE, NARROW_RATIO = 0.2, 0.5, 1.5
MAX_BATCH_MULTIPLE, MIN_BATCH_MULTIPLE = 2.0, 1.1


@dataclass(frozen=True)
class CurveForecast:
    """Forecast of a curve at sizes that were not measured.

    `flags`: `few_sizes` (fewer than five), `non_monotone` (the chance that more labels make it
    worse, or that it did, is high), `flat` (the last doubling brought no improvement beyond noise).
    """

    points: list[PooledPoint]
    flags: list[str]
    bounds: tuple[float, float]
    non_monotone_probability: float
    ill_behaved: float
    _curve: CurveFeatures
    _steps: Array
    _table: Array

    def _row(self, n: float) -> Array:
        """(levels,) log errors at `n`."""
        x = math.log(max(n / self._curve.last, 1.0))
        grid = np.log(self._steps)
        return np.array([np.interp(x, grid, column) for column in self._table.T])

    def _score(self, log_error: float) -> float:
        low, high = self.bounds
        return high - min(max(math.exp(log_error), 0.0), 1.0) * (high - low)

    def quantile(self, n: float, q: float) -> float:
        """The score at `n` labels that is reached with probability 1 − q.

        Sizes below the last measured one are read off the power laws that fit the points.
        """
        if n < self._curve.last:
            return self._score(interpolate_quantile(np.array([0.1, 0.5, 0.9]), self._inside(n), 1 - q))
        return self._score(interpolate_quantile(LEVELS, self._row(n), 1 - q))

    def _inside(self, n: float) -> Array:
        return self._curve.fits[0].quantiles(n / self._curve.last, np.array([0.1, 0.5, 0.9]))

    def mean_error(self, n: float) -> float:
        """Expected error in units of the bounds' span, 0 to 1, at `n` labels."""
        levels = (np.arange(40) + 0.5) / 40
        row = self._row(n)
        return float(np.mean([min(math.exp(interpolate_quantile(LEVELS, row, q)), 1.0) for q in levels]))

    @cached_property
    def _fine(self) -> Array:
        """(grid, levels) log errors on the grid used for the labels needed."""
        grid = np.log(self._steps)
        return np.stack([np.interp(np.log(_GRID), grid, column) for column in self._table.T], axis=1)

    def labels_needed(self, target: float) -> Distribution:
        """Total number of labels that reach `target`; infinite if 1,024 times the labels do not reach it."""
        low, high = self.bounds
        target_error = (high - target) / (high - low)
        chance = cumulative_probability(LEVELS, self._fine, math.log(max(target_error, MIN_ERROR / 2)))
        if target_error <= 0:
            chance = np.zeros_like(chance)
        reached = np.maximum.accumulate(chance)
        weights = np.append(np.diff(reached, prepend=0.0), 1.0 - reached[-1])
        return Distribution(np.append(np.ceil(self._curve.last * _GRID), np.inf), weights)

    def probability_never(self, target: float) -> float:
        """Probability that 1,024 times the labels do not reach `target`."""
        return float(self.labels_needed(target).weights[-1])

    def has_reached(self, target: float) -> bool:
        """Whether the score at the last size is `target` or better."""
        low, high = self.bounds
        return self.points[-1].score >= target if high > low else self.points[-1].score <= target

    def next_batch_size(self, target: float) -> int:
        """Labels to add before forecasting again; 0 once the target is measured.

        Steps are small enough that a wrong forecast costs little, and large enough that repeating the forecast costs
        less than the labels.
        """
        last = self.points[-1]
        if self.has_reached(target):
            return 0
        needed = self.labels_needed(target)
        ahead = needed.values > last.n
        still = Distribution(needed.values[ahead], needed.weights[ahead])
        if still.weights.sum() <= 0:
            return math.ceil((MAX_BATCH_MULTIPLE - 1) * last.n)
        narrow = still.quantile(0.8) < NARROW_RATIO * still.quantile(0.2)
        aim = still.quantile(NARROW_QUANTILE if narrow else WIDE_QUANTILE)
        return math.ceil(min(max(aim, MIN_BATCH_MULTIPLE * last.n), MAX_BATCH_MULTIPLE * last.n) - last.n)


def forecast_curve(
    points: Sequence[Mapping[str, object]],
    targets: Sequence[float] = (),
    bounds: tuple[float, float] = (0.0, 1.0),
    *,
    widen: float = 1.0,
    exclude_fold: int | None = None,
) -> CurveForecast:
    """Forecast from measured points.

    Args:
        points: Mappings with `n` ≥ 1, `score`, and optionally `se` (of the test set) and `seed`.
        targets: Checked to lie within `bounds`.
        bounds: Worst and best possible score; (high, low) for metrics where lower is better.
        widen: Factor on the width of every range, at least 1, from the calibration history of past forecasts.
        exclude_fold: A fold of LCDB families to leave out; for benchmarks.

    Raises:
        ValueError: fewer than three different sizes, or a value out of range.

    >>> points = [{"n": 100 * 2**k, "score": 1 - 0.4 * 2 ** (-0.5 * k)} for k in range(6)]
    >>> curve = forecast_curve(points)
    >>> round(curve.quantile(12_800, 0.5), 2)
    0.96
    >>> curve.next_batch_size(0.95)
    3200

    Reference: J. Hestness et al. (2017), "Deep learning scaling is predictable, empirically", arXiv 1712.00409; T.
        Viering and M. Loog (2021), "The shape of learning curves: a review", arXiv 2103.10948.
    """
    low, high = bounds
    if low == high or not math.isfinite(low) or not math.isfinite(high):
        raise ValueError("the bounds must be two different finite numbers")
    for target in targets:
        if not min(low, high) <= target <= max(low, high):
            raise ValueError(f"target {target} lies outside {bounds}")
    pooled = pool_seeds(points)
    if len(pooled) < 3:
        raise ValueError(f"a forecast needs at least 3 different sizes; there are {len(pooled)}")
    if pooled[0].n < 1:
        raise ValueError("n must be at least 1")
    n = np.array([point.n for point in pooled], dtype=float)
    error = np.array([(high - point.score) / (high - low) for point in pooled])
    if not np.all(np.isfinite(error)) or error.min() < -1e-9 or error.max() > 1 + 1e-9:
        raise ValueError(f"a score lies outside {bounds}")
    se = np.minimum(np.array([point.se for point in pooled]) / abs(high - low), 1.0)  # no error is larger
    curve = extract_features(n, np.clip(error, 0.0, 1.0), se)
    levels, chances = load_prior().quantiles(curve.at(_STEPS), exclude_fold=exclude_fold)
    worse, ill = float(chances[0, 0]), float(chances[0, 1])
    table = _beyond(curve, levels + curve.reference)
    middle = table[:, MEDIAN_INDEX : MEDIAN_INDEX + 1]
    table = np.minimum(middle + max(1.0, widen) * (table - middle), 0.0)
    steps = np.concatenate([_STEPS, _FAR])
    return CurveForecast(pooled, _flags(error, se, max(worse, ill)), bounds, worse, ill, curve, steps, table)


def _beyond(curve: CurveFeatures, table: Array) -> Array:
    """The table, extrapolated beyond 64 times: each level falls like the power laws, and the spread keeps growing."""
    qs = np.array([0.5])
    at_end = float(curve.fits[0].quantiles(MAX_HORIZON, qs)[0])
    rows = [table]
    end, middle = table[-1], table[-1, MEDIAN_INDEX]
    for step in _FAR:
        fall = float(curve.fits[0].quantiles(step, qs)[0]) - at_end
        growth = math.log(step) / math.log(MAX_HORIZON)
        rows.append((middle + fall + growth * (end - middle))[None, :])
    return np.concatenate(rows)


def _flags(error: Array, se: Array, ill: float) -> list[str]:
    """Warnings about the reliability of the forecast."""
    flags = []
    if len(error) < 5:
        flags.append("few_sizes")
    if ill > FLAG_PROBABILITY:
        flags.append("non_monotone")
    noise = np.sqrt(se[1:] ** 2 + se[:-1] ** 2) + 1e-9
    if abs(error[-1] - error[-2]) < noise[-1] and (error[0] - error[-1]) < 3 * noise[-1]:
        flags.append("flat")
    return flags
