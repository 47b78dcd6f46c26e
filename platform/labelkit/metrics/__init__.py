"""What a model's outputs for the held-out test set show, for every annotation type. Pure numpy and pycocotools."""

from labelkit.metrics.catalog import METRICS, in_catalog_order, metrics_of
from labelkit.metrics.report import EvaluationReport, evaluate, score
from labelkit.metrics.spec import MetricSpec

__all__ = ["METRICS", "EvaluationReport", "MetricSpec", "evaluate", "in_catalog_order", "metrics_of", "score"]
