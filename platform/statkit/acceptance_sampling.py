"""How many test items a contract takes, and how often a model of a given accuracy passes. Exact binomial; no Django.

A fixed design says: judge `items` test items, accept with at most `errors` mistakes. It must be judged once, when all
items are there; `sequential` is for those who look earlier. Terms as in acceptance sampling by attributes
(D. C. Montgomery, "Introduction to Statistical Quality Control", ch. 15): the accept risk is the customer's, the
refuse risk the maker's.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from scipy.special import bdtr

MOST_ITEMS = 1_000_000
MOST_ERRORS = 20_000


@dataclass(frozen=True)
class Design:
    """Judge `items`; accept with at most `errors` mistakes."""

    items: int
    errors: int

    def pass_chance(self, rate: float) -> float:
        """How often a model that is right with probability `rate` passes."""
        return float(bdtr(self.errors, self.items, 1 - rate))


def items_for(target: float, accept_risk: float, errors: int) -> int:
    """The fewest items with which at most `errors` mistakes show that the rate is above `target`.

    Args:
        target: Share right that must be exceeded, in (0, 1).
        accept_risk: Largest chance to accept a model that is right with probability `target` or less.
        errors: Mistakes allowed.

    Raises:
        ValueError: out of range, or more than a million items.
    """
    _check(target, accept_risk)
    low, high = errors + 1, errors + 2
    while bdtr(errors, high, 1 - target) > accept_risk:
        low, high = high, high * 2
        if high > 2 * MOST_ITEMS:
            raise ValueError(f"more than {MOST_ITEMS:,} items would be needed")
    while low < high:
        middle = (low + high) // 2
        if bdtr(errors, middle, 1 - target) <= accept_risk:
            high = middle
        else:
            low = middle + 1
    return low


def smallest(target: float, good: float, accept_risk: float, refuse_risk: float) -> Design:
    """The fewest items that keep both risks.

    Args:
        target: Rate at or below which acceptance is wrong.
        good: Rate at or above which refusal is wrong; above `target`.
        accept_risk: Largest chance to accept at `target`.
        refuse_risk: Largest chance to refuse at `good`.

    Raises:
        ValueError: out of range, `good` not above `target`, or more than a million items.
    """
    _check(target, accept_risk)
    if not target < good < 1 or not 0 < refuse_risk < 1:
        raise ValueError("needs target < good < 1, and a refuse risk between 0 and 1")

    def passes(errors: int) -> Design | None:
        design = Design(items_for(target, accept_risk, errors), errors)
        return design if design.pass_chance(good) >= 1 - refuse_risk else None

    # The chance to pass at `good` grows with the mistakes allowed, but for small steps of whole numbers.
    high = 1
    while passes(high) is None:
        high *= 2
        if high > MOST_ERRORS:
            raise ValueError(f"more than {MOST_ITEMS:,} items would be needed: the two rates are too close")
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
    return Design(items_for(target, accept_risk, high), high)


def table(target: float, accept_risk: float, errors: Sequence[int]) -> list[Design]:
    """Designs with these numbers of mistakes allowed, as a customer compares them."""
    return [Design(items_for(target, accept_risk, one), one) for one in errors]


def _check(target: float, accept_risk: float) -> None:
    if not 0 < target < 1:
        raise ValueError("the target must lie between 0 and 1")
    if not 0 < accept_risk < 1:
        raise ValueError("the accept risk must lie between 0 and 1")
