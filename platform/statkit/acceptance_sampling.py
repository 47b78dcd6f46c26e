"""Single-sampling plans: sample sizes and pass probabilities, by the exact binomial distribution.

A plan evaluates `sample_size` items and accepts a model with at most `acceptance_number` errors. It is applied once,
when all items are available; for interim analyses, see `sequential_tests`. Terms are those of acceptance sampling by
attributes (D. C. Montgomery, "Introduction to Statistical Quality Control", ch. 15): the false-accept risk is the
consumer's, the false-reject risk the producer's; `target` is the rejectable, `expected` the acceptable quality level.
"""

from dataclasses import dataclass

import scipy

MAX_SAMPLE_SIZE = 1_000_000
MAX_ACCEPTANCE_NUMBER = 20_000


@dataclass(frozen=True)
class SamplingPlan:
    """Evaluate `sample_size` items; accept with at most `acceptance_number` errors.

    >>> round(SamplingPlan(59, 0).pass_probability(0.99), 2)
    0.55
    """

    sample_size: int
    acceptance_number: int

    def pass_probability(self, accuracy: float) -> float:
        """Probability that a model of this accuracy passes."""
        return float(scipy.special.bdtr(self.acceptance_number, self.sample_size, 1 - accuracy))


def minimum_sample_size(target: float, false_accept_risk: float, acceptance_number: int) -> int:
    """Smallest sample size at which at most `acceptance_number` errors show that the accuracy exceeds `target`.

    Args:
        target: Accuracy that must be exceeded, in (0, 1).
        false_accept_risk: Largest probability of accepting a model whose accuracy is `target` or less.
        acceptance_number: Errors allowed.

    Raises:
        ValueError: out of range, or more than a million items.

    >>> minimum_sample_size(0.95, 0.05, acceptance_number=0)
    59

    Reference: D. C. Montgomery (2009), "Introduction to Statistical Quality Control", ch. 15.
    """
    _check(target, false_accept_risk)
    low, high = acceptance_number + 1, acceptance_number + 2
    while scipy.special.bdtr(acceptance_number, high, 1 - target) > false_accept_risk:
        low, high = high, high * 2
        if high > 2 * MAX_SAMPLE_SIZE:
            raise ValueError(f"more than {MAX_SAMPLE_SIZE:,} items would be needed")
    while low < high:
        middle = (low + high) // 2
        if scipy.special.bdtr(acceptance_number, middle, 1 - target) <= false_accept_risk:
            high = middle
        else:
            low = middle + 1
    return low


def smallest_sampling_plan(
    target: float, expected: float, false_accept_risk: float, false_reject_risk: float
) -> SamplingPlan:
    """The plan with the smallest sample size that satisfies both risks.

    Args:
        target: Accuracy at or below which acceptance is wrong.
        expected: Accuracy at or above which rejection is wrong; above `target`.
        false_accept_risk: Largest probability of accepting at `target`.
        false_reject_risk: Largest probability of rejecting at `expected`.

    Raises:
        ValueError: out of range, `expected` not above `target`, or more than a million items.

    >>> smallest_sampling_plan(0.9, 0.95, false_accept_risk=0.05, false_reject_risk=0.1)
    SamplingPlan(sample_size=239, acceptance_number=16)

    Reference: D. C. Montgomery (2009), "Introduction to Statistical Quality Control", ch. 15.
    """
    _check(target, false_accept_risk)
    if not target < expected < 1 or not 0 < false_reject_risk < 1:
        raise ValueError("needs target < expected < 1, and a false-reject risk between 0 and 1")

    def plan_if_safe(acceptance_number: int) -> SamplingPlan | None:
        plan = SamplingPlan(minimum_sample_size(target, false_accept_risk, acceptance_number), acceptance_number)
        return plan if plan.pass_probability(expected) >= 1 - false_reject_risk else None

    # The probability to pass at `expected` grows with the errors allowed, but for small steps of whole numbers.
    high = 1
    while plan_if_safe(high) is None:
        high *= 2
        if high > MAX_ACCEPTANCE_NUMBER:
            raise ValueError(f"more than {MAX_SAMPLE_SIZE:,} items would be needed: target and expected are too close")
    smallest_plan = next(
        (plan for acceptance_number in range(high // 2) if high <= 64 and (plan := plan_if_safe(acceptance_number))),
        None,
    )
    if smallest_plan is not None:
        return smallest_plan
    low = high // 2
    while low < high:
        middle = (low + high) // 2
        if plan_if_safe(middle) is not None:
            high = middle
        else:
            low = middle + 1
    return SamplingPlan(minimum_sample_size(target, false_accept_risk, high), high)


def _check(target: float, false_accept_risk: float) -> None:
    if not 0 < target < 1:
        raise ValueError("the target must lie between 0 and 1")
    if not 0 < false_accept_risk < 1:
        raise ValueError("the false-accept risk must lie between 0 and 1")
