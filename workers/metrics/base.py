"""What a model's answers to the sealed items show, for every kind of labeling: values, intervals, differences."""

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from statkit.bootstrap import bootstrap_indices, percentile_interval
from statkit.interval import Interval

Index = NDArray[np.int64]


class Scored(Protocol):
    """Answers held against the truth, item by item, so that any multiset of items can be scored again.

    `primary` names the metric that curves and baselines go by; it lies between 0 and 1 and more is better. `better`
    says of the other metrics whether more is: those with −1 are errors.
    """

    @property
    def primary(self) -> str: ...

    @property
    def items(self) -> int: ...

    def values(self, index: Index) -> dict[str, float]:
        """Metrics over the items at `index`; an item may come more than once."""
        ...

    def class_values(self, index: Index) -> dict[str, tuple[int, float]]:
        """Label to what is counted of it (items, regions or spans) and its value of the primary metric."""
        ...


Draws = list[dict[str, float]]
ClassDraws = list[dict[str, tuple[int, float]]]


def drawn_values(scored: Scored, *, seed: int = 0, draws: int = 200) -> tuple[Draws, ClassDraws]:
    """Metrics, and those of each label, over bootstrap samples of the items; labels for every second sample."""
    samples = bootstrap_indices(scored.items, seed=seed, n_resamples=draws)
    return [scored.values(one) for one in samples], [scored.class_values(one) for one in samples[::2]]


def intervals(scored: Scored, drawn: Draws) -> dict[str, Interval]:
    """Every metric with its interval; the primary one first."""
    whole = scored.values(np.arange(scored.items))
    found = {
        name: percentile_interval(value, [one[name] for one in drawn], n=scored.items).widened_to_value()
        for name, value in whole.items()
    }
    return {scored.primary: found.pop(scored.primary), **found}


def class_intervals(scored: Scored, drawn: ClassDraws) -> list[dict[str, Any]]:
    """The primary metric of each label with its interval; labels that do not occur are left out of the draws."""
    whole = scored.class_values(np.arange(scored.items))
    rows = []
    for label, (count, value) in whole.items():
        seen = [one[label][1] for one in drawn if label in one and one[label][0]]
        span = percentile_interval(value, seen).widened_to_value() if seen else Interval(value, 0.0, 1.0)
        rows.append({"label": label, "items": count, **span.as_json()})
    return rows


def bootstrap_difference(one: Scored, other: Scored, *, seed: int = 0, draws: int = 400) -> Interval:
    """Primary metric of `one` less that of `other` on the same items, by the paired bootstrap."""
    every = np.arange(one.items)
    middle = one.values(every)[one.primary] - other.values(every)[other.primary]
    drawn = [
        one.values(index)[one.primary] - other.values(index)[other.primary]
        for index in bootstrap_indices(one.items, seed=seed, n_resamples=draws)
    ]
    return percentile_interval(middle, drawn, n=one.items).widened_to_value()


def bootstrap_standard_error(scored: Scored, drawn: Draws) -> float:
    """Of the primary metric, by the bootstrap; never zero."""
    return max(float(np.std([one[scored.primary] for one in drawn], ddof=1)), 0.25 / max(scored.items, 1))


def kept_draws(drawn: Draws, of_labels: ClassDraws) -> dict[str, dict[str, list[float | None]]]:
    """`metrics` and `classes` (null where a label was not drawn) by name: two models on the same items, drawn by the
    same seed, are compared in pairs by their differences, draw by draw."""
    names = list(dict.fromkeys(name for one in drawn for name in one))
    labels = list(dict.fromkeys(label for one in of_labels for label in one))
    return {
        "metrics": {name: [round(one[name], 5) for one in drawn] for name in names},
        "classes": {
            label: [round(one[label][1], 5) if label in one and one[label][0] else None for one in of_labels]
            for label in labels
        },
    }
