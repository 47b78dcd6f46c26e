"""Interim analyses after every item: e-processes for a share.

A test martingale bets against "the rate is `target` or less". With s right and f wrong, a mixture over better rates

    M = ∫ (p/t)^s ((1−p)/(1−t))^f dπ(p),   π a Beta law cut to p > t,

is, for every rate at or below t, a non-negative supermartingale that starts at 1: each factor has mean at most 1,
since p/t > (1−p)/(1−t). By Ville's inequality it ever reaches 1/α with probability at most α, however often and
whenever anyone analyzes (A. Ramdas, P. Grünwald, V. Vovk, G. Shafer, 2023, "Game-theoretic statistics and safe anytime-
valid inference", arXiv 2210.01948). The mirror image bets against "the rate is `expected` or more".
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, betaincc, betaln

# Items' worth of belief that a model which is offered lies about as far above the target as was agreed to be good.
BELIEF = 200.0
MAX_ITEMS = 1_000_000


def _log(values: NDArray[np.float64]) -> NDArray[np.float64]:
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(values))


@dataclass(frozen=True)
class Evidence:
    """Two e-processes: against a rate at or below `target`, and against one at or above `expected`.

    >>> evidence = Evidence(0.9, 0.97)
    >>> round(float(evidence.log_evidence_above_target(np.array([50.0]), np.array([0.0]))[0]), 2)
    3.91
    >>> round(float(evidence.log_evidence_below_expected(np.array([5.0]), np.array([5.0]))[0]), 2)
    5.95
    """

    target: float
    expected: float

    def __post_init__(self) -> None:
        if not 0 < self.target < self.expected < 1:
            raise ValueError("needs 0 < target < expected < 1")

    def log_evidence_above_target(self, right: NDArray[np.float64], wrong: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n,) natural log of the evidence that the rate is above `target`, after (n,) right and wrong."""
        t = self.target
        a, b = BELIEF * self.expected, BELIEF * (1 - self.expected)
        mixed = betaln(a + right, b + wrong) - betaln(a, b)
        cut = _log(betaincc(a + right, b + wrong, t)) - math.log(float(betaincc(a, b, t)))
        return np.asarray(mixed + cut - right * math.log(t) - wrong * math.log1p(-t))

    def log_evidence_below_expected(
        self, right: NDArray[np.float64], wrong: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """(n,) natural log of the evidence that the rate is below `expected`, after (n,) right and wrong."""
        g = self.expected
        a, b = BELIEF * self.target, BELIEF * (1 - self.target)
        mixed = betaln(a + right, b + wrong) - betaln(a, b)
        cut = _log(betainc(a + right, b + wrong, g)) - math.log(float(betainc(a, b, g)))
        return np.asarray(mixed + cut - right * math.log(g) - wrong * math.log1p(-g))


@dataclass(frozen=True)
class SequentialResult:
    """What a sequence of right and wrong answers has shown. `after` counts items until the bar was reached."""

    right: int
    items: int
    p_pass: float
    p_fail: float
    passed_after: int | None
    failed_after: int | None


def evaluate_sequence(
    outcomes: Sequence[bool], *, target: float, expected: float, false_accept_risk: float, false_reject_risk: float
) -> SequentialResult:
    """Analyze a sequence of (n,) right answers after each item, in the order in which the items came.

    `p_pass` and `p_fail` are anytime-valid p-values: one over the most evidence there ever was.

    >>> result = evaluate_sequence(
    ...     [True] * 100, target=0.9, expected=0.97, false_accept_risk=0.05, false_reject_risk=0.1
    ... )
    >>> result.passed_after, result.failed_after
    (39, None)

    Reference: A. Ramdas, P. Grünwald, V. Vovk and G. Shafer (2023), "Game-theoretic statistics and safe anytime-valid
        inference", arXiv 2210.01948.
    """
    if not outcomes:
        return SequentialResult(0, 0, 1.0, 1.0, None, None)
    right = np.cumsum(np.asarray(outcomes, dtype=np.float64))
    wrong = np.arange(1, len(outcomes) + 1) - right
    evidence = Evidence(target, expected)
    passing, failing = (
        evidence.log_evidence_above_target(right, wrong),
        evidence.log_evidence_below_expected(right, wrong),
    )
    return SequentialResult(
        right=int(right[-1]),
        items=len(outcomes),
        p_pass=min(1.0, math.exp(-max(0.0, float(passing.max())))),
        p_fail=min(1.0, math.exp(-max(0.0, float(failing.max())))),
        passed_after=_first(passing, -math.log(false_accept_risk)),
        failed_after=_first(failing, -math.log(false_reject_risk)),
    )


def _first(evidence: NDArray[np.float64], bar: float) -> int | None:
    reached = np.flatnonzero(evidence >= bar)
    return int(reached[0]) + 1 if len(reached) else None


def additional_items_needed(
    right: int, items: int, *, target: float, expected: float, false_accept_risk: float
) -> int | None:
    """About how many more items would show it if they went on as they went so far; None if never.

    The share so far is drawn a little towards `expected`, so that one early mistake does not mean never.

    >>> additional_items_needed(10, 10, target=0.9, expected=0.97, false_accept_risk=0.05)
    32

    Reference: A. Ramdas, P. Grünwald, V. Vovk and G. Shafer (2023), "Game-theoretic statistics and safe anytime-valid
        inference", arXiv 2210.01948.
    """
    rate = (right + 2 * expected) / (items + 2)
    if rate <= target:
        return None
    evidence, bar = Evidence(target, expected), -math.log(false_accept_risk)

    def enough(more: int) -> bool:
        s, f = np.array([right + more * rate]), np.array([items - right + more * (1 - rate)])
        return bool(evidence.log_evidence_above_target(s, f)[0] >= bar)

    high = 1
    while not enough(high):
        high *= 2
        if high > MAX_ITEMS:
            return None
    low = high // 2
    while low < high:
        middle = (low + high) // 2
        if enough(middle):
            high = middle
        else:
            low = middle + 1
    return low


def median_items_to_pass(target: float, expected: float, false_accept_risk: float, *, seed: int = 0) -> int | None:
    """Items after which half of the models that are right with probability `expected` have passed.

    Simulated: 400 sequences, analyzed at 240 places; None where half need more than a million.

    >>> median_items_to_pass(0.9, 0.95, 0.05)
    181

    Reference: A. Ramdas, P. Grünwald, V. Vovk and G. Shafer (2023), "Game-theoretic statistics and safe anytime-valid
        inference", arXiv 2210.01948.
    """
    places = np.unique(np.geomspace(1, MAX_ITEMS, 240).astype(np.int64))
    steps = np.diff(places, prepend=0)
    rng = np.random.default_rng(seed)
    right = np.cumsum(rng.binomial(steps, expected, size=(400, len(steps))), axis=1).astype(float)
    passing = Evidence(target, expected).log_evidence_above_target(right, places - right) >= -math.log(
        false_accept_risk
    )
    share = np.maximum.accumulate(passing, axis=1).mean(axis=0)
    reached = np.flatnonzero(share >= 0.5)
    return int(places[reached[0]]) if len(reached) else None
