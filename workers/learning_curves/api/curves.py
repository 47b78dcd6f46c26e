"""Routes of learning curves: lists, one curve, and its forecast of a target."""

from typing import Any, ClassVar

from pydantic import Field
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.projects.models import Project
from annotation.snapshots.models import Snapshot
from plateau.access.endpoint import Endpoint
from plateau.access.scopes import Scope
from plateau.http.errors import InvalidInput, NotFound, ProjectArchived
from plateau.http.openapi import document
from plateau.http.paging import Page
from plateau.http.query import QueryModel, parse_query
from plateau.http.validation import parse
from plateau.jobs.api import job_out
from statkit.learning_curves import pool_seeds
from workers.learning_curves import queries, services
from workers.learning_curves.api.cost_model import cost_model_out
from workers.learning_curves.api.forecasts import diagnosis_out
from workers.learning_curves.errors import CurveNeedsMoreLabels
from workers.learning_curves.filters import LEARNING_CURVES
from workers.learning_curves.models import LearningCurve
from workers.learning_curves.schemas import (
    CalibrationHistoryOut,
    CostForecastOut,
    CurvePointOut,
    ForecastOut,
    LabelingValueOut,
    LearningCurveForecastOut,
    LearningCurveIn,
    LearningCurveOut,
    PooledPointOut,
    SubgroupOut,
)
from workers.training.errors import UNTRAINABLE

METRICS = ("accuracy", "macro_f1", "auroc")


class CurveQuery(QueryModel):
    """The target and the metric to read a curve for."""

    target: float | None = Field(default=None, gt=0, lt=1, description="Another target than the project's")
    metric: str = Field(
        default="accuracy",
        max_length=200,
        pattern=r"^(accuracy|macro_f1|auroc|class:[^\x00]+|meta:[^\x00]+)$",
        description="`accuracy`, `macro_f1`, `auroc`, `class:<label id>` or `meta:<field>=<value>`",
    )


class ForecastQuery(CurveQuery):
    """And a team and a cost per label."""

    cost_per_label: float | None = Field(
        default=None, ge=0, le=1e9, description="Of an accepted label, instead of the measured or the entered one"
    )
    team_speed: float = Field(default=1, ge=0.01, le=100, description="Against now: 2 is twice as many labels a day")


def _compute_cost(points: list[Any], sizes: list[int]) -> float | None:
    """Seconds of all new trainings over those of one on all labels."""
    whole = [point.training_seconds for point in points if point.n == sizes[-1]]
    spent = sum(point.training_seconds for point in points if not point.is_reused)
    # The first training on all labels also fetches and describes the pictures; that is what "a training" costs.
    return spent / max(whole) if whole and max(whole) > 0 else None


def learning_curve_out(
    curve: LearningCurve, target: float, metric: str = "accuracy", *, interval_scale: float | None = None
) -> LearningCurveOut:
    """A curve with its forecast for `target`; for `interval_scale` see `queries.fit_forecast`."""
    points = sorted(curve.points.all(), key=lambda point: (point.n, point.seed))
    forecast = queries.cached_forecast(curve, points, target=target, metric=metric, interval_scale=interval_scale)
    measured = {"accuracy", "macro_f1"} | {name for point in points for name in point.metrics}
    return LearningCurveOut(
        id=curve.pk,
        project_id=curve.project_id,
        snapshot_id=curve.snapshot_id,
        snapshot_version=curve.snapshot.version,
        recipe=curve.recipe,
        params=curve.params,
        sizes=curve.sizes,
        seeds=curve.seeds,
        training_plan=curve.training_plan,
        compute_budget=curve.compute_budget,
        compute_cost=_compute_cost(points, curve.sizes),
        is_scheduled=curve.is_scheduled,
        metrics=[name for name in METRICS if name in measured],
        created_at=curve.created_at,
        job=job_out(curve.job),
        points=[CurvePointOut.model_validate(point, from_attributes=True) for point in points],
        pooled=[PooledPointOut(**vars(point)) for point in pool_seeds(queries.metric_points(points, metric))],
        forecast=ForecastOut.model_validate(forecast) if forecast else None,
    )


