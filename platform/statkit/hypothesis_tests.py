"""Exact tests of proportions, and p-values adjusted for multiple testing."""

from collections.abc import Sequence

import scipy


def binomial_test_p_value(count: int, nobs: int, null_proportion: float) -> float:
    """One-sided exact p-value of `count` or more successes in `nobs` trials against `null_proportion`.

    >>> round(binomial_test_p_value(59, 59, 0.95), 4)
    0.0485

    Reference: W. J. Conover (1999), "Practical Nonparametric Statistics", ch. 3.
    """
    return float(scipy.special.bdtrc(count - 1, nobs, null_proportion)) if nobs and count else 1.0


def mcnemar_mid_p_value(only_a: int, only_b: int) -> float:
    """Two-sided mid-p value of McNemar's test, from the discordant counts: items that just one of two models got right.

    1 where there is no such item.

    >>> round(mcnemar_mid_p_value(3, 9), 4)
    0.0923

    Reference: M. W. Fagerland, S. Lydersen and P. Laake (2013), "The McNemar test for binary matched-pairs data: mid-p
        and asymptotic are better than exact conditional", BMC Medical Research Methodology 13.
    """
    discordant = only_a + only_b
    if discordant == 0:
        return 1.0
    smaller = min(only_a, only_b)
    point_probability = float(scipy.special.bdtr(smaller, discordant, 0.5)) - (
        float(scipy.special.bdtr(smaller - 1, discordant, 0.5)) if smaller else 0.0
    )
    exact_p_value = 2 * float(scipy.special.bdtr(smaller, discordant, 0.5))
    if only_a == only_b:
        return 1 - point_probability / 2
    return min(1.0, exact_p_value - point_probability)


def holm_adjusted_p_values(p_values: Sequence[float]) -> list[float]:
    """(n,) p-values adjusted for n hypotheses (family-wise error rate), in the order of the input.

    >>> holm_adjusted_p_values([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]

    Reference: S. Holm (1979), "A simple sequentially rejective multiple test procedure", Scandinavian Journal of
        Statistics 6.
    """
    order = sorted(range(len(p_values)), key=lambda index: p_values[index])
    adjusted, highest = [0.0] * len(p_values), 0.0
    for rank, index in enumerate(order):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = highest
    return adjusted
