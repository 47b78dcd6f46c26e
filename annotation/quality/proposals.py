"""What models' proposals do to people: time saved, and answers drawn to the proposal, against the control. Pure.

The control is a random share of proposals that were kept back, so the two groups differ by nothing else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan

import numpy as np
from numpy.typing import NDArray

from statkit.bootstrap import bootstrap_median_ratio
from statkit.interval import Interval
from statkit.proportions import proportion_difference

Array = NDArray[np.float64]
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
class Effect:
    """Of the answers with the proposal shown (`shown`) and kept back (`control`).

    `time` is the ratio of median seconds, shown over control: below 1 is time saved. `pull` is how much larger the
    share of answers equal to the proposal is where it was shown. `copied` is the same over proposals that are known to
    be wrong: errors that people took over.
    """

    shown: int
    control: int
    time: Interval | None
    pull: Interval | None
    wrong: int
    copied: Interval | None


def _difference(shown: Sequence[bool], control: Sequence[bool]) -> Interval | None:
    if min(len(shown), len(control)) < LEAST:
        return None
    return proportion_difference(sum(shown), len(shown), sum(control), len(control))


def _ratio(shown: Array, control: Array, seed: int) -> Interval | None:
    if min(len(shown), len(control)) < LEAST:
        return None
    ratio = bootstrap_median_ratio(shown, control, seed=seed)
    return None if isnan(ratio.value) else ratio


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
