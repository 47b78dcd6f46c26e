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
        MetricSpec("accuracy", "Accuracy", "Fraction of items whose class is correct.", ClassScores),
        MetricSpec("macro_f1", "Macro-F1", "Mean F1 score over the classes.", ClassScores),
        MetricSpec("auroc", "AUROC", "Mean area under the one-vs-rest ROC curves.", ClassScores),
        MetricSpec(
            "ap50",
            "AP at IoU 0.50",
            "Mean area under the precision-recall curve over the labels; regions match at IoU 0.50 (COCO).",
            RegionScores,
        ),
        MetricSpec("ap", "mAP (IoU 0.50–0.95)", "The mean over ten IoU thresholds from 0.50 to 0.95.", RegionScores),
        MetricSpec("ap75", "AP at IoU 0.75", "Regions match at IoU 0.75.", RegionScores),
        MetricSpec("span_f1", "Span F1", "F1 of spans with the same start, end and label, over all texts.", SpanScores),
        MetricSpec("precision", "Precision", "Fraction of predicted spans that are correct.", SpanScores),
        MetricSpec("recall", "Recall", "Fraction of labeled spans that the model found.", SpanScores),
        MetricSpec(
            "explained",
            "Explained variance (R²)",
            "1 minus the squared error relative to predicting the mean of the training labels; at least 0.",
            NumberScores,
        ),
        MetricSpec(
            "rmse", "Root mean squared error (RMSE)", "In the unit of the annotated number.", NumberScores,
            higher_is_better=False, unit="annotation",
        ),
        MetricSpec(
            "mae", "Mean absolute error (MAE)", "In the unit of the annotated number.", NumberScores,
            higher_is_better=False, unit="annotation",
        ),
        MetricSpec(
            "similarity",
            "Similarity to the labels",
            "Mean similarity, measured as between two annotators.",
            SimilarityScores,
        ),
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
    order = {key: position for position, key in enumerate(METRICS)}
    return sorted(keys, key=lambda key: order.get(key, len(order)))
