"""How many test items a contract takes, and how often a model of a given accuracy passes. Exact binomial.

A fixed design says: judge `items` test items, accept with at most `errors` mistakes. It must be judged once, when all
items are there; `sequential_tests` is for interim analyses. Terms as in acceptance sampling by attributes
(D. C. Montgomery, "Introduction to Statistical Quality Control", ch. 15): the false-accept risk is the
consumer's, the false-reject risk the producer's; `target` is the rejectable, `expected` the acceptable quality level.
"""

from dataclasses import dataclass

from scipy.special import bdtr

MAX_ITEMS = 1_000_000
MAX_ERRORS = 20_000


@dataclass(frozen=True)
class Design:
    """Judge `items`; accept with at most `errors` mistakes.

    >>> round(Design(59, 0).pass_probability(0.99), 2)
    0.55
    """

    items: int
    errors: int

    def pass_probability(self, rate: float) -> float:
        """How often a model that is right with probability `rate` passes."""
        return float(bdtr(self.errors, self.items, 1 - rate))


def minimum_items(target: float, false_accept_risk: float, errors: int) -> int:
    """The fewest items with which at most `errors` mistakes show that the rate is above `target`.

    Args:
        target: Share right that must be exceeded, in (0, 1).
        false_accept_risk: Largest chance to accept a model that is right with probability `target` or less.
        errors: Mistakes allowed.

    Raises:
        ValueError: out of range, or more than a million items.

    >>> minimum_items(0.95, 0.05, errors=0)
    59

    Reference: D. C. Montgomery (2009), "Introduction to Statistical Quality Control", ch. 15.
    """
    _check(target, false_accept_risk)
    low, high = errors + 1, errors + 2
    while bdtr(errors, high, 1 - target) > false_accept_risk:
        low, high = high, high * 2
        if high > 2 * MAX_ITEMS:
            raise ValueError(f"more than {MAX_ITEMS:,} items would be needed")
    while low < high:
        middle = (low + high) // 2
        if bdtr(errors, middle, 1 - target) <= false_accept_risk:
            high = middle
        else:
            low = middle + 1
    return low


def smallest_design(target: float, expected: float, false_accept_risk: float, false_reject_risk: float) -> Design:
    """The fewest items that keep both risks.

    Args:
        target: Rate at or below which acceptance is wrong.
        expected: Rate at or above which refusal is wrong; above `target`.
        false_accept_risk: Largest chance to accept at `target`.
        false_reject_risk: Largest chance to refuse at `expected`.

    Raises:
        ValueError: out of range, `expected` not above `target`, or more than a million items.

    >>> smallest_design(0.9, 0.95, false_accept_risk=0.05, false_reject_risk=0.1)
    Design(items=239, errors=16)

    Reference: D. C. Montgomery (2009), "Introduction to Statistical Quality Control", ch. 15.
    """
    _check(target, false_accept_risk)
    if not target < expected < 1 or not 0 < false_reject_risk < 1:
        raise ValueError("needs target < expected < 1, and a refuse risk between 0 and 1")

    def passes(errors: int) -> Design | None:
        design = Design(minimum_items(target, false_accept_risk, errors), errors)
        return design if design.pass_probability(expected) >= 1 - false_reject_risk else None

    # The chance to pass at `expected` grows with the mistakes allowed, but for small steps of whole numbers.
    high = 1
    while passes(high) is None:
        high *= 2
        if high > MAX_ERRORS:
            raise ValueError(f"more than {MAX_ITEMS:,} items would be needed: the two rates are too close")
    found = next((one for errors in range(high // 2) if high <= 64 and (one := passes(errors))), None)
    if found is not None:
        return found
    low = high // 2
    while low < high:
        middle = (low + high) // 2
        if passes(middle) is not None:
            high = middle
        else:
            low = middle + 1
    return Design(minimum_items(target, false_accept_risk, high), high)


def _check(target: float, false_accept_risk: float) -> None:
    if not 0 < target < 1:
        raise ValueError("the target must lie between 0 and 1")
    if not 0 < false_accept_risk < 1:
        raise ValueError("the accept risk must lie between 0 and 1")
