"""A share that is analyzed again and again: an interval that holds at all times at once.

Robbins' mixture (H. Robbins, 1970, "Statistical methods related to the law of the iterated logarithm"), for a
Bernoulli share with a Beta(½, ½) mixture: with s successes in n trials,

    M(p) = B(s + ½, n − s + ½) / B(½, ½) / (p^s (1 − p)^(n − s))

is a martingale under the true p, so by Ville's inequality {p : M(p) < 1/α} holds the true p at every n at once
with probability 1 − α at least. An interim analysis after each item does not spoil it, as it does for a plain interval.
"""

import math
from functools import lru_cache

from statkit.interval import Interval


@lru_cache(maxsize=65536)
def anytime_interval(right: int, given: int, *, level: float = 0.95) -> Interval:
    """The share with an interval that is valid at all times at once; (0, 1) around no value before the first trial.

    Raises:
        ValueError: more right than given, or a level outside (0, 1).

    >>> share = anytime_interval(45, 50)
    >>> share.value, round(share.low, 4), round(share.high, 4)
    (0.9, 0.7135, 0.9842)

    Reference: H. Robbins (1970), "Statistical methods related to the law of the iterated logarithm", Annals of
        Mathematical Statistics 41.
    """
    if not 0 <= right <= given or not 0 < level < 1:
        raise ValueError("needs 0 ≤ right ≤ given and a level between 0 and 1")
    if given == 0:
        return Interval(math.nan, 0.0, 1.0, level, 0)
    wrong = given - right
    mixed = _log_beta(right + 0.5, wrong + 0.5) - _log_beta(0.5, 0.5)

    def beyond(p: float) -> float:
        """Above 0 where p is outside; 0 · log 0 is 0."""
        seen = (right and right * math.log(p)) + (wrong and wrong * math.log1p(-p))
        return mixed - seen + math.log(1 - level)

    best, tiny = right / given, 1e-12
    from scipy.optimize import brentq  # half a second of every process's start

    low = 0.0 if right == 0 or beyond(tiny) <= 0 else float(brentq(beyond, tiny, max(best, 2 * tiny)))
    high = 1.0 if right == given or beyond(1 - tiny) <= 0 else float(brentq(beyond, min(best, 1 - 2 * tiny), 1 - tiny))
    return Interval(best, low, high, level, given)


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


def falls_short(right: int, given: int, floor: float, *, level: float = 0.95) -> bool:
    """True where the whole interval lies below the floor: the only ground on which somebody is paused.

    >>> falls_short(10, 30, 0.9)
    True
    >>> falls_short(8, 10, 0.9)
    False

    Reference: H. Robbins (1970), "Statistical methods related to the law of the iterated logarithm", Annals of
        Mathematical Statistics 41.
    """
    return anytime_interval(right, given, level=level).high < floor
