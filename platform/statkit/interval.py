"""A point estimate with its interval, used throughout the repository for (value, low, high)."""

from dataclasses import dataclass, replace
from math import isnan, nan
from typing import Any


@dataclass(frozen=True)
class Interval:
    """A point estimate and the two ends of its interval, all in one unit.

    `level` is the coverage that was asked for, 0 to 1. `n` is what the estimate rests on, as a number of independent
    observations (the effective sample size where observations are weighted); None where nobody asks for it. An end or a
    value that is not defined is NaN.

    >>> gain = Interval(0.02, -0.01, 0.05)
    >>> 0 in gain
    True
    >>> gain.as_json()
    {'value': 0.02, 'low': -0.01, 'high': 0.05}
    """

    value: float
    low: float
    high: float
    confidence_level: float = 0.95
    n: float | None = None

    @classmethod
    def undefined(cls, *, confidence_level: float = 0.95, n: float | None = None) -> "Interval":
        """A figure that the data do not define.

        >>> Interval.undefined(n=0).as_json()
        {'value': None, 'low': None, 'high': None}
        """
        return cls(nan, nan, nan, confidence_level, n)

    def __contains__(self, value: float) -> bool:
        """True where a value lies between the ends, or on one."""
        return self.low <= value <= self.high

    @property
    def ends(self) -> tuple[float, float]:
        """Lower and upper end.

        >>> Interval(0.5, 0.4, 0.6).ends
        (0.4, 0.6)
        """
        return self.low, self.high

    @property
    def width(self) -> float:
        """Upper end less lower end.

        >>> Interval(0.5, 0.25, 0.75).width
        0.5
        """
        return self.high - self.low

    def widened_to_value(self) -> "Interval":
        """The smallest interval that also holds the value: percentiles of resamples need not.

        >>> Interval(0.5, 0.6, 0.7).widened_to_value().ends
        (0.5, 0.7)
        """
        return replace(self, low=min(self.low, self.value), high=max(self.high, self.value))

    def as_json(self) -> dict[str, Any]:
        """`value`, `low` and `high`, as API responses and reports contain them; undefined numbers are null.

        >>> Interval(float("nan"), 0.0, 1.0).as_json()
        {'value': None, 'low': 0.0, 'high': 1.0}
        """
        return {
            name: None if isnan(number) else number
            for name, number in (("value", self.value), ("low", self.low), ("high", self.high))
        }
