"""Sequential tests of a proportion by e-processes: valid at every interim analysis.

A test martingale bets against "the proportion is `target` or less". With s successes and f failures, a mixture over
better proportions

    M = ∫ (p/t)^s ((1−p)/(1−t))^f dπ(p),   π a Beta law cut to p > t,

is, for every proportion at or below t, a non-negative supermartingale that starts at 1: each factor has mean at most 1,
since p/t > (1−p)/(1−t). By Ville's inequality it ever reaches 1/α with probability at most α, however often and
whenever anyone analyzes (A. Ramdas, P. Grünwald, V. Vovk, G. Shafer, 2023, "Game-theoretic statistics and safe anytime-
valid inference", arXiv 2210.01948). The mirror image bets against "the proportion is `expected` or more".
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import scipy
from numpy.typing import NDArray

# Prior weight of the mixture, in items, for accuracies near `expected`.
PRIOR_ITEMS = 200.0
MAX_ITEMS = 1_000_000


def _log(values: NDArray[np.float64]) -> NDArray[np.float64]:
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(values))


@dataclass(frozen=True)
class EProcesses:
    """Two e-processes: against a proportion at or below `target`, and against one at or above `expected`.

    >>> processes = EProcesses(0.9, 0.97)
    >>> round(float(processes.log_e_value_above_target(np.array([50.0]), np.array([0.0]))[0]), 2)
    3.91
    >>> round(float(processes.log_e_value_below_expected(np.array([5.0]), np.array([5.0]))[0]), 2)
    5.95
    """

    target: float
    expected: float

    def __post_init__(self) -> None:
        if not 0 < self.target < self.expected < 1:
            raise ValueError("needs 0 < target < expected < 1")

    def log_e_value_above_target(
        self, correct: NDArray[np.float64], incorrect: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """(n,) natural log of the e-value against "at or below `target`", after (n,) correct and incorrect."""
        t = self.target
        a, b = PRIOR_ITEMS * self.expected, PRIOR_ITEMS * (1 - self.expected)
        log_mixture = scipy.special.betaln(a + correct, b + incorrect) - scipy.special.betaln(a, b)
        log_truncation = _log(scipy.special.betaincc(a + correct, b + incorrect, t)) - math.log(
            float(scipy.special.betaincc(a, b, t))
        )
        return np.asarray(log_mixture + log_truncation - correct * math.log(t) - incorrect * math.log1p(-t))

    def log_e_value_below_expected(
        self, correct: NDArray[np.float64], incorrect: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """(n,) natural log of the e-value against "at or above `expected`", after (n,) correct and incorrect."""
        g = self.expected
        a, b = PRIOR_ITEMS * self.target, PRIOR_ITEMS * (1 - self.target)
        log_mixture = scipy.special.betaln(a + correct, b + incorrect) - scipy.special.betaln(a, b)
        log_truncation = _log(scipy.special.betainc(a + correct, b + incorrect, g)) - math.log(
            float(scipy.special.betainc(a, b, g))
        )
        return np.asarray(log_mixture + log_truncation - correct * math.log(g) - incorrect * math.log1p(-g))


@dataclass(frozen=True)
class SequentialResult:
    """Result of a sequence of outcomes; `passed_after` and `failed_after` count items up to the threshold."""

    correct: int
    nobs: int
    p_value_pass: float
    p_value_fail: float
    passed_after: int | None
    failed_after: int | None


def evaluate_sequence(
    outcomes: Sequence[bool], *, target: float, expected: float, false_accept_risk: float, false_reject_risk: float
) -> SequentialResult:
    """Analyze (n,) outcomes (True: correct) after each item, in the order in which the items came.

    `p_value_pass` and `p_value_fail` are anytime-valid p-values: one over the largest e-value so far.

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
    correct = np.cumsum(np.asarray(outcomes, dtype=np.float64))
    incorrect = np.arange(1, len(outcomes) + 1) - correct
    processes = EProcesses(target, expected)
    passing, failing = (
        processes.log_e_value_above_target(correct, incorrect),
        processes.log_e_value_below_expected(correct, incorrect),
    )
    return SequentialResult(
        correct=int(correct[-1]),
        nobs=len(outcomes),
        p_value_pass=min(1.0, math.exp(-max(0.0, float(passing.max())))),
        p_value_fail=min(1.0, math.exp(-max(0.0, float(failing.max())))),
        passed_after=_first(passing, -math.log(false_accept_risk)),
        failed_after=_first(failing, -math.log(false_reject_risk)),
    )


def _first(log_e_values: NDArray[np.float64], threshold: float) -> int | None:
    reached = np.flatnonzero(log_e_values >= threshold)
    return int(reached[0]) + 1 if len(reached) else None


def additional_samples_needed(
    correct: int, nobs: int, *, target: float, expected: float, false_accept_risk: float
) -> int | None:
    """Expected number of further items until the test passes, if accuracy stays as it is so far; None if never.

    The proportion so far is shrunk a little towards `expected`, so that one early error does not mean never.

    >>> additional_samples_needed(10, 10, target=0.9, expected=0.97, false_accept_risk=0.05)
    32

    Reference: A. Ramdas, P. Grünwald, V. Vovk and G. Shafer (2023), "Game-theoretic statistics and safe anytime-valid
        inference", arXiv 2210.01948.
    """
    rate = (correct + 2 * expected) / (nobs + 2)
    if rate <= target:
        return None
    processes, threshold = EProcesses(target, expected), -math.log(false_accept_risk)

    def suffices(more: int) -> bool:
        s, f = np.array([correct + more * rate]), np.array([nobs - correct + more * (1 - rate)])
        return bool(processes.log_e_value_above_target(s, f)[0] >= threshold)

    high = 1
    while not suffices(high):
        high *= 2
        if high > MAX_ITEMS:
            return None
    low = high // 2
    while low < high:
        middle = (low + high) // 2
        if suffices(middle):
            high = middle
        else:
            low = middle + 1
    return low


@lru_cache(maxsize=1024)  # a tenth of a second, and the form of a contract asks again for each key pressed
def median_sample_size_to_pass(
    target: float, expected: float, false_accept_risk: float, *, seed: int = 0
) -> int | None:
    """Median number of items after which models whose accuracy is `expected` pass.

    Simulated: 400 sequences, analyzed at 240 places; None where half need more than a million.

    >>> median_sample_size_to_pass(0.9, 0.95, 0.05)
    181

    Reference: A. Ramdas, P. Grünwald, V. Vovk and G. Shafer (2023), "Game-theoretic statistics and safe anytime-valid
        inference", arXiv 2210.01948.
    """
    places = np.unique(np.geomspace(1, MAX_ITEMS, 240).astype(np.int64))
    steps = np.diff(places, prepend=0)
    rng = np.random.default_rng(seed)
    correct = np.cumsum(rng.binomial(steps, expected, size=(400, len(steps))), axis=1).astype(float)
    passing = EProcesses(target, expected).log_e_value_above_target(correct, places - correct) >= -math.log(
        false_accept_risk
    )
    passed_fraction = np.maximum.accumulate(passing, axis=1).mean(axis=0)
    reached = np.flatnonzero(passed_fraction >= 0.5)
    return int(places[reached[0]]) if len(reached) else None
