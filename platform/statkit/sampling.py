"""Estimates of accuracy that need fewer labels, by using the model's confidence on all items.

- Stratified sampling with Neyman allocation (J. Neyman, 1934; W. G. Cochran, "Sampling Techniques", ch. 5): items are
  stratified by confidence, and more items are labeled in strata that mix correct and incorrect predictions.
- Prediction-powered inference with power tuning (A. N. Angelopoulos, S. Bates, C. Fannjiang, M. I. Jordan, T. Zrnic,
  2023, arXiv 2301.09633; PPI++, arXiv 2311.01453): confidence on unlabeled items serves as an estimate, and
  labeled items correct its bias.

Both return estimates with intervals, whose `n` is the effective sample size: the number of random labels with the same
variance. Verdicts use `acceptance_sampling` or `sequential_tests`, which make no assumptions about confidence.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from statkit.interval import Interval
from statkit.proportions import wilson_interval_of_proportion

Array = NDArray[np.float64]


def _around(value: float, variance: float, confidence_level: float) -> Interval:
    """Wilson's interval at the number of plain random labels that would have the same variance."""
    plain = value * (1 - value)
    return wilson_interval_of_proportion(
        value, plain / variance if variance > 0 and plain > 0 else 1e9, confidence_level=confidence_level
    )


def stratify_by_confidence(confidence: Array, n_strata: int = 5) -> NDArray[np.int64]:
    """(n,) stratum of each item: quantiles of confidence, 0 the least confident. Ties are in the same stratum.

    >>> stratify_by_confidence(np.array([0.2, 0.4, 0.6, 0.8]), 2).tolist()
    [0, 0, 1, 1]

    Reference: W. G. Cochran (1977), "Sampling Techniques", ch. 5A.
    """
    edges = np.unique(np.quantile(confidence, np.linspace(0, 1, n_strata + 1)[1:-1]))
    return np.asarray(np.searchsorted(edges, confidence, side="right"), dtype=np.int64)


def neyman_allocation(
    confidence: Array, strata: NDArray[np.int64], budget: int, *, min_per_stratum: int = 5
) -> list[int]:
    """How many items of each stratum to label.

    Args:
        confidence: (n,) the model's probability of its own prediction; its mean gives the variance of a stratum.
        strata: (n,) from `stratify_by_confidence`.
        budget: Labels in all; at most n.
        min_per_stratum: So that no stratum is trusted without labels.

    >>> confidence, strata = np.repeat([0.5, 0.98], 50), np.repeat([0, 1], 50)
    >>> neyman_allocation(confidence, strata, 20)
    [13, 7]

    Reference: J. Neyman (1934), "On the two different aspects of the representative method", Journal of the Royal
        Statistical Society 97.
    """
    sizes = np.bincount(strata)
    mean = np.bincount(strata, weights=confidence) / np.maximum(sizes, 1)
    spread = np.sqrt(np.clip(mean, 0.02, 0.98) * (1 - np.clip(mean, 0.02, 0.98)))
    allocation = np.minimum(min_per_stratum, sizes).astype(float)
    weight = sizes * spread
    remaining = min(budget, int(sizes.sum())) - allocation.sum()
    while remaining > 0.5:  # what a full stratum cannot take goes to the others
        has_room = allocation < sizes
        if not has_room.any():
            break
        step = np.where(has_room, weight, 0.0)
        allocation = np.minimum(allocation + remaining * step / step.sum(), sizes)
        remaining = min(budget, int(sizes.sum())) - allocation.sum()
    counts = np.floor(allocation).astype(int)
    for index in np.argsort(counts - allocation)[: max(0, min(budget, int(sizes.sum())) - int(counts.sum()))]:
        counts[index] += counts[index] < sizes[index]
    return [int(count) for count in counts]


def stratified_estimate(
    stratum_sizes: Sequence[int], correct: Sequence[int], labeled: Sequence[int], *, confidence_level: float = 0.95
) -> Interval:
    """Accuracy, from a stratified sample with known stratum sizes.

    Raises:
        ValueError: a stratum without labels.

    >>> accuracy = stratified_estimate(stratum_sizes=[800, 200], correct=[19, 12], labeled=[20, 20])
    >>> round(accuracy.value, 2), round(accuracy.low, 4), round(accuracy.high, 4)
    (0.88, 0.7541, 0.9461)

    Reference: W. G. Cochran (1977), "Sampling Techniques", ch. 5.
    """
    n, k, of = (np.asarray(column, dtype=float) for column in (labeled, correct, stratum_sizes))
    if np.any(n < 1):
        raise ValueError("every stratum needs at least one label")
    weight = of / of.sum()
    value = float(weight @ (k / n))
    smooth = (k + 0.5 * value + 0.25) / (n + 1)  # a stratum without errors is not taken for perfect
    variance = float((weight**2 * smooth * (1 - smooth) / n).sum())
    return _around(value, variance, confidence_level)


def prediction_powered_estimate(
    correct: Array, confidence: Array, unlabeled_confidence: Array, *, confidence_level: float = 0.95
) -> Interval:
    """Accuracy, from few labels and the confidence on many items.

    Args:
        correct: (n,) 1 where the model was correct.
        confidence: (n,) its confidence on the same items.
        unlabeled_confidence: (N,) its confidence on items without a label.

    Raises:
        ValueError: fewer than 20 labels.

    >>> correct, confidence = np.tile([1.0, 1.0, 0.0, 1.0], 10), np.tile([0.95, 0.85, 0.6, 0.9], 10)
    >>> unlabeled_confidence = np.tile([0.9, 0.8, 0.7, 0.9], 100)
    >>> accuracy = prediction_powered_estimate(correct, confidence, unlabeled_confidence)
    >>> round(accuracy.value, 3), round(accuracy.low, 4), round(accuracy.high, 4), round(accuracy.n)
    (0.75, 0.6403, 0.8349, 74)

    Reference: A. N. Angelopoulos, S. Bates, C. Fannjiang, M. I. Jordan and T. Zrnic (2023), "Prediction-powered
        inference", arXiv 2301.09633; A. N. Angelopoulos, J. C. Duchi and T. Zrnic (2023), "PPI++: efficient
        prediction-powered inference", arXiv 2311.01453.
    """
    n, more = len(correct), len(unlabeled_confidence)
    if n < 20:
        raise ValueError("needs at least 20 labels")
    plain = float(correct.mean())
    spread = float(np.var(np.concatenate([confidence, unlabeled_confidence])))
    tune = 0.0
    if more and spread > 0:
        tune = float(np.cov(correct, confidence)[0, 1]) / spread / (1 + n / more)
        tune = min(1.0, max(0.0, tune))
    value = plain + tune * (float(unlabeled_confidence.mean()) - float(confidence.mean())) if more else plain
    value = min(1.0, max(0.0, value))
    smooth = (correct.sum() + 1) / (n + 2)
    residual = float(np.var(correct - tune * confidence, ddof=1)) + (smooth * (1 - smooth) - plain * (1 - plain))
    variance = max(residual, 1e-9) / n + (tune**2 * float(np.var(unlabeled_confidence)) / more if more else 0.0)
    return _around(min(max(value, 0.5 / n), 1 - 0.5 / n), variance, confidence_level)
