"""Curves of classes and slices, and why a target may not be reached."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count

from annotation.quality.queries import mean_similarity_by_project
from registry.contracts.models import Contract
from statkit.learning_curves import forecast_curve, pool_seeds
from workers.learning_curves.models import CurvePoint, LearningCurve
from workers.learning_curves.queries.forecasts import quantiles_as_json
from workers.learning_curves.queries.points import MIN_SIZES, metric_points

MIN_TEST_ITEMS = 10


def subgroup_forecasts(curve: LearningCurve, points: Sequence[CurvePoint], target: float) -> list[dict[str, Any]]:
    """Each class and slice: its curve, its forecast, and what 100 labels of it would add to the whole.

    A class is taken to stay the same fraction of all labels. Subgroups with fewer than ten test items have a curve,
    but no forecast: their error bars say nothing.
    """
    if not points:
        return []
    names = {label["id"]: label["name"] for label in curve.snapshot.labels}
    last = max(points, key=lambda point: point.n)
    keys = [f"class:{label}" for label in last.per_class] + sorted(last.slices)
    test_items = {f"class:{label}": counts[0] for label, counts in last.per_class.items()}
    test_items |= {key: counts[0] for key, counts in last.slices.items()}
    total = sum(counts[0] for counts in last.per_class.values())
    rows = []
    for key in keys:
        measured = metric_points(points, key)
        if not measured:
            continue
        pooled = pool_seeds(measured)
        label = key.removeprefix("class:")
        fraction = test_items[key] / total if total else 0.0
        row: dict[str, Any] = {
            "key": key,
            "title": names.get(label, label) if key.startswith("class:") else key.removeprefix("meta:"),
            "test_items": test_items[key],
            "fraction": fraction,
            "pooled": [vars(point) for point in pooled],
            "labels_needed": None,
            "next_100_labels_gain": None,
            "probability_never": None,
        }
        if test_items[key] >= MIN_TEST_ITEMS and len(pooled) >= MIN_SIZES:
            forecast = forecast_curve(measured)
            n = pooled[-1].n
            row["labels_needed"] = quantiles_as_json(forecast.labels_needed(target))
            row["probability_never"] = forecast.probability_never(target)
            if pooled[-1].score < target and fraction > 0:
                # A hundred labels of this subgroup take as many labels in all as it takes to meet a hundred of it.
                gain = forecast.mean_error(n) - forecast.mean_error(n + 100 / fraction)
                row["next_100_labels_gain"] = max(0.0, gain * fraction)
        rows.append(row)
    return rows


def count_contracts_by_state(project_ids: list[int]) -> dict[int, dict[str, int]]:
    """Numbers of contracts by project and state."""
    counts: dict[int, dict[str, int]] = {}
    rows = Contract.objects.filter(project_id__in=project_ids).values("project_id", "state").annotate(count=Count("id"))
    for row in rows.order_by():
        counts.setdefault(row["project_id"], {})[row["state"]] = row["count"]
    return counts


def agreement_by_project(project_ids: Sequence[int]) -> dict[int, float]:
    """Mean agreement of annotators, a ceiling for accuracy; projects with too few tasks are left out."""
    return {
        pk: mean for pk, (mean, tasks) in mean_similarity_by_project(project_ids).items() if tasks >= MIN_TEST_ITEMS
    }


def diagnose(
    forecast: dict[str, Any] | None, subgroups: list[dict[str, Any]], agreement: float | None, target: float
) -> list[dict[str, Any]]:
    """Why a target may not be reached: codes with their evidence; empty where nothing speaks against it.

    Codes: `label_noise`, `saturated`, `imbalance` or `weak_class`, `non_monotone`.
    """
    if forecast is None or forecast["is_reached"]:
        return []
    reasons: list[dict[str, Any]] = []
    if agreement is not None and agreement < target:
        reasons.append({"code": "label_noise", "agreement": agreement, "target": target})
    if forecast["probability_never"] > 0.5:
        reasons.append({"code": "saturated", "probability_never": forecast["probability_never"]})
    classes = [subgroup for subgroup in subgroups if subgroup["key"].startswith("class:")]
    if classes:
        rarest = min(classes, key=lambda subgroup: subgroup["fraction"])
        worst = min(classes, key=lambda subgroup: subgroup["pooled"][-1]["score"])
        rarest_score, worst_score = rarest["pooled"][-1]["score"], worst["pooled"][-1]["score"]
        if rarest["fraction"] < 0.3 / len(classes) and rarest_score < forecast["current_score"] - 0.1:
            evidence = {"class": rarest["title"], "fraction": rarest["fraction"], "score": rarest_score}
            reasons.append({"code": "imbalance", **evidence})
        elif worst_score < forecast["current_score"] - 0.2:
            reasons.append({"code": "weak_class", "class": worst["title"], "score": worst_score})
    if "non_monotone" in forecast["warnings"]:
        reasons.append({"code": "non_monotone", "probability": forecast["non_monotone_probability"]})
    return reasons
