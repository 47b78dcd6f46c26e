"""Shares of right among judged, and differences between two shares, with their intervals.

The closed forms stand on `scipy.special`. `scipy.stats.binomtest` gives the same intervals (tests hold the two
together), but tests a hypothesis on the way: fifteen times as long, and a second more of every process's start.
"""

from math import nan, sqrt

from scipy.special import betaincinv, ndtri

from statkit.interval import Interval


def wilson(right: int, items: int, *, level: float = 0.95) -> Interval:
    """Wilson score interval of the share `right` of `items`; (0, 1) around no value where there are no items.

    >>> share = wilson(81, 263)
    >>> round(share.value, 3), round(share.low, 4), round(share.high, 4)
    (0.308, 0.2553, 0.3662)

    Reference: E. B. Wilson (1927), "Probable inference, the law of succession, and statistical inference", Journal of
        the American Statistical Association 22.
    """
    if items == 0:
        return Interval(nan, 0.0, 1.0, level, 0)
    return wilson_of_share(right / items, items, level=level)


def wilson_of_share(share: float, n: float, *, level: float = 0.95) -> Interval:
    """Wilson's interval of an estimated share that rests on an effective number of items, which need not be whole.

    >>> share = wilson_of_share(0.9, 42.5)
    >>> round(share.low, 4), round(share.high, 4)
    (0.7743, 0.9594)

    Reference: N. Dean and M. Pagano (2015), "Evaluating confidence interval methods for binomial proportions in
        clustered surveys", Journal of Survey Statistics and Methodology 3.
    """
    share, n, z = float(share), float(n), float(ndtri(0.5 + level / 2))
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return Interval(share, max(0.0, middle - half), min(1.0, middle + half), level, n)


def binomial_standard_error(share: float, items: int) -> float:
    """Standard error of a share, at least 0.5 / `items`: a share of 0 or 1 is not known without error.

    >>> binomial_standard_error(0.5, 100)
    0.05
    >>> binomial_standard_error(1.0, 100)
    0.005

    Reference: W. G. Cochran (1977), "Sampling Techniques", ch. 3; the floor is a choice of this library.
    """
    return sqrt(max(share * (1 - share), 0.25 / items) / items)


def clopper_pearson(right: int, items: int, level: float = 0.95) -> Interval:
    """Exact two-sided interval of the share `right` of `items`; (0, 1) around no value where there are no items.

    >>> share = clopper_pearson(81, 263)
    >>> round(share.low, 4), round(share.high, 4)
    (0.2527, 0.3676)

    Reference: C. J. Clopper and E. S. Pearson (1934), "The use of confidence or fiducial limits illustrated in the
        case of the binomial", Biometrika 26.
    """
    if not 0 <= right <= items or not 0 < level < 1:
        raise ValueError("needs 0 ≤ right ≤ items and a level between 0 and 1")
    if items == 0:
        return Interval(nan, 0.0, 1.0, level, 0)
    tail = (1 - level) / 2
    low = 0.0 if right == 0 else float(betaincinv(right, items - right + 1, tail))
    high = 1.0 if right == items else float(betaincinv(right + 1, items - right, 1 - tail))
    return Interval(right / items, low, high, level, items)


def difference(right_a: int, items_a: int, right_b: int, items_b: int, *, level: float = 0.95) -> Interval:
    """Share of A less share of B, −1 to 1, of two independent samples, by the square-and-add interval.

    (−1, 1) around no value where a sample is empty.

    >>> gap = difference(56, 70, 48, 80)
    >>> round(gap.value, 4), round(gap.low, 4), round(gap.high, 4)
    (0.2, 0.0524, 0.3339)

    Reference: R. G. Newcombe (1998), "Interval estimation for the difference between independent proportions:
        comparison of eleven methods", Statistics in Medicine 17, method 10.
    """
    a, b = wilson(right_a, items_a, level=level), wilson(right_b, items_b, level=level)
    if not items_a or not items_b:
        return Interval(nan, -1.0, 1.0, level, items_a + items_b)
    value = a.value - b.value
    low = value - sqrt((a.value - a.low) ** 2 + (b.high - b.value) ** 2)
    high = value + sqrt((a.high - a.value) ** 2 + (b.value - b.low) ** 2)
    return Interval(value, max(-1.0, low), min(1.0, high), level, items_a + items_b)


def paired_difference(both: int, only_a: int, only_b: int, neither: int, *, level: float = 0.95) -> Interval:
    """Difference of two paired shares, B − A, −1 to 1, by the square-and-add interval.

    Counts of items: right in both, in A alone, in B alone, in neither. (−1, 1) around 0 where there are no items.

    >>> gap = paired_difference(36, 2, 12, 0)
    >>> round(gap.value, 4), round(gap.low, 4), round(gap.high, 4)
    (0.2, 0.0569, 0.3404)

    Reference: R. G. Newcombe (1998), "Improved confidence intervals for the difference between binomial proportions
        based on paired data", Statistics in Medicine 17, method 10.
    """
    items = both + only_a + only_b + neither
    if items == 0:
        return Interval(0.0, -1.0, 1.0, level, 0)
    a, b = wilson(both + only_a, items, level=level), wilson(both + only_b, items, level=level)
    margins = float(both + only_a) * (only_b + neither) * (both + only_b) * (only_a + neither)
    numerator = float(both) * neither - float(only_a) * only_b
    if numerator > 0:
        numerator = max(numerator - items / 2, 0.0)
    phi = numerator / sqrt(margins) if margins > 0 else 0.0
    value = b.value - a.value
    down_b, up_a, up_b, down_a = b.value - b.low, a.high - a.value, b.high - b.value, a.value - a.low
    low = value - sqrt(max(0.0, down_b**2 - 2 * phi * down_b * up_a + up_a**2))
    high = value + sqrt(max(0.0, up_b**2 - 2 * phi * up_b * down_a + down_a**2))
    return Interval(value, max(-1.0, low), min(1.0, high), level, items)
