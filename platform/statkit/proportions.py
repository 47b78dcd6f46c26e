"""Proportions and differences of two proportions, with their confidence intervals.

The closed forms use `scipy.special`. `scipy.stats.binomtest` gives the same intervals, as the tests verify, but also
tests a hypothesis: it takes fifteen times as long, and importing it adds a second to the startup of every process.
"""

from math import nan, sqrt

import scipy

from statkit.interval import Interval


def wilson_interval(count: int, nobs: int, *, confidence_level: float = 0.95) -> Interval:
    """Wilson score interval of the proportion `count` of `nobs`; (0, 1) around no value where `nobs` is 0.

    >>> interval = wilson_interval(81, 263)
    >>> round(interval.value, 3), round(interval.low, 4), round(interval.high, 4)
    (0.308, 0.2553, 0.3662)

    Reference: E. B. Wilson (1927), "Probable inference, the law of succession, and statistical inference", Journal of
        the American Statistical Association 22.
    """
    if nobs == 0:
        return Interval(nan, 0.0, 1.0, confidence_level, 0)
    return wilson_interval_of_proportion(count / nobs, nobs, confidence_level=confidence_level)


def wilson_interval_of_proportion(proportion: float, nobs: float, *, confidence_level: float = 0.95) -> Interval:
    """Wilson score interval of an estimated proportion with an effective sample size, which need not be whole.

    >>> interval = wilson_interval_of_proportion(0.9, 42.5)
    >>> round(interval.low, 4), round(interval.high, 4)
    (0.7743, 0.9594)

    Reference: N. Dean and M. Pagano (2015), "Evaluating confidence interval methods for binomial proportions in
        clustered surveys", Journal of Survey Statistics and Methodology 3.
    """
    proportion, nobs, z = float(proportion), float(nobs), float(scipy.special.ndtri(0.5 + confidence_level / 2))
    middle = (proportion + z * z / (2 * nobs)) / (1 + z * z / nobs)
    half = z * sqrt(proportion * (1 - proportion) / nobs + z * z / (4 * nobs * nobs)) / (1 + z * z / nobs)
    return Interval(proportion, max(0.0, middle - half), min(1.0, middle + half), confidence_level, nobs)


def binomial_standard_error(proportion: float, nobs: int) -> float:
    """Standard error of a proportion, at least 0.5 / `nobs`, because a proportion of 0 or 1 is not known exactly.

    >>> binomial_standard_error(0.5, 100)
    0.05
    >>> binomial_standard_error(1.0, 100)
    0.005

    Reference: W. G. Cochran (1977), "Sampling Techniques", ch. 3; the floor is a choice of this library.
    """
    return sqrt(max(proportion * (1 - proportion), 0.25 / nobs) / nobs)


def clopper_pearson_interval(count: int, nobs: int, confidence_level: float = 0.95) -> Interval:
    """Exact two-sided interval of the proportion `count` of `nobs`; (0, 1) around no value where `nobs` is 0.

    >>> interval = clopper_pearson_interval(81, 263)
    >>> round(interval.low, 4), round(interval.high, 4)
    (0.2527, 0.3676)

    Reference: C. J. Clopper and E. S. Pearson (1934), "The use of confidence or fiducial limits illustrated in the
        case of the binomial", Biometrika 26.
    """
    if not 0 <= count <= nobs or not 0 < confidence_level < 1:
        raise ValueError("needs 0 ≤ count ≤ nobs and a confidence level between 0 and 1")
    if nobs == 0:
        return Interval(nan, 0.0, 1.0, confidence_level, 0)
    tail = (1 - confidence_level) / 2
    low = 0.0 if count == 0 else float(scipy.special.betaincinv(count, nobs - count + 1, tail))
    high = 1.0 if count == nobs else float(scipy.special.betaincinv(count + 1, nobs - count, 1 - tail))
    return Interval(count / nobs, low, high, confidence_level, nobs)


def proportion_difference(
    count_a: int, nobs_a: int, count_b: int, nobs_b: int, *, confidence_level: float = 0.95
) -> Interval:
    """Difference A − B of the proportions of two independent samples, −1 to 1, with the square-and-add interval.

    (−1, 1) without a value if a sample is empty.

    >>> interval = proportion_difference(56, 70, 48, 80)
    >>> round(interval.value, 4), round(interval.low, 4), round(interval.high, 4)
    (0.2, 0.0524, 0.3339)

    Reference: R. G. Newcombe (1998), "Interval estimation for the difference between independent proportions:
        comparison of eleven methods", Statistics in Medicine 17, method 10.
    """
    a, b = (
        wilson_interval(count_a, nobs_a, confidence_level=confidence_level),
        wilson_interval(count_b, nobs_b, confidence_level=confidence_level),
    )
    if not nobs_a or not nobs_b:
        return Interval(nan, -1.0, 1.0, confidence_level, nobs_a + nobs_b)
    value = a.value - b.value
    low = value - sqrt((a.value - a.low) ** 2 + (b.high - b.value) ** 2)
    high = value + sqrt((a.high - a.value) ** 2 + (b.value - b.low) ** 2)
    return Interval(value, max(-1.0, low), min(1.0, high), confidence_level, nobs_a + nobs_b)


def paired_proportion_difference(
    both: int, only_a: int, only_b: int, neither: int, *, confidence_level: float = 0.95
) -> Interval:
    """Difference B − A of two paired proportions, −1 to 1, with the square-and-add interval.

    Arguments: items correct in both, only in A, only in B, in neither. (−1, 1) around 0 if there are none.

    >>> interval = paired_proportion_difference(36, 2, 12, 0)
    >>> round(interval.value, 4), round(interval.low, 4), round(interval.high, 4)
    (0.2, 0.0569, 0.3404)

    Reference: R. G. Newcombe (1998), "Improved confidence intervals for the difference between binomial proportions
        based on paired data", Statistics in Medicine 17, method 10.
    """
    nobs = both + only_a + only_b + neither
    if nobs == 0:
        return Interval(0.0, -1.0, 1.0, confidence_level, 0)
    a, b = (
        wilson_interval(both + only_a, nobs, confidence_level=confidence_level),
        wilson_interval(both + only_b, nobs, confidence_level=confidence_level),
    )
    margins = float(both + only_a) * (only_b + neither) * (both + only_b) * (only_a + neither)
    numerator = float(both) * neither - float(only_a) * only_b
    if numerator > 0:
        numerator = max(numerator - nobs / 2, 0.0)
    phi = numerator / sqrt(margins) if margins > 0 else 0.0
    value = b.value - a.value
    down_b, up_a, up_b, down_a = b.value - b.low, a.high - a.value, b.high - b.value, a.value - a.low
    low = value - sqrt(max(0.0, down_b**2 - 2 * phi * down_b * up_a + up_a**2))
    high = value + sqrt(max(0.0, up_b**2 - 2 * phi * up_b * down_a + down_a**2))
    return Interval(value, max(-1.0, low), min(1.0, high), confidence_level, nobs)
