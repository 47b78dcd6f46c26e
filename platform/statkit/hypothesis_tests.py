"""Exact tests of shares, and p-values that hold for several statements at once."""

from collections.abc import Sequence

from scipy.special import bdtr, bdtrc


def binomial_p_value(right: int, items: int, target: float) -> float:
    """Probability, 0 to 1, of at least so many right if the rate were `target`: one-sided exact test.

    >>> round(binomial_p_value(59, 59, 0.95), 4)
    0.0485

    Reference: W. J. Conover (1999), "Practical Nonparametric Statistics", ch. 3.
    """
    return float(bdtrc(right - 1, items, target)) if items and right else 1.0


def mcnemar(only_a: int, only_b: int) -> float:
    """Two-sided mid-p value of McNemar's test, from counts of items that just one of two models got right.

    1 where there is no such item.

    >>> round(mcnemar(3, 9), 4)
    0.0923

    Reference: M. W. Fagerland, S. Lydersen and P. Laake (2013), "The McNemar test for binary matched-pairs data: mid-p
        and asymptotic are better than exact conditional", BMC Medical Research Methodology 13.
    """
    discord = only_a + only_b
    if discord == 0:
        return 1.0
    least = min(only_a, only_b)
    there = float(bdtr(least, discord, 0.5)) - (float(bdtr(least - 1, discord, 0.5)) if least else 0.0)
    exact = 2 * float(bdtr(least, discord, 0.5))
    if only_a == only_b:
        return 1 - there / 2
    return min(1.0, exact - there)


def holm(p_values: Sequence[float]) -> list[float]:
    """(n,) adjusted p-values that hold for all n statements at once, in the order given.

    >>> holm([0.01, 0.04, 0.03])
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
