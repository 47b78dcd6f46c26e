"""Confidence sequences for a proportion: intervals that are valid at all sample sizes simultaneously.

Robbins' mixture (H. Robbins, 1970, "Statistical methods related to the law of the iterated logarithm"), for a
Bernoulli proportion with a Beta(½, ½) mixture: with s successes in n trials,

    M(p) = B(s + ½, n − s + ½) / B(½, ½) / (p^s (1 − p)^(n − s))

is a martingale under the true p, so by Ville's inequality {p : M(p) < 1/α} holds the true p at every n at once
with probability at least 1 − α. Unlike a fixed-sample interval, it remains valid under an analysis after each item.
"""

import math
from functools import lru_cache

from statkit.interval import Interval


@lru_cache(maxsize=65536)
def anytime_interval(count: int, nobs: int, *, confidence_level: float = 0.95) -> Interval:
    """The proportion `count` of `nobs` with its anytime-valid interval; (0, 1) around no value before the first trial.

    Raises:
        ValueError: `count` above `nobs`, or a confidence level outside (0, 1).

    >>> skill = anytime_interval(45, 50)
    >>> skill.value, round(skill.low, 4), round(skill.high, 4)
    (0.9, 0.7135, 0.9842)

    Reference: H. Robbins (1970), "Statistical methods related to the law of the iterated logarithm", Annals of
        Mathematical Statistics 41, 1397–1409.
    """
    if not 0 <= count <= nobs or not 0 < confidence_level < 1:
        raise ValueError("needs 0 ≤ count ≤ nobs and a confidence level between 0 and 1")
    if nobs == 0:
        return Interval(math.nan, 0.0, 1.0, confidence_level, 0)
    failures = nobs - count
    log_mixture = _log_beta(count + 0.5, failures + 0.5) - _log_beta(0.5, 0.5)

    def log_excess(p: float) -> float:
        """Above 0 where p is outside; 0 · log 0 is 0."""
        log_likelihood = (count and count * math.log(p)) + (failures and failures * math.log1p(-p))
        return log_mixture - log_likelihood + math.log(1 - confidence_level)

    proportion, tiny = count / nobs, 1e-12
    from scipy.optimize import brentq  # half a second of every process's start

    low = 0.0 if count == 0 or log_excess(tiny) <= 0 else float(brentq(log_excess, tiny, max(proportion, 2 * tiny)))
    high = (
        1.0
        if count == nobs or log_excess(1 - tiny) <= 0
        else float(brentq(log_excess, min(proportion, 1 - 2 * tiny), 1 - tiny))
    )
    return Interval(proportion, low, high, confidence_level, nobs)


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


def is_below_floor(count: int, nobs: int, floor: float, *, confidence_level: float = 0.95) -> bool:
    """True where the whole anytime-valid interval lies below `floor`: safe to ask after every trial.

    >>> is_below_floor(10, 30, 0.9)
    True
    >>> is_below_floor(8, 10, 0.9)
    False

    Reference: H. Robbins (1970), "Statistical methods related to the law of the iterated logarithm", Annals of
        Mathematical Statistics 41, 1397–1409.
    """
    return anytime_interval(count, nobs, confidence_level=confidence_level).high < floor
