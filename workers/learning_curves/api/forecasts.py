"""Routes of forecasts: of all projects, of curves measured elsewhere, and backtests of past ones."""

from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from annotation.labeling.services import count_tasks_by_state
from annotation.projects.models import Project
from plateau.access.endpoint import Endpoint
from plateau.access.scopes import Scope
from plateau.http.errors import InvalidInput, NotFound
from plateau.http.openapi import document
from plateau.http.paging import Page
from plateau.http.validation import parse
from statkit.learning_curves import forecast_curve, pool_seeds
from statkit.learning_curves.cost_model import additional_labels, labeling_cost
from workers.learning_curves import queries
from workers.learning_curves.errors import CurveNotForecastable
from workers.learning_curves.filters import BACKTESTS, FORECASTS
from workers.learning_curves.models import ForecastBacktest, LearningCurve
from workers.learning_curves.schemas import (
    CostForecastOut,
    DiagnosisOut,
    ExternalCurveIn,
    ExternalForecastOut,
    ForecastBacktestOut,
    ForecastOut,
    ForecastSummaryOut,
    PooledPointOut,
    QuantilesOut,
)


class ForecastList(Endpoint):
    """Forecasts of all projects at a glance, and of a curve that was measured elsewhere."""

    scopes: ClassVar = {"GET": Scope.RUNS_READ, "POST": Scope.RUNS_READ}
    unrecorded: ClassVar = {"POST": "nothing is written"}

    @document(
        summary="Which projects will reach their target, which will not, and why",
        out=Page[ForecastSummaryOut],
        query=FORECASTS,
        errors=[InvalidInput],
    )
    def get(self, request: Request) -> Response:
        """One page."""
        listing = FORECASTS.rows(request, Project.objects.visible_to(self.actor).filter(archived_at__isnull=True))
        projects = listing.rows
        ids = [project.pk for project in projects]
        curves, task_counts = queries.newest_measured_curves(ids), count_tasks_by_state(project_ids=ids)
        contracts, agreements = queries.count_contracts_by_state(ids), queries.agreement_by_project(ids)
        done_tasks = {pk: counts["done"] for pk, counts in task_counts.items()}
        efforts = queries.labeling_efforts(projects, done_tasks)
        scale = queries.calibration_history(self.actor.organization_id)["interval_scale"]
        summaries = [
            _forecast_summary(
                project,
                curves.get(project.pk),
                task_counts[project.pk],
                contracts.get(project.pk, {}),
                effort=efforts[project.pk],
                agreement=agreements.get(project.pk),
                interval_scale=scale,
            )
            for project in projects
        ]
        return Response(listing.page(summaries))

    @document(
        summary="Forecast from a curve that was measured elsewhere",
        body=ExternalCurveIn,
        out=ExternalForecastOut,
        errors=[CurveNotForecastable],
    )
    def post(self, request: Request) -> Response:
        """Nothing is stored.

        Raises:
            CurveNotForecastable: the curve cannot be forecast; the message says why.
        """
        data = parse(ExternalCurveIn, request.data)
        points = [point.model_dump(exclude_none=True) for point in data.points]
        try:
            forecast = forecast_curve(points, [data.target], (data.worst_score, data.best_score))
        except ValueError as error:
            raise CurveNotForecastable(str(error)) from error
        cost = None
        if data.cost_per_label is not None:
            labels = additional_labels(forecast.labels_needed(data.target), forecast.points[-1].n)
            cost = QuantilesOut.model_validate(queries.quantiles_as_json(labeling_cost(labels, data.cost_per_label)))
        return Response(
            ExternalForecastOut(
                pooled=[PooledPointOut(**vars(point)) for point in forecast.points],
                forecast=ForecastOut.model_validate(queries.forecast_as_json(forecast, data.target)),
                cost=cost,
            )
        )


def _forecast_summary(
    project: Project,
    curve: LearningCurve | None,
    task_counts: dict[str, int],
    contracts: dict[str, int],
    *,
    effort: queries.LabelingEffort,
    agreement: float | None,
    interval_scale: float,
) -> ForecastSummaryOut:
    """A row of the list. It asks the database for nothing: what it needs was read for all rows at once."""
    points = list(curve.points.all()) if curve else []
    body = forecast = cost_forecast = None
    reasons = []
    if curve:
        body = queries.cached_forecast(curve, points, target=project.target, interval_scale=interval_scale)
    if curve and body and not body["is_reached"]:
        forecast = queries.fit_forecast(curve, points, interval_scale=interval_scale)
        subgroups = queries.subgroup_forecasts(curve, points, project.target)
        reasons = queries.diagnose(body, subgroups, agreement, project.target)
    if forecast:
        cost_forecast = queries.forecast_cost(forecast, project.target, effort=effort)
    pooled = pool_seeds(queries.metric_points(points, "accuracy")) if points else []
    return ForecastSummaryOut(
        project_id=project.pk,
        name=project.name,
        kind=project.kind,
        target=project.target,
        done_tasks=task_counts["done"],
        open_tasks=task_counts["open"] + task_counts["review"],
        target_status=queries.target_status(body),
        learning_curve_id=curve.pk if curve else None,
        forecast=ForecastOut.model_validate(body) if body else None,
        pooled=[PooledPointOut(**vars(point)) for point in pooled],
        cost_forecast=CostForecastOut.model_validate(cost_forecast) if cost_forecast else None,
        diagnosis=[diagnosis_out(reason) for reason in reasons],
        contracts=contracts,
    )


def diagnosis_out(reason: dict[str, Any]) -> DiagnosisOut:
    """A reason of `queries.diagnose`, its evidence apart from its code."""
    return DiagnosisOut(code=reason["code"], evidence={key: value for key, value in reason.items() if key != "code"})


class ForecastBacktestList(Endpoint):
    """Backtests of forecasts."""

    scopes: ClassVar = {"GET": Scope.RUNS_READ}

    @document(
        summary="Backtests of a project's forecasts, newest first",
        out=Page[ForecastBacktestOut],
        query=BACKTESTS,
        errors=[NotFound, InvalidInput],
    )
    def get(self, request: Request, project_id: int) -> Response:
        """One page."""
        project = Project.objects.visible_to(self.actor).get_or_404(pk=project_id)
        backtests = ForecastBacktest.objects.visible_to(self.actor).filter(
            stored_forecast__learning_curve__project=project
        )
        return Response(BACKTESTS.page(request, backtests.select_related("stored_forecast"), _backtest_out))


def _backtest_out(backtest: ForecastBacktest) -> ForecastBacktestOut:
    return ForecastBacktestOut(
        n=backtest.n,
        score=backtest.score,
        low_80=backtest.low_80,
        median=backtest.median,
        high_80=backtest.high_80,
        is_in_80=backtest.is_in_80,
        is_in_95=backtest.is_in_95,
        forecast_at=backtest.stored_forecast.created_at,
        forecast_labels=backtest.stored_forecast.forecast["current_labels"],
        created_at=backtest.created_at,
    )
