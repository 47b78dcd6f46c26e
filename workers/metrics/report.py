"""One report for every kind: what was measured, its intervals, and the answers item by item."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from labelkit.annotations import ANNOTATION_TYPES
from workers.metrics.base import Scored, class_intervals, drawn_values, intervals, kept_draws, standard_error
from workers.metrics.classes import ClassScored
from workers.metrics.coco import RegionScored
from workers.metrics.judgement import Judgement, judge
from workers.metrics.numbers import NumberScored
from workers.metrics.spans import SpanScored
from workers.recipes.base import Example, size_of


@dataclass(frozen=True)
class Report:
    """What a model's answers to the sealed items show.

    `metrics` and the rows of `per_class` have a `value` with a 95 % interval (`low`, `high`); the primary metric comes
    first. `curve` maps metrics to [value, standard error]; `judgement` is there for classes, `draws` (`kept_draws`) for
    the other kinds.
    """

    scored: Scored
    metrics: dict[str, dict[str, float]]
    per_class: list[dict[str, Any]]
    curve: dict[str, list[float]]
    judgement: Judgement | None = None
    slices: dict[str, tuple[int, int]] = field(default_factory=dict)
    draws: dict[str, Any] = field(default_factory=dict)

    @property
    def primary(self) -> str:
        return self.scored.primary

    @property
    def value(self) -> float:
        return self.metrics[self.primary]["value"]

    @property
    def items(self) -> int:
        return self.scored.items


def report_on(
    kind: str,
    found: Any,
    examples: Sequence[Example],
    labels: list[str],
    *,
    usual: float = 0.0,
    slices: Sequence[frozenset[str]] = (),
    seed: int = 0,
) -> Report:
    """Hold answers against the truth.

    Args:
        kind: The kind of labeling.
        found: What `Trained.predict` gave for the examples.
        examples: With their values.
        labels: Label ids.
        usual: Mean of the numbers that were learned from; what a model without input would say.
        slices: Of each item, for classes.
        seed: Of the bootstrap; models are compared in pairs where it is the same.
    """
    if ANNOTATION_TYPES[kind].model_output == "classes":
        judgement = judge(found, [one.label for one in examples], labels, slices)
        curve = {"score": [judgement.accuracy, _binomial(judgement)], **judgement.curve_metrics(seed=seed)}
        scored = scored_on(kind, found, examples, labels)
        metrics = judgement.metrics(seed=seed)
        return Report(scored, metrics, judgement.per_class(), curve, judgement, judgement.slices)
    other = scored_on(kind, found, examples, labels, usual)
    drawn, of_labels = drawn_values(other, seed=seed)
    spans = {name: one.as_json() for name, one in intervals(other, drawn).items()}
    curve = {"score": [spans[other.primary]["value"], standard_error(other, drawn)]}
    kept = kept_draws(drawn, of_labels)
    return Report(other, spans, class_intervals(other, of_labels), curve, draws=kept)


def _binomial(judgement: Judgement) -> float:
    share, items = judgement.accuracy, max(judgement.items, 1)
    return float(np.sqrt(max(share * (1 - share), 0.25 / items) / items))


def scored_on(kind: str, found: Any, examples: Sequence[Example], labels: list[str], usual: float = 0.0) -> Scored:
    """Answers beside the truth, ready to be scored; see `report_on`."""
    if ANNOTATION_TYPES[kind].model_output == "classes":
        place = {label: number for number, label in enumerate(labels)}
        right = np.array([place[one.label] for one in examples], dtype=np.int64)
        return ClassScored(right, found.argmax(axis=1) if len(examples) else right, labels)
    truth = [one.value for one in examples]
    if ANNOTATION_TYPES[kind].model_output == "number":
        return NumberScored(np.array([one["number"] for one in truth], dtype=np.float64), np.asarray(found), usual)
    if ANNOTATION_TYPES[kind].model_output == "spans":
        return SpanScored(truth, found, labels)
    return RegionScored(kind, truth, found, [size_of(one) for one in examples], labels)
