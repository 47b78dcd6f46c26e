"""Effect of pre-annotations on people: time saved, and annotations drawn to them, against the control. Pure.

The control is a random fraction of pre-annotations that were hidden, so the two groups differ by nothing else.
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
MIN_GROUP_SIZE = 10  # annotations in each group


@dataclass(frozen=True)
class PreAnnotatedLabel:
    """One person's annotation of a task with a pre-annotation.

    `pre_annotation_is_wrong` is None where nobody but this person decided what is right.
    """

    was_shown: bool
    seconds: float
    is_same: bool
    pre_annotation_is_wrong: bool | None = None


@dataclass(frozen=True)
class PreAnnotationEffect:
    """Of annotations whose pre-annotation was shown and of those whose was hidden (the control).

    `time_ratio` is median seconds, shown over hidden: below 1 is time saved. `agreement_difference` is how much
    larger the fraction of annotations equal to the pre-annotation is where it was shown. `copied_error_difference` is
    the same over pre-annotations that are known to be wrong: errors that people took over.
    """

    shown_count: int
    hidden_count: int
    wrong_count: int
    time_ratio: Interval | None
    agreement_difference: Interval | None
    copied_error_difference: Interval | None


def _difference(with_pre_annotation: Sequence[bool], without_pre_annotation: Sequence[bool]) -> Interval | None:
    if min(len(with_pre_annotation), len(without_pre_annotation)) < MIN_GROUP_SIZE:
        return None
    return proportion_difference(
        sum(with_pre_annotation), len(with_pre_annotation), sum(without_pre_annotation), len(without_pre_annotation)
    )


def _time_ratio(with_pre_annotation: Array, without_pre_annotation: Array, seed: int) -> Interval | None:
    if min(len(with_pre_annotation), len(without_pre_annotation)) < MIN_GROUP_SIZE:
        return None
    ratio = bootstrap_median_ratio(with_pre_annotation, without_pre_annotation, seed=seed)
    return None if isnan(ratio.value) else ratio


def measure_effect(labels: Sequence[PreAnnotatedLabel], *, seed: int = 0) -> PreAnnotationEffect:
    """Compare both groups; figures are None where a group has fewer than ten annotations."""
    shown_labels = [label for label in labels if label.was_shown]
    hidden = [label for label in labels if not label.was_shown]
    copied = [label.is_same for label in shown_labels if label.pre_annotation_is_wrong]
    copied_by_chance = [label.is_same for label in hidden if label.pre_annotation_is_wrong]
    seconds = [np.array([label.seconds for label in group if label.seconds > 0]) for group in (shown_labels, hidden)]
    return PreAnnotationEffect(
        shown_count=len(shown_labels),
        hidden_count=len(hidden),
        wrong_count=len(copied) + len(copied_by_chance),
        time_ratio=_time_ratio(seconds[0], seconds[1], seed),
        agreement_difference=_difference(
            [label.is_same for label in shown_labels], [label.is_same for label in hidden]
        ),
        copied_error_difference=_difference(copied, copied_by_chance),
    )
