"""One report for every annotation type: its metrics with intervals, overall, by class and by slice."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from labelkit.annotations import ANNOTATION_TYPES
from labelkit.metrics.catalog import scores_of
from labelkit.metrics.classification import ClassificationReport, ClassScores
from labelkit.metrics.scores import Comparison, EvaluatedItem, Scores, Summary


@dataclass(frozen=True)
class EvaluationReport:
    """What a model's outputs for the items of the held-out test set show; see `Summary`."""

    scores: Scores
    summary: Summary

    @property
    def primary(self) -> str:
        """Key of the primary metric."""
        return self.scores.keys[0]

    @property
    def value(self) -> float:
        """Of the primary metric."""
        return self.summary.metrics[self.primary]["value"]

    @property
    def item_count(self) -> int:
        """Number of items."""
        return self.scores.item_count

    @cached_property
    def classification(self) -> ClassificationReport | None:
        """Confusion counts; None for annotations that are no single class."""
        return self.scores.report if isinstance(self.scores, ClassScores) else None


def evaluate(
    annotation_type: str,
    outputs: object,
    items: Sequence[EvaluatedItem],
    labels: list[str],
    *,
    training_mean: float = 0.0,
    slices: Sequence[frozenset[str]] = (),
    seed: int = 0,
) -> EvaluationReport:
    """Compare a model's outputs with the truth.

    Args:
        annotation_type: Key of the annotations' type.
        outputs: What the model gave for the items.
        items: With their true annotations.
        labels: Label ids.
        training_mean: Mean of the numbers that were learned from.
        slices: Of each item.
        seed: Of the bootstrap; models are compared in pairs where it is the same.
    """
    comparison = Comparison(ANNOTATION_TYPES[annotation_type], outputs, items, labels, training_mean, slices)
    first, *others = (scores.compare(comparison) for scores in scores_of(comparison.annotation_type))
    summary = first.summarize(seed=seed)
    for scores in others:
        summary = summary.joined_by(scores.summarize(seed=seed))
    return EvaluationReport(first, summary)


def score(annotation_type: str, outputs: object, items: Sequence[EvaluatedItem], labels: list[str]) -> Scores:
    """Outputs beside the truth, ready to be scored by the primary metric; see `evaluate`."""
    comparison = Comparison(ANNOTATION_TYPES[annotation_type], outputs, items, labels)
    return scores_of(comparison.annotation_type)[0].compare(comparison)
