"""A share of a sample with its interval. Pure."""

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

import numpy as np
from scipy.special import betaincinv


def wilson(right: int, items: int, *, confidence: float = 0.95) -> tuple[float, float]:
    """Wilson score interval of a share (E. B. Wilson, 1927); (0, 1) where nothing was judged."""
    if items == 0:
        return 0.0, 1.0
    z, share = NormalDist().inv_cdf(0.5 + confidence / 2), right / items
    middle = (share + z * z / (2 * items)) / (1 + z * z / items)
    half = z * sqrt(share * (1 - share) / items + z * z / (4 * items * items)) / (1 + z * z / items)
    return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True)
class Difference:
    """B minus A with its 95 % interval."""

    value: float
    low: float
    high: float


def interval(right: int, items: int, level: float = 0.95) -> tuple[float, float]:
    """Exact two-sided interval of a share (C. J. Clopper and E. S. Pearson, 1934); (0, 1) without items."""
    if not 0 <= right <= items or not 0 < level < 1:
        raise ValueError("needs 0 ≤ right ≤ items and a level between 0 and 1")
    if items == 0:
        return 0.0, 1.0
    tail = (1 - level) / 2
    low = 0.0 if right == 0 else float(betaincinv(right, items - right + 1, tail))
    high = 1.0 if right == items else float(betaincinv(right + 1, items - right, 1 - tail))
    return low, high


def paired_difference(both: int, only_a: int, only_b: int, neither: int, *, confidence: float = 0.95) -> Difference:
    """Difference of two paired shares, B − A, by Newcombe's square-and-add interval (R. G. Newcombe, 1998, method 10).

    (−1, 1) where there are no items.
    """
    items = both + only_a + only_b + neither
    if items == 0:
        return Difference(0.0, -1.0, 1.0)
    share_a, share_b = (both + only_a) / items, (both + only_b) / items
    low_a, high_a = wilson(both + only_a, items, confidence=confidence)
    low_b, high_b = wilson(both + only_b, items, confidence=confidence)
    margins = float(both + only_a) * (only_b + neither) * (both + only_b) * (only_a + neither)
    numerator = float(both) * neither - float(only_a) * only_b
    if numerator > 0:
        numerator = max(numerator - items / 2, 0.0)
    phi = numerator / np.sqrt(margins) if margins > 0 else 0.0
    value = share_b - share_a
    down_b, up_a, up_b, down_a = share_b - low_b, high_a - share_a, high_b - share_b, share_a - low_a
    low = value - np.sqrt(max(0.0, down_b**2 - 2 * phi * down_b * up_a + up_a**2))
    high = value + np.sqrt(max(0.0, up_b**2 - 2 * phi * up_b * down_a + down_a**2))
    return Difference(value, max(-1.0, float(low)), min(1.0, float(high)))
