"""What models' proposals do to people: time saved, and answers drawn to the proposal, against the control. Pure.

The control is a random share of proposals that were kept back, so the two groups differ by nothing else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt

from statkit.proportions import wilson

DRAWS = 1000
LEAST = 10  # answers in each group


@dataclass(frozen=True)
class Answered:
    """One person's answer to a task with a proposal.

    `proposal_wrong` is None where nobody but this person said what is right.
    """

    shown: bool
    seconds: float
    same: bool
    proposal_wrong: bool | None = None


@dataclass(frozen=True)
class Found:
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Effect:
    """Of the answers with the proposal shown (`shown`) and kept back (`control`).

    `time` is the ratio of median seconds, shown over control: below 1 is time saved. `pull` is how much larger the
    share of answers equal to the proposal is where it was shown. `copied` is the same over proposals that are known to
    be wrong: errors that people took over.
    """

    shown: int
    control: int
    time: Found | None
    pull: Found | None
    wrong: int
    copied: Found | None


def _difference(a: Sequence[bool], b: Sequence[bool]) -> Found | None:
    """Share of `a` minus share of `b` by the square-and-add interval (R. G. Newcombe, 1998, two samples)."""
    if len(a) < LEAST or len(b) < LEAST:
        return None
    one, two = sum(a) / len(a), sum(b) / len(b)
    low_a, high_a = wilson(sum(a), len(a))
    low_b, high_b = wilson(sum(b), len(b))
    value = one - two
    low = value - sqrt((one - low_a) ** 2 + (high_b - two) ** 2)
    high = value + sqrt((high_a - one) ** 2 + (two - low_b) ** 2)
    return Found(value, max(-1.0, low), min(1.0, high))


def _ratio(a: npt.NDArray[np.float64], b: npt.NDArray[np.float64], seed: int) -> Found | None:
    """Ratio of medians with its percentile bootstrap interval."""
    if len(a) < LEAST or len(b) < LEAST or np.median(b) <= 0:
        return None
    rng = np.random.default_rng(seed)
    one = np.median(rng.choice(a, (DRAWS, len(a))), axis=1)
    two = np.median(rng.choice(b, (DRAWS, len(b))), axis=1)
    ratios = one[two > 0] / two[two > 0]
    low, high = np.quantile(ratios, [0.025, 0.975])
    return Found(float(np.median(a) / np.median(b)), float(low), float(high))


def effect(rows: Sequence[Answered], *, seed: int = 0) -> Effect:
    """What proposals did; figures are None where a group has fewer than ten answers."""
    shown, control = [one for one in rows if one.shown], [one for one in rows if not one.shown]
    wrong_shown = [one.same for one in shown if one.proposal_wrong]
    wrong_control = [one.same for one in control if one.proposal_wrong]
    seconds = [np.array([one.seconds for one in group if one.seconds > 0]) for group in (shown, control)]
    return Effect(
        shown=len(shown),
        control=len(control),
        time=_ratio(seconds[0], seconds[1], seed),
        pull=_difference([one.same for one in shown], [one.same for one in control]),
        wrong=len(wrong_shown) + len(wrong_control),
        copied=_difference(wrong_shown, wrong_control),
    )
