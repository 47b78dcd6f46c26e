"""Outputs of a model beside the truth, item by item: values, intervals, differences."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from labelkit.annotations.base import AnnotationType
from statkit.bootstrap import bootstrap_indices, percentile_interval
from statkit.interval import Interval

Index = NDArray[np.int64]


class EvaluatedItem(Protocol):
    """An item with its true annotation; `target` is what `AnnotationType.training_target` gives of it."""

    @property
    def target(self) -> Any: ...

    @property
    def annotation(self) -> dict[str, object]: ...

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture."""
        ...


@dataclass(frozen=True)
class Comparison:
    """What is scored.

    Attributes:
        annotation_type: Of the annotations.
        outputs: Of the model for each item (`AnnotationType.model_output`).
        items: With their true annotations.
        labels: Label ids, in the order of the outputs' classes.
        training_mean: Mean of the numbers that were learned from; what a model without input would output.
        slices: Of each item, where items are in slices.
    """

    annotation_type: AnnotationType
    outputs: Any
    items: Sequence[EvaluatedItem]
    labels: list[str]
    training_mean: float = 0.0
    slices: Sequence[frozenset[str]] = ()


class Scores(ABC):
    """Metrics that are computed from the same comparison, so that any multiset of items can be scored again.

    `keys` are of its metrics, the primary one first: curves and baselines go by it, it is a fraction, and more is
    better.
    """

    keys: ClassVar[tuple[str, ...]]

    @classmethod
    @abstractmethod
    def applies_to(cls, annotation_type: AnnotationType) -> bool:
        """Whether it can compare annotations of this type."""

    @classmethod
    @abstractmethod
    def compare(cls, comparison: Comparison) -> "Scores":
        """The comparison, ready to be scored."""

    @property
    @abstractmethod
    def item_count(self) -> int:
        """Number of items."""

    @abstractmethod
    def values(self, index: Index) -> dict[str, float]:
        """Metrics over the items at `index`; an item may come more than once."""

    def class_values(self, index: Index) -> dict[str, tuple[int, float]]:
        """Label to what is counted of it (items, regions or spans) and its value of the primary metric."""
        return {}

    def summarize(self, *, seed: int = 0) -> "Summary":
        """Every metric with its interval, by the bootstrap over items."""
        resamples, class_resamples = resample(self, seed=seed)
        metrics = bootstrap_intervals(self, resamples)
        primary = self.keys[0]
        curve = {"score": [metrics[primary].value, bootstrap_standard_error(self, resamples)]}
        return Summary(
            {key: metrics[key].as_json() for key in self.keys},
            class_intervals(self, class_resamples),
            curve,
            rounded_resamples(resamples, class_resamples),
        )


@dataclass(frozen=True)
class Summary:
    """Metrics of a comparison as they are stored.

    `metrics` and the rows of `per_class` have a `value` with a 95 % interval (`low`, `high`), the primary metric comes
    first; `curve` maps what learning curves keep to [value, standard error]; `resamples` are for paired comparisons of
    models; `slices` map a slice to its items and how many were right.
    """

    metrics: dict[str, dict[str, float]]
    per_class: list[dict[str, Any]]
    curve: dict[str, list[float]]
    resamples: dict[str, Any] = field(default_factory=dict)
    slices: dict[str, tuple[int, int]] = field(default_factory=dict)

    def joined_by(self, more: "Summary") -> "Summary":
        """With the metrics of further scores behind these."""
        return replace(self, metrics=self.metrics | more.metrics)


Resamples = list[dict[str, float]]
ClassResamples = list[dict[str, tuple[int, float]]]


def resample(scores: Scores, *, seed: int = 0, draws: int = 200) -> tuple[Resamples, ClassResamples]:
    """Metrics, and those of each label, over bootstrap samples of the items; labels for every second sample."""
    samples = bootstrap_indices(scores.item_count, seed=seed, n_resamples=draws)
    return [scores.values(index) for index in samples], [scores.class_values(index) for index in samples[::2]]


def bootstrap_intervals(scores: Scores, resamples: Resamples) -> dict[str, Interval]:
    """Every metric with its interval."""
    return {
        key: percentile_interval(value, [drawn[key] for drawn in resamples], n=scores.item_count).widened_to_value()
        for key, value in scores.values(np.arange(scores.item_count)).items()
    }


def class_intervals(scores: Scores, resamples: ClassResamples) -> list[dict[str, Any]]:
    """The primary metric of each label with its interval; labels that do not occur are left out of the resamples."""
    rows = []
    for label, (count, value) in scores.class_values(np.arange(scores.item_count)).items():
        drawn = [values[label][1] for values in resamples if label in values and values[label][0]]
        interval = percentile_interval(value, drawn).widened_to_value() if drawn else Interval(value, 0.0, 1.0)
        rows.append({"label": label, "items": count, **interval.as_json()})
    return rows


def bootstrap_difference(first: Scores, second: Scores, *, seed: int = 0, draws: int = 400) -> Interval:
    """Primary metric of the first less that of the second on the same items, by the paired bootstrap."""

    def difference(index: Index) -> float:
        return first.values(index)[first.keys[0]] - second.values(index)[second.keys[0]]

    drawn = [difference(index) for index in bootstrap_indices(first.item_count, seed=seed, n_resamples=draws)]
    return percentile_interval(difference(np.arange(first.item_count)), drawn, n=first.item_count).widened_to_value()


def bootstrap_standard_error(scores: Scores, resamples: Resamples) -> float:
    """Of the primary metric, by the bootstrap; never zero."""
    deviation = float(np.std([drawn[scores.keys[0]] for drawn in resamples], ddof=1))
    return max(deviation, 0.25 / max(scores.item_count, 1))


def rounded_resamples(
    resamples: Resamples, class_resamples: ClassResamples
) -> dict[str, dict[str, list[float | None]]]:
    """`metrics` and `classes` (null where a label was not drawn) by name: two models on the same items, drawn by the
    same seed, are compared in pairs by their differences, draw by draw."""
    keys = list(dict.fromkeys(key for drawn in resamples for key in drawn))
    labels = list(dict.fromkeys(label for drawn in class_resamples for label in drawn))
    return {
        "metrics": {key: [round(drawn[key], 5) for drawn in resamples] for key in keys},
        "classes": {
            label: [
                round(drawn[label][1], 5) if label in drawn and drawn[label][0] else None for drawn in class_resamples
            ]
            for label in labels
        },
    }
