"""Percentile intervals from resampled data (B. Efron, 1979).

Resamples are drawn here instead of by `scipy.stats.bootstrap`, so that two models can be scored on the same resamples
for a paired comparison, and so that a seed gives the same results in every version of scipy.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from statkit.interval import Interval

Array = NDArray[np.float64]
N_RESAMPLES = 2000


def bootstrap_indices(nobs: int, *, seed: int = 0, n_resamples: int = N_RESAMPLES) -> NDArray[np.int64]:
    """(n_resamples, nobs) indices of items drawn with replacement; the same for every caller with this seed.

    >>> bootstrap_indices(3, n_resamples=2).shape
    (2, 3)

    Reference: B. Efron (1979), "Bootstrap methods: another look at the jackknife", Annals of Statistics 7.
    """
    return np.random.default_rng(seed).integers(0, nobs, (n_resamples, nobs))


def percentile_interval(
    value: float, resampled: ArrayLike, *, confidence_level: float = 0.95, n: float | None = None
) -> Interval:
    """Percentile interval of an estimate, from its (n_resamples,) values on resamples.

    >>> spread = percentile_interval(0.5, np.linspace(0, 1, 101))
    >>> round(spread.low, 3), round(spread.high, 3)
    (0.025, 0.975)

    Reference: B. Efron and R. J. Tibshirani (1993), "An Introduction to the Bootstrap", ch. 13.
    """
    low, high = np.quantile(
        np.asarray(resampled, dtype=np.float64), [(1 - confidence_level) / 2, (1 + confidence_level) / 2]
    )
    return Interval(float(value), float(low), float(high), confidence_level, n)


def bootstrap_mean(
    values: Array, *, seed: int = 0, n_resamples: int = N_RESAMPLES, confidence_level: float = 0.95
) -> Interval:
    """Mean of (n,) values and its bootstrap percentile interval.

    >>> bootstrap_mean(np.array([1.0, 2.0, 3.0, 4.0])).ends
    (1.5, 3.5)

    Reference: B. Efron and R. J. Tibshirani (1993), "An Introduction to the Bootstrap", ch. 13.
    """
    resampled = values[bootstrap_indices(len(values), seed=seed, n_resamples=n_resamples)].mean(axis=1)
    return percentile_interval(float(values.mean()), resampled, confidence_level=confidence_level, n=len(values))


def bootstrap_median_ratio(
    a: Array, b: Array, *, seed: int = 0, n_resamples: int = 1000, confidence_level: float = 0.95
) -> Interval:
    """Ratio of the medians of two independent samples (n,) and (m,), with its percentile interval.

    Undefined where a sample is empty or the median of `b` is not above 0.

    >>> bootstrap_median_ratio(np.array([1.0, 2.0, 3.0]), np.array([2.0, 4.0, 6.0])).value
    0.5

    Reference: B. Efron and R. J. Tibshirani (1993), "An Introduction to the Bootstrap", ch. 13.
    """
    if not len(a) or not len(b) or np.median(b) <= 0:
        return Interval.undefined(confidence_level=confidence_level, n=len(a) + len(b))
    rng = np.random.default_rng(seed)
    medians_a = np.median(rng.choice(a, (n_resamples, len(a))), axis=1)
    medians_b = np.median(rng.choice(b, (n_resamples, len(b))), axis=1)
    value = float(np.median(a) / np.median(b))
    return percentile_interval(
        value, medians_a[medians_b > 0] / medians_b[medians_b > 0], confidence_level=confidence_level, n=len(a) + len(b)
    )


def paired_bootstrap_difference(
    resampled_a: Sequence[float | None],
    resampled_b: Sequence[float | None],
    value_a: float,
    value_b: float,
    *,
    confidence_level: float = 0.95,
) -> Interval:
    """B minus A with its percentile interval, from both models' values on the same resamples.

    Resamples in which either value is missing are skipped; (−1, 1) if none remains.

    >>> difference = paired_bootstrap_difference([0.5, 0.25, None], [0.75, 0.5, 0.9], 0.5, 0.75)
    >>> difference.as_json()
    {'value': 0.25, 'low': 0.25, 'high': 0.25}

    Reference: P. Koehn (2004), "Statistical significance tests for machine translation evaluation", EMNLP.
    """
    differences = [
        figure_b - figure_a
        for figure_a, figure_b in zip(resampled_a, resampled_b, strict=False)
        if figure_a is not None and figure_b is not None
    ]
    value = value_b - value_a
    if not differences:
        return Interval(value, -1.0, 1.0, confidence_level)
    return percentile_interval(value, differences, confidence_level=confidence_level).widened_to_value()


def bootstrap_statistic_of_sums(
    statistic: Callable[[Array], Array],
    rows: Array,
    *,
    seed: int = 0,
    n_resamples: int = 1000,
    confidence_level: float = 0.95,
) -> Interval:
    """A statistic that is a function of sums over items, with its percentile interval from resampling items.

    Items with equal rows are interchangeable: the number of draws of each distinct row is multinomial, which is cheap
    to sample when there are few distinct rows.

    Args:
        statistic: Maps sums of `rows` over items (n_resamples, columns) to values (n_resamples,), NaN where undefined.
        rows: (nobs, columns).
        seed: Of the drawing.
        n_resamples: How many.
        confidence_level: Of the interval.

    Returns:
        Undefined if the statistic is undefined, or undefined in half of the resamples.

    >>> rows = np.array([[1.0, 2.0], [3.0, 4.0], [2.0, 2.0]])
    >>> bootstrap_statistic_of_sums(lambda sums: sums[:, 0] / sums[:, 1], rows).as_json()
    {'value': 0.75, 'low': 0.5, 'high': 1.0}

    Reference: B. Efron and R. J. Tibshirani (1993), "An Introduction to the Bootstrap", ch. 13.
    """
    nobs = len(rows)
    if nobs == 0:
        return Interval.undefined(confidence_level=confidence_level, n=0)
    rng = np.random.default_rng(seed)
    distinct, which, counts = np.unique(rows, axis=0, return_inverse=True, return_counts=True)
    if len(distinct) * 10 < nobs:
        resampled = rng.multinomial(nobs, counts / nobs, size=n_resamples)
    else:  # the same drawn item by item, which is faster than a binomial draw for each of many rows
        picked = which.reshape(-1)[rng.integers(nobs, size=(n_resamples, nobs))]
        picked += np.arange(n_resamples)[:, None] * len(distinct)
        resampled = np.bincount(picked.reshape(-1), minlength=n_resamples * len(distinct)).reshape(n_resamples, -1)
    with np.errstate(invalid="ignore", divide="ignore"):
        value = float(statistic(rows.sum(axis=0, keepdims=True))[0])
        figures = statistic(resampled.astype(float) @ distinct)
    figures = figures[np.isfinite(figures)]
    if not np.isfinite(value) or len(figures) < n_resamples / 2:
        return Interval.undefined(confidence_level=confidence_level, n=nobs)
    return percentile_interval(value, figures, confidence_level=confidence_level, n=nobs)