class LearningCurveList(Endpoint):
    """Learning curves of a project."""

    scopes: ClassVar = {"GET": Scope.RUNS_READ, "POST": Scope.RUNS_WRITE}

    @document(
        summary="Learning curves, newest first",
        out=Page[LearningCurveOut],
        query=LEARNING_CURVES,
        errors=[NotFound, InvalidInput],
    )
    def get(self, request: Request, project_id: int) -> Response:
        """One page, each with its forecast for the project's target."""
        project = Project.objects.visible_to(self.actor).get_or_404(pk=project_id)
        curves = LearningCurve.objects.visible_to(self.actor).filter(project=project, ablation=None)
        curves = curves.select_related("job", "snapshot", "project").prefetch_related("points")
        scale = queries.calibration_history(project.organization_id)["interval_scale"]
        return Response(
            LEARNING_CURVES.page(
                request, curves, lambda curve: learning_curve_out(curve, project.target, interval_scale=scale)
            )
        )

    @document(
        summary="Measure a learning curve",
        body=LearningCurveIn,
        out=LearningCurveOut,
        status=201,
        errors=[
            NotFound,
            *UNTRAINABLE,
            CurveNeedsMoreLabels,
            ProjectArchived,
        ],
    )
    def post(self, request: Request, project_id: int) -> Response:
        """A worker measures it."""
        data = parse(LearningCurveIn, request.data)
        project = Project.objects.visible_to(self.actor).get_active(pk=project_id)
        snapshot = Snapshot.objects.visible_to(self.actor).filter(project=project).get_or_404(pk=data.snapshot_id)
        curve = services.submit_learning_curve(
            actor=self.actor,
            snapshot=snapshot,
            recipe=data.recipe,
            params=data.params,
            compute_budget=data.compute_budget,
        )
        return Response(learning_curve_out(curve, project.target), status=201)


class LearningCurveDetail(Endpoint):
    """One learning curve."""

    scopes: ClassVar = {"GET": Scope.RUNS_READ}

    @document(
        summary="A learning curve and its forecast",
        out=LearningCurveOut,
        query=CurveQuery,
        errors=[NotFound, InvalidInput],
    )
    def get(self, request: Request, learning_curve_id: int) -> Response:
        """The curve."""
        curves = LearningCurve.objects.visible_to(self.actor).select_related("job", "snapshot", "project")
        curve = curves.get_or_404(pk=learning_curve_id)
        query = parse_query(CurveQuery, request)
        return Response(learning_curve_out(curve, query.target or curve.project.target, query.metric))


class LearningCurveForecast(Endpoint):
    """The forecast of a target."""

    scopes: ClassVar = {"GET": Scope.RUNS_READ}

    @document(
        summary="Labels, cost and date of a target; subgroups; whether labeling pays; calibration of past forecasts",
        out=LearningCurveForecastOut,
        query=ForecastQuery,
        errors=[NotFound, InvalidInput],
    )
    def get(self, request: Request, learning_curve_id: int) -> Response:
        """For the project's target, or what if it were another, or the team another."""
        curves = LearningCurve.objects.visible_to(self.actor).select_related("job", "snapshot", "project")
        curve = curves.get_or_404(pk=learning_curve_id)
        query = parse_query(ForecastQuery, request)
        target = query.target or curve.project.target
        return Response(curve_forecast_out(curve, target, query.metric, query.cost_per_label, query.team_speed))


def curve_forecast_out(
    curve: LearningCurve, target: float, metric: str, cost_per_label: float | None, team_speed: float
) -> LearningCurveForecastOut:
    """The forecast of one target; a cost per label and a speed of the team replace the measured ones."""
    points, project = list(curve.points.all()), curve.project
    forecast = queries.fit_forecast(curve, points, metric)
    body = queries.forecast_as_json(forecast, target) if forecast else None
    subgroups = queries.subgroup_forecasts(curve, points, target)
    cost_forecast = labeling_value = None
    if forecast:
        effort = queries.labeling_efforts([project])[project.pk]
        cost_forecast = queries.forecast_cost(
            forecast, target, effort=effort, cost_per_label=cost_per_label, team_speed=team_speed
        )
        cost = cost_forecast["cost_per_label"]
        labeling_value = queries.labeling_value_as_json(project, forecast, cost_per_label=cost)
    agreement = queries.agreement_by_project([project.pk]).get(project.pk)
    reasons = queries.diagnose(body, subgroups, agreement, target)
    return LearningCurveForecastOut(
        learning_curve_id=curve.pk,
        metric=metric,
        forecast=ForecastOut.model_validate(body) if body else None,
        cost_forecast=CostForecastOut.model_validate(cost_forecast) if cost_forecast else None,
        labeling_value=LabelingValueOut.model_validate(labeling_value) if labeling_value else None,
        cost_model=cost_model_out(project),
        subgroups=[SubgroupOut.model_validate(subgroup) for subgroup in subgroups],
        calibration_history=CalibrationHistoryOut.model_validate(queries.calibration_history(project.organization_id)),
        agreement=agreement,
        diagnosis=[diagnosis_out(reason) for reason in reasons],
    )
