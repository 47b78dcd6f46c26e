"""A share of a sample with its interval. Pure."""

from math import sqrt
from statistics import NormalDist


def wilson(right: int, items: int, *, confidence: float = 0.95) -> tuple[float, float]:
    """Wilson score interval of a share (E. B. Wilson, 1927); (0, 1) where nothing was judged."""
    if items == 0:
        return 0.0, 1.0
    z, share = NormalDist().inv_cdf(0.5 + confidence / 2), right / items
    middle = (share + z * z / (2 * items)) / (1 + z * z / items)
    half = z * sqrt(share * (1 - share) / items + z * z / (4 * items * items)) / (1 + z * z / items)
    return max(0.0, middle - half), min(1.0, middle + half)
