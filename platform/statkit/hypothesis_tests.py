"""Exact tests of shares, and p-values that hold for several statements at once."""

from collections.abc import Sequence

from scipy.special import bdtr, bdtrc


def binomial_p_value(right: int, items: int, target: float) -> float:
    """Chance of at least so many right if the rate were `target`: one-sided exact test."""
    return float(bdtrc(right - 1, items, target)) if items and right else 1.0


def mcnemar(only_a: int, only_b: int) -> float:
    """Two-sided mid-p value of McNemar's test (M. W. Fagerland, S. Lydersen, P. Laake, 2013); 1 without discord."""
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
    """Adjusted p-values that hold for all statements at once (S. Holm, 1979)."""
    order = sorted(range(len(p_values)), key=lambda index: p_values[index])
    adjusted, highest = [0.0] * len(p_values), 0.0
    for rank, index in enumerate(order):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = highest
    return adjusted
