"""Estimates that need fewer labels because the model's own confidence is known for every item.

- Stratified sampling with Neyman allocation (J. Neyman, 1934; W. G. Cochran, "Sampling Techniques", ch. 5): items are
  grouped by confidence, and more are labeled where right and wrong are mixed.
- Prediction-powered inference with power tuning (A. N. Angelopoulos, S. Bates, C. Fannjiang, M. I. Jordan, T. Zrnic,
  2023, arXiv 2301.09633; PPI++, arXiv 2311.01453): confidence on unlabeled items stands in, and labeled items
  correct for how wrong it is.

Both give estimates with intervals, whose `n` is how many plain random labels would tell as much. A verdict rests on
`acceptance_sampling` or `sequential_tests`, which assume nothing of confidence.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from statkit.interval import Interval
from statkit.proportions import wilson_of_share

Array = NDArray[np.float64]


def _around(value: float, variance: float, level: float) -> Interval:
    """Wilson's interval at the number of plain random labels that would have the same variance."""
    plain = value * (1 - value)
    return wilson_of_share(value, plain / variance if variance > 0 and plain > 0 else 1e9, level=level)


def stratify_by_confidence(confidence: Array, count: int = 5) -> NDArray[np.int64]:
    """(n,) stratum of each item: equal parts by confidence, 0 the least sure. Ties stay together.

    >>> stratify_by_confidence(np.array([0.2, 0.4, 0.6, 0.8]), 2).tolist()
    [0, 0, 1, 1]

    Reference: W. G. Cochran (1977), "Sampling Techniques", ch. 5A.
    """
    edges = np.unique(np.quantile(confidence, np.linspace(0, 1, count + 1)[1:-1]))
    return np.asarray(np.searchsorted(edges, confidence, side="right"), dtype=np.int64)


def neyman_allocation(confidence: Array, strata: NDArray[np.int64], budget: int, *, least: int = 5) -> list[int]:
    """How many items of each stratum to label.

    Args:
        confidence: (n,) the model's probability of its own answer; its mean tells how mixed a stratum is.
        strata: (n,) from `stratify_by_confidence`.
        budget: Labels in all; at most n.
        least: In each stratum, so that no stratum is trusted unseen.

    >>> confidence, strata = np.repeat([0.5, 0.98], 50), np.repeat([0, 1], 50)
    >>> neyman_allocation(confidence, strata, 20)
    [13, 7]

    Reference: J. Neyman (1934), "On the two different aspects of the representative method", Journal of the Royal
        Statistical Society 97.
    """
    sizes = np.bincount(strata)
    mean = np.bincount(strata, weights=confidence) / np.maximum(sizes, 1)
    spread = np.sqrt(np.clip(mean, 0.02, 0.98) * (1 - np.clip(mean, 0.02, 0.98)))
    given = np.minimum(least, sizes).astype(float)
    share = sizes * spread
    left = min(budget, int(sizes.sum())) - given.sum()
    while left > 0.5:  # what a full stratum cannot take goes to the others
        room = given < sizes
        if not room.any():
            break
        step = np.where(room, share, 0.0)
        given = np.minimum(given + left * step / step.sum(), sizes)
        left = min(budget, int(sizes.sum())) - given.sum()
    whole = np.floor(given).astype(int)
    for index in np.argsort(whole - given)[: max(0, min(budget, int(sizes.sum())) - int(whole.sum()))]:
        whole[index] += whole[index] < sizes[index]
    return [int(one) for one in whole]


def stratified_estimate(
    sizes: Sequence[int], right: Sequence[int], labeled: Sequence[int], *, level: float = 0.95
) -> Interval:
    """The share right, from strata of known sizes.

    Raises:
        ValueError: a stratum without labels.

    >>> share = stratified_estimate(sizes=[800, 200], right=[19, 12], labeled=[20, 20])
    >>> round(share.value, 2), round(share.low, 4), round(share.high, 4)
    (0.88, 0.7541, 0.9461)

    Reference: W. G. Cochran (1977), "Sampling Techniques", ch. 5.
    """
    n, k, of = (np.asarray(one, dtype=float) for one in (labeled, right, sizes))
    if np.any(n < 1):
        raise ValueError("every stratum needs at least one label")
    weight = of / of.sum()
    value = float(weight @ (k / n))
    smooth = (k + 0.5 * value + 0.25) / (n + 1)  # a stratum without mistakes is not taken for perfect
    variance = float((weight**2 * smooth * (1 - smooth) / n).sum())
    return _around(value, variance, level)


def prediction_powered_estimate(right: Array, confidence: Array, unlabeled: Array, *, level: float = 0.95) -> Interval:
    """The share right, from few labels and the confidence on many items.

    Args:
        right: (n,) 1 where the model was right.
        confidence: (n,) its confidence on the same items.
        unlabeled: (N,) its confidence on items without a label.

    Raises:
        ValueError: fewer than 20 labels.

    >>> right, confidence = np.tile([1.0, 1.0, 0.0, 1.0], 10), np.tile([0.95, 0.85, 0.6, 0.9], 10)
    >>> share = prediction_powered_estimate(right, confidence, unlabeled=np.tile([0.9, 0.8, 0.7, 0.9], 100))
    >>> round(share.value, 3), round(share.low, 4), round(share.high, 4), round(share.n)
    (0.75, 0.6403, 0.8349, 74)

    Reference: A. N. Angelopoulos, S. Bates, C. Fannjiang, M. I. Jordan and T. Zrnic (2023), "Prediction-powered
        inference", arXiv 2301.09633; A. N. Angelopoulos, J. C. Duchi and T. Zrnic (2023), "PPI++: efficient
        prediction-powered inference", arXiv 2311.01453.
    """
    n, more = len(right), len(unlabeled)
    if n < 20:
        raise ValueError("needs at least 20 labels")
    plain = float(right.mean())
    spread = float(np.var(np.concatenate([confidence, unlabeled])))
    tune = 0.0
    if more and spread > 0:
        tune = float(np.cov(right, confidence)[0, 1]) / spread / (1 + n / more)
        tune = min(1.0, max(0.0, tune))
    value = plain + tune * (float(unlabeled.mean()) - float(confidence.mean())) if more else plain
    value = min(1.0, max(0.0, value))
    smooth = (right.sum() + 1) / (n + 2)
    residual = float(np.var(right - tune * confidence, ddof=1)) + (smooth * (1 - smooth) - plain * (1 - plain))
    variance = max(residual, 1e-9) / n + (tune**2 * float(np.var(unlabeled)) / more if more else 0.0)
    return _around(min(max(value, 0.5 / n), 1 - 0.5 / n), variance, level)
