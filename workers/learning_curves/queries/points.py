"""Points of a curve by metric, and the newest curves."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count

from statkit.learning_curves.paired_gain import paired_gain
from statkit.proportions import binomial_standard_error
from workers.learning_curves.models import CurvePoint, LearningCurve

MIN_SIZES = 3


def metric_points(points: Sequence[CurvePoint], metric: str) -> list[dict[str, Any]]:
    """Points as `statkit.learning_curves` reads them; `se` is the standard error of the test set.

    Args:
        points: Of one curve.
        metric: `accuracy`, `macro_f1`, `auroc`, `class:<label id>` (its recall), or `meta:<field>=<value>`.
    """
    rows = []
    for point in points:
        if metric == "accuracy" and "score" in point.metrics:  # the annotation type's own metric and its error
            score, se = point.metrics["score"]
        elif metric == "accuracy":
            score, se = point.accuracy, binomial_standard_error(point.accuracy, point.test_items)
        elif metric in point.metrics:
            score, se = point.metrics[metric]
        elif metric == "macro_f1":
            score, se = point.macro_f1, binomial_standard_error(point.macro_f1, point.test_items)
        else:
            counts = point.per_class.get(metric.removeprefix("class:")) if metric.startswith("class:") else None
            counts = counts or point.slices.get(metric)
            if not counts or counts[0] < 1:
                continue
            score = counts[1] / counts[0]
            se = binomial_standard_error(score, counts[0])
        rows.append({"n": point.n, "seed": point.seed, "score": score, "se": se})
    return rows


def last_gain(curve: LearningCurve) -> dict[str, Any] | None:
    """The gain in score between the last two sizes, with its 80 % interval; None where no seed has both."""
    rows = metric_points(list(curve.points.all()), "accuracy")
    sizes = sorted({row["n"] for row in rows})
    if len(sizes) < 2:
        return None
    gain = paired_gain(rows, after=sizes[-1], before=sizes[-2])
    return {"labels": sizes[-1] - sizes[-2], **gain.as_json()} if gain else None


def latest_learning_curve(project_id: int) -> LearningCurve | None:
    """The newest curve of a project that is done."""
    curves = LearningCurve.objects.filter(project_id=project_id, job__state="done", ablation=None)
    return curves.select_related("project", "snapshot").order_by("-pk").first()


def newest_measured_curves(project_ids: list[int]) -> dict[int, LearningCurve]:
    """The newest curve with enough points of each project, in a constant number of queries."""
    points = CurvePoint.objects.filter(
        learning_curve__project_id__in=project_ids, learning_curve__ablation=None
    ).values("learning_curve_id", "learning_curve__project_id")
    newest: dict[int, int] = {}
    for row in points.annotate(sizes=Count("n", distinct=True)).filter(sizes__gte=MIN_SIZES):
        project_id = row["learning_curve__project_id"]
        newest[project_id] = max(newest.get(project_id, 0), row["learning_curve_id"])
    curves = LearningCurve.objects.filter(pk__in=newest.values()).select_related("project", "snapshot", "job")
    return {curve.project_id: curve for curve in curves.prefetch_related("points")}
