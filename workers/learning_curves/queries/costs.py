"""What a target costs, when it is reached, and whether labeling on pays."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
from django.conf import settings
from django.utils import timezone

from annotation.labeling.services import count_tasks_by_state
from annotation.projects.models import Project
from annotation.quality.queries import WorkSummary, summarize_work
from annotation.snapshots.models import Snapshot
from statkit.learning_curves import CurveForecast, Distribution
from statkit.learning_curves.cost_model import (
    CostModel,
    additional_labels,
    days_to_label,
    labeling_cost,
    labeling_value,
)
from workers.learning_curves.models import ProjectCostModel
from workers.learning_curves.queries.forecasts import quantiles_as_json

HORIZON_DAYS = 36_500  # dates beyond a hundred years are as good as never


def get_cost_model(project: Project) -> ProjectCostModel:
    """The cost model as entered; an unsaved one with its defaults where nothing was."""
    return ProjectCostModel.objects.filter(project=project).first() or ProjectCostModel(project=project)


@dataclass(frozen=True)
class LabelingEffort:
    """What a label of a project costs, as entered and as measured, and labels per day of the last weeks."""

    entered_cost: float | None
    measured_cost: float | None
    labels_per_day: list[float]


def labeling_efforts(
    projects: Sequence[Project], done_tasks: Mapping[int, int] | None = None
) -> dict[int, LabelingEffort]:
    """By project, in a constant number of queries; `done_tasks` by project where they are known."""
    ids = [project.pk for project in projects]
    if done_tasks is None:
        done_tasks = {pk: counts["done"] for pk, counts in count_tasks_by_state(project_ids=ids).items()}
    costs = ProjectCostModel.objects.filter(project_id__in=ids).values_list("project_id", "cost_per_label")
    entered_costs = dict(costs)
    work: dict[int, WorkSummary] = summarize_work(ids)
    return {
        project.pk: LabelingEffort(
            entered_cost=entered_costs.get(project.pk),
            measured_cost=work[project.pk].cost_per_accepted(project, done_tasks[project.pk]),
            labels_per_day=[float(day.completed_count) for day in work[project.pk].days],
        )
        for project in projects
    }


def forecast_cost(
    forecast: CurveForecast,
    target: float,
    *,
    effort: LabelingEffort,
    cost_per_label: float | None = None,
    team_speed: float = 1.0,
) -> dict[str, Any]:
    """What the target costs and when it is reached, as distributions; see `schemas.CostForecastOut`.

    The forecast counts labels to learn from. Some labels that are made fall to the held-out test set, so more have to
    be made than learned from.
    """
    cost: float | None
    if cost_per_label is not None:
        cost, source = cost_per_label, "query"
    elif effort.entered_cost is not None:
        cost, source = effort.entered_cost, "cost_model"
    else:
        cost, source = effort.measured_cost, "queue"
    labels = additional_labels(forecast.labels_needed(target), forecast.points[-1].n)
    labels = Distribution(np.ceil(labels.values / (1 - settings.TEST_FRACTION)), labels.weights)
    days = days_to_label(labels, effort.labels_per_day, speed=team_speed)
    observed_days = len(effort.labels_per_day)
    body: dict[str, Any] = {
        "additional_labels": quantiles_as_json(labels),
        "cost_per_label": cost,
        "cost_source": source,
        "cost": quantiles_as_json(labeling_cost(labels, cost)) if cost is not None else None,
        "labels_per_day": float(np.mean(effort.labels_per_day)) * team_speed if observed_days else None,
        "observed_days": observed_days,
        "dates": None,
    }
    if days is not None:
        today = timezone.now().date()
        body["dates"] = {
            key: (today + timedelta(days=math.ceil(value))).isoformat()
            if value is not None and value < HORIZON_DAYS
            else None
            for key, value in quantiles_as_json(days).items()
        }
    return body


def labeling_value_as_json(
    project: Project, forecast: CurveForecast, *, cost_per_label: float | None
) -> dict[str, Any] | None:
    """Whether labeling on pays; None until the costs of errors are entered."""
    row = get_cost_model(project)
    if None in (row.fn_cost, row.fp_cost, row.decisions_per_month, row.baseline_cost):
        return None
    cost_model = CostModel(
        fn_cost=row.fn_cost or 0.0,
        fp_cost=row.fp_cost or 0.0,
        fn_fraction=row.fn_fraction,
        decisions_per_month=row.decisions_per_month or 0.0,
        months=row.months,
        baseline_cost=row.baseline_cost or 0.0,
        operating_cost=row.operating_cost,
    )
    labels = forecast.points[-1].n
    return vars(labeling_value(forecast, cost_model, labels=labels, cost_per_label=cost_per_label or 0.0))


def labels_since(project: Project, snapshot: Snapshot | None) -> int:
    """Labels resolved since a snapshot was frozen, from the counts of memberships: it does not grow with the tasks."""
    done_count = count_tasks_by_state(project_ids=[project.pk])[project.pk]["done"]
    return max(0, int(done_count) - (snapshot.item_count + snapshot.excluded_count if snapshot else 0))
