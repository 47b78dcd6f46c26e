"""Percentile intervals from resampled data (B. Efron, 1979).

Samples are drawn here and not by `scipy.stats.bootstrap`, so that two models that are scored on the same samples can be
compared in pairs, sample by sample, and so that a seed gives the same figures in every version of scipy.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from statkit.interval import Interval

Array = NDArray[np.float64]
DRAWS = 2000


def resampled_indices(items: int, *, seed: int = 0, draws: int = DRAWS) -> NDArray[np.int64]:
    """(draws, items) places of items drawn with replacement; the same for everybody who asks with this seed.

    >>> resampled_indices(3, draws=2).shape
    (2, 3)

    Reference: B. Efron (1979), "Bootstrap methods: another look at the jackknife", Annals of Statistics 7.
    """
    return np.random.default_rng(seed).integers(0, items, (draws, items))


def percentile_interval(value: float, drawn: ArrayLike, *, level: float = 0.95, n: float | None = None) -> Interval:
    """The percentile interval around a value, from (draws,) values that resamples gave, in the same unit.

    >>> spread = percentile_interval(0.5, np.linspace(0, 1, 101))
    >>> round(spread.low, 3), round(spread.high, 3)
    (0.025, 0.975)

    Reference: B. Efron and R. J. Tibshirani (1993), "An Introduction to the Bootstrap", ch. 13.
    """
    low, high = np.quantile(np.asarray(drawn, dtype=np.float64), [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(value), float(low), float(high), level, n)


def mean_interval(values: Array, *, seed: int = 0, draws: int = DRAWS, level: float = 0.95) -> Interval:
    """The mean of (n,) values, with its percentile interval by drawing values.

    >>> mean_interval(np.array([1.0, 2.0, 3.0, 4.0])).ends
    (1.5, 3.5)

    Reference: B. Efron and R. J. Tibshirani (1993), "An Introduction to the Bootstrap", ch. 13.
    """
    drawn = values[resampled_indices(len(values), seed=seed, draws=draws)].mean(axis=1)
    return percentile_interval(float(values.mean()), drawn, level=level, n=len(values))


def median_ratio(a: Array, b: Array, *, seed: int = 0, draws: int = 1000, level: float = 0.95) -> Interval:
    """Ratio of the medians of samples (n,) and (m,), independent and in one unit, with its percentile interval.

    Undefined where a sample is empty or the median of `b` is not above 0.

    >>> median_ratio(np.array([1.0, 2.0, 3.0]), np.array([2.0, 4.0, 6.0])).value
    0.5

    Reference: B. Efron and R. J. Tibshirani (1993), "An Introduction to the Bootstrap", ch. 13.
    """
    if not len(a) or not len(b) or np.median(b) <= 0:
        return Interval.undefined(level=level, n=len(a) + len(b))
    rng = np.random.default_rng(seed)
    one = np.median(rng.choice(a, (draws, len(a))), axis=1)
    two = np.median(rng.choice(b, (draws, len(b))), axis=1)
    value = float(np.median(a) / np.median(b))
    return percentile_interval(value, one[two > 0] / two[two > 0], level=level, n=len(a) + len(b))


def paired_draws(
    a: Sequence[float | None], b: Sequence[float | None], value_a: float, value_b: float, *, level: float = 0.95
) -> Interval:
    """B minus A with its percentile interval, from both models' values over the same bootstrap samples.

    Samples in which one has no value count for nothing; (−1, 1) where none is left.

    >>> gap = paired_draws([0.5, 0.25, None], [0.75, 0.5, 0.9], 0.5, 0.75)
    >>> gap.as_json()
    {'value': 0.25, 'low': 0.25, 'high': 0.25}

    Reference: P. Koehn (2004), "Statistical significance tests for machine translation evaluation", EMNLP.
    """
    gaps = [two - one for one, two in zip(a, b, strict=False) if one is not None and two is not None]
    value = value_b - value_a
    if not gaps:
        return Interval(value, -1.0, 1.0, level)
    return percentile_interval(value, gaps, level=level).widened_to_value()


def sums_interval(
    statistic: Callable[[Array], Array], rows: Array, *, seed: int = 0, draws: int = 1000, level: float = 0.95
) -> Interval:
    """A figure that is a function of sums over items, with its percentile interval by drawing whole items.

    Items with the same row need not be told apart: how often each distinct row is drawn is multinomial, and that costs
    little where there are few of them.

    Args:
        statistic: Maps sums of `rows` over items (draws, columns) to figures (draws,), NaN where undefined.
        rows: (items, columns).
        seed: Of the drawing.
        draws: Resamples.
        level: Of the interval.

    Returns:
        Undefined where the figure is, or where it is in half of the resamples.

    >>> rows = np.array([[1.0, 2.0], [3.0, 4.0], [2.0, 2.0]])
    >>> sums_interval(lambda sums: sums[:, 0] / sums[:, 1], rows).as_json()
    {'value': 0.75, 'low': 0.5, 'high': 1.0}

    Reference: B. Efron and R. J. Tibshirani (1993), "An Introduction to the Bootstrap", ch. 13.
    """
    items = len(rows)
    if items == 0:
        return Interval.undefined(level=level, n=0)
    rng = np.random.default_rng(seed)
    distinct, which, counts = np.unique(rows, axis=0, return_inverse=True, return_counts=True)
    if len(distinct) * 10 < items:
        drawn = rng.multinomial(items, counts / items, size=draws)
    else:  # the same drawn item by item, which is faster than a binomial draw for each of many rows
        picked = which.reshape(-1)[rng.integers(items, size=(draws, items))]
        picked += np.arange(draws)[:, None] * len(distinct)
        drawn = np.bincount(picked.reshape(-1), minlength=draws * len(distinct)).reshape(draws, -1)
    with np.errstate(invalid="ignore", divide="ignore"):
        value = float(statistic(rows.sum(axis=0, keepdims=True))[0])
        figures = statistic(drawn.astype(float) @ distinct)
    figures = figures[np.isfinite(figures)]
    if not np.isfinite(value) or len(figures) < draws / 2:
        return Interval.undefined(level=level, n=items)
    return percentile_interval(value, figures, level=level, n=items)
