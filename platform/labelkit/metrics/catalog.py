"""The catalog of metrics: ours in order, then those of other packages by entry point."""

from collections.abc import Iterable

from labelkit.annotations.base import AnnotationType
from labelkit.catalog import Catalog
from labelkit.metrics.classification import ClassScores
from labelkit.metrics.numbers import NumberScores
from labelkit.metrics.regions import RegionScores
from labelkit.metrics.scores import Scores
from labelkit.metrics.similarity import SimilarityScores
from labelkit.metrics.spans import SpanScores
from labelkit.metrics.spec import MetricSpec

METRICS: Catalog[MetricSpec] = Catalog(
    (
        MetricSpec("accuracy", "Accuracy", "Share of items whose class is right.", ClassScores),
        MetricSpec("macro_f1", "Macro-F1", "Mean of the classes' F1.", ClassScores),
        MetricSpec("auroc", "AUROC", "Mean area under the ROC curves of one class against the rest.", ClassScores),
        MetricSpec(
            "ap50",
            "Average precision at overlap .50",
            "Mean over labels of the area under precision and recall; regions match at overlap .50 (COCO).",
            RegionScores,
        ),
        MetricSpec("ap", "Average precision, .50 to .95", "The mean of ten overlaps from .50 to .95.", RegionScores),
        MetricSpec("ap75", "Average precision at overlap .75", "Regions match at overlap .75.", RegionScores),
        MetricSpec("span_f1", "F1 of spans", "Spans with the same ends and label, over all texts.", SpanScores),
        MetricSpec("precision", "Precision", "Share of the model's spans that are right.", SpanScores),
        MetricSpec("recall", "Recall", "Share of the true spans that the model found.", SpanScores),
        MetricSpec(
            "explained",
            "Share of the variance explained",
            "1 less the squared error as a share of that of the training labels' mean, at least 0.",
            NumberScores,
        ),
        MetricSpec(
            "rmse", "Root mean square error", "In the unit of the number.", NumberScores,
            higher_is_better=False, unit="annotation",
        ),
        MetricSpec(
            "mae", "Mean absolute error", "In the unit of the number.", NumberScores,
            higher_is_better=False, unit="annotation",
        ),
        MetricSpec("similarity", "Similarity to the labels", "Mean similarity, as of two people.", SimilarityScores),
    ),
    entry_type=MetricSpec,
    group="plateau.metrics",
    noun="metric",
)  # fmt: skip


def metrics_of(annotation_type: AnnotationType) -> list[MetricSpec]:
    """The metrics of annotations of this type, the primary one first.

    >>> from labelkit.annotations import ANNOTATION_TYPES
    >>> [metric.key for metric in metrics_of(ANNOTATION_TYPES["number"])]
    ['explained', 'rmse', 'mae']
    """
    return [metric for metric in METRICS.values() if metric.applies_to(annotation_type)]


def scores_of(annotation_type: AnnotationType) -> list[type[Scores]]:
    """What computes these metrics, that of the primary one first."""
    return list(dict.fromkeys(metric.scores for metric in metrics_of(annotation_type)))


def in_catalog_order(keys: Iterable[str]) -> list[str]:
    """Keys of metrics in the order of the catalog, those that are not in it behind.

    >>> in_catalog_order(["mine", "rmse", "explained"])
    ['explained', 'rmse', 'mine']
    """
    order = {key: place for place, key in enumerate(METRICS)}
    return sorted(keys, key=lambda key: order.get(key, len(order)))
