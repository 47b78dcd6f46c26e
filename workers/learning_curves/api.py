"""Routes of the label budget."""

from typing import Any, ClassVar

from pydantic import Field
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.labeling.services import count_tasks_by_state
from annotation.projects.models import Project
from annotation.snapshots.models import Snapshot
from plateau.access.endpoint import Endpoint
from plateau.access.scopes import Scope
from plateau.http.errors import Conflict, Invalid, NotFound, ProjectArchived
from plateau.http.etags import IF_MATCH, unchanged
from plateau.http.openapi import document
from plateau.http.paging import Page
from plateau.http.query import QueryModel, parse_query
from plateau.http.validation import parse
from plateau.jobs.api import job_out
from statkit.learning_curves import forecast_curve, pool_seeds
from statkit.learning_curves.cost_model import additional_labels, labeling_cost
from workers.learning_curves import live, queries, services
from workers.learning_curves.filters import CURVES, OUTCOMES, PORTFOLIO, REPLAYS, WAYS
from workers.learning_curves.models import ForecastOutcome, LivePlan, Replay, Study, Ways
from workers.learning_curves.schemas import (
    BudgetOut,
    DiagnosisOut,
    EconomicsIn,
    EconomicsOut,
    ForecastOut,
    GainOut,
    LiveIn,
    LiveOut,
    MoneyOut,
    OutcomeOut,
    OutlookOut,
    PartOut,
    PastedIn,
    PastedOut,
    PointOut,
    PooledOut,
    QuantilesOut,
    RecordOut,
    ReplayIn,
    ReplayOut,
    StudyIn,
    StudyOut,
    WaysIn,
    WaysOut,
    WorthOut,
)

METRICS = ("accuracy", "macro_f1", "auroc")


def _cost(points: list[Any], sizes: list[int]) -> float | None:
    """Seconds of all new trainings over those of one on all labels."""
    whole = [point.seconds for point in points if point.n == sizes[-1]]
    spent = sum(point.seconds for point in points if not point.reused)
    # The first training on all labels also fetches and describes the pictures; that is what "a training" costs.
    return spent / max(whole) if whole and max(whole) > 0 else None


def study_out(row: Study, target: float, metric: str = "accuracy", *, widen: float | None = None) -> StudyOut:
    """A curve with its forecast for `target`; for `widen` see `queries.forecast_of`."""
    points = sorted(row.points.all(), key=lambda point: (point.n, point.seed))
    body = queries.forecast_body(row, points, target=target, metric=metric, widen=widen)
    known = {"accuracy", "macro_f1"} | {name for point in points for name in point.metrics}
    return StudyOut(
        id=row.pk,
        project_id=row.project_id,
        snapshot_id=row.snapshot_id,
        snapshot_version=row.snapshot.version,
        recipe=row.recipe,
        params=row.params,
        sizes=row.sizes,
        seeds=row.seeds,
        plan=row.plan,
        budget=row.budget,
        cost=_cost(points, row.sizes),
        live=row.live,
        metrics=[name for name in METRICS if name in known],
        created_at=row.created_at,
        job=job_out(row.job),
        points=[PointOut.model_validate(point, from_attributes=True) for point in points],
        pooled=[PooledOut(**vars(point)) for point in pool_seeds(queries.rows_of(points, metric))],
        forecast=ForecastOut.model_validate(body) if body else None,
    )


class CurveQuery(QueryModel):
    """What to read a curve for."""

    target: float | None = Field(default=None, gt=0, lt=1, description="Another target than the project's")
    metric: str = Field(
        default="accuracy",
        max_length=200,
        pattern=r"^(accuracy|macro_f1|auroc|class:[^\x00]+|meta:[^\x00]+)$",
        description="`accuracy`, `macro_f1`, `auroc`, `class:<label id>` or `meta:<field>=<value>`",
    )


class BudgetQuery(CurveQuery):
    """And for what team and price."""

    price: float | None = Field(
        default=None, ge=0, le=1e9, description="Of one accepted label, instead of the queue's or the entered one"
    )
    speed: float = Field(
        default=1, ge=0.01, le=100, description="Of the team against now: 2 is twice as many labels a day"
    )


class StudyList(Endpoint):
    """Learning curves of a project."""

    scopes: ClassVar = {"GET": Scope.RUNS_READ, "POST": Scope.RUNS_WRITE}

    @document(summary="Learning curves, newest first", out=Page[StudyOut], query=CURVES, refusals=[NotFound, Invalid])
    def get(self, request: Request, project_id: int) -> Response:
        """One page, each with its forecast for the project's target."""
        project = Project.objects.visible_to(self.actor).one(pk=project_id)
        rows = Study.objects.visible_to(self.actor).filter(project=project, ways=None)
        rows = rows.select_related("job", "snapshot", "project").prefetch_related("points")
        widen = queries.record_of(project.organization_id)["widen"]
        return Response(CURVES.page(request, rows, lambda row: study_out(row, project.target, widen=widen)))

    @document(
        summary="Measure a learning curve",
        body=StudyIn,
        out=StudyOut,
        status=201,
        refusals=[NotFound, Conflict, ProjectArchived],
    )
    def post(self, request: Request, project_id: int) -> Response:
        """Order one."""
        given = parse(StudyIn, request.data)
        project = Project.objects.visible_to(self.actor).active(pk=project_id)
        snapshot = Snapshot.objects.visible_to(self.actor).filter(project=project).one(pk=given.snapshot_id)
        study = services.order_study(
            actor=self.actor, snapshot=snapshot, recipe=given.recipe, params=given.params, budget=given.budget
        )
        return Response(study_out(study, project.target), status=201)


class StudyOne(Endpoint):
    """One learning curve."""

    scopes: ClassVar = {"GET": Scope.RUNS_READ}

    @document(
        summary="A learning curve and its forecast",
        out=StudyOut,
        query=CurveQuery,
        refusals=[NotFound, Invalid],
    )
    def get(self, request: Request, study_id: int) -> Response:
        """The curve."""
        row = Study.objects.visible_to(self.actor).select_related("job", "snapshot", "project").one(pk=study_id)
        query = parse_query(CurveQuery, request)
        return Response(study_out(row, query.target or row.project.target, query.metric))


class StudyBudget(Endpoint):
    """Everything that a curve says of a target."""

    scopes: ClassVar = {"GET": Scope.RUNS_READ}

    @document(
        summary="Labels, money and time to a target; classes and slices; whether it pays; the record of past forecasts",
        out=BudgetOut,
        query=BudgetQuery,
        refusals=[NotFound, Invalid],
    )
    def get(self, request: Request, study_id: int) -> Response:
        """For the project's target, or what if it were another, or the team another."""
        row = Study.objects.visible_to(self.actor).select_related("job", "snapshot", "project").one(pk=study_id)
        query = parse_query(BudgetQuery, request)
        target = query.target or row.project.target
        return Response(_budget(row, target, query.metric, query.price, query.speed))


def _budget(row: Study, target: float, metric: str, price: float | None, speed: float) -> BudgetOut:
    points = list(row.points.all())
    made = queries.forecast_of(row, points, metric)
    body = queries.body_of(made, target) if made else None
    parts = queries.parts_of(row, points, target)
    work = queries.works_of([row.project])[row.project_id]
    money = queries.money_and_time(made, target, work=work, price=price, speed=speed) if made else None
    worth = queries.worth_body(row.project, made, price=money["price"] if money else None) if made else None
    agreement = queries.agreements_of([row.project_id]).get(row.project_id)
    reasons = queries.diagnosis_of(body, parts, agreement, target)
    return BudgetOut(
        study_id=row.pk,
        metric=metric,
        forecast=ForecastOut.model_validate(body) if body else None,
        money=MoneyOut.model_validate(money) if money else None,
        worth=WorthOut.model_validate(worth) if worth else None,
        economics=_economics(row.project),
        parts=[PartOut.model_validate(part) for part in parts],
        record=RecordOut.model_validate(queries.record_of(row.project.organization_id)),
        agreement=agreement,
        diagnosis=[_reason(one) for one in reasons],
    )


def _economics(project: Project) -> EconomicsOut:
    row = queries.economics_of(project)
    return EconomicsOut.model_validate({name: getattr(row, name) for name in EconomicsIn.model_fields})


class Portfolio(Endpoint):
    """All projects at a glance."""

    scopes: ClassVar = {"GET": Scope.RUNS_READ}

    @document(
        summary="Which projects will reach their target, which will not, and why",
        out=Page[OutlookOut],
        query=PORTFOLIO,
        refusals=[Invalid],
    )
    def get(self, request: Request) -> Response:
        """One page."""
        rows = Project.objects.visible_to(self.actor).filter(archived_at__isnull=True)
        page = PORTFOLIO.rows(request, rows)
        shown = page.rows
        ids = [row.pk for row in shown]
        studies, counts = queries.newest_studies(ids), count_tasks_by_state(project_ids=ids)
        contracts, agreements = queries.contracts_by_state(ids), queries.agreements_of(ids)
        works = queries.works_of(shown, {pk: one["done"] for pk, one in counts.items()})
        widen = queries.record_of(self.actor.organization_id)["widen"]
        found = [
            _outlook(
                row,
                studies.get(row.pk),
                counts[row.pk],
                contracts.get(row.pk, {}),
                work=works[row.pk],
                agreement=agreements.get(row.pk),
                widen=widen,
            )
            for row in shown
        ]
        return Response(page.page(found))


def _outlook(
    project: Project,
    study: Study | None,
    counts: dict[str, int],
    contracts: dict[str, int],
    *,
    work: queries.Work,
    agreement: float | None,
    widen: float,
) -> OutlookOut:
    """A row of the portfolio. It asks the database for nothing: what it needs was read for all rows at once."""
    points = list(study.points.all()) if study else []
    body = queries.forecast_body(study, points, target=project.target, widen=widen) if study else None
    made = queries.forecast_of(study, points, widen=widen) if study and body and not body["reached"] else None
    money = queries.money_and_time(made, project.target, work=work) if made else None
    reasons = []
    if study and body and not body["reached"]:
        parts = queries.parts_of(study, points, project.target)
        reasons = queries.diagnosis_of(body, parts, agreement, project.target)
    return OutlookOut(
        project_id=project.pk,
        name=project.name,
        kind=project.kind,
        target=project.target,
        done=counts["done"],
        left=counts["open"] + counts["review"],
        outlook=queries.outlook_of(body),
        study_id=study.pk if study else None,
        forecast=ForecastOut.model_validate(body) if body else None,
        pooled=[PooledOut(**vars(point)) for point in pool_seeds(queries.rows_of(points, "accuracy"))]
        if points
        else [],
        money=MoneyOut.model_validate(money) if money else None,
        diagnosis=[_reason(one) for one in reasons],
        contracts=contracts,
    )


def _reason(one: dict[str, Any]) -> DiagnosisOut:
    return DiagnosisOut(code=one["code"], evidence={key: value for key, value in one.items() if key != "code"})


class ProjectEconomics(Endpoint):
    """What labels and mistakes cost."""

    scopes: ClassVar = {"GET": Scope.RUNS_READ, "PATCH": Scope.RUNS_WRITE}

    @document(summary="What labels and mistakes cost", out=EconomicsOut, refusals=[NotFound])
    def get(self, request: Request, project_id: int) -> Response:
        """As entered."""
        return Response(_economics(Project.objects.visible_to(self.actor).one(pk=project_id)))

    @document(
        summary="Enter what labels and mistakes cost",
        body=EconomicsIn,
        headers=IF_MATCH,
        out=EconomicsOut,
        refusals=[NotFound, ProjectArchived],
    )
    def patch(self, request: Request, project_id: int) -> Response:
        """What is left out stays."""
        given = parse(EconomicsIn, request.data)
        project = Project.objects.visible_to(self.actor).active(pk=project_id)
        with unchanged(request, project, lambda: _economics(project)):
            services.set_economics(actor=self.actor, project=project, values=given.model_dump(exclude_unset=True))
        return Response(_economics(project))


class ForecastRecords(Endpoint):
    """Past forecasts against what came."""

    scopes: ClassVar = {"GET": Scope.RUNS_READ}

    @document(
        summary="Scored forecasts of a project, newest first",
        out=Page[OutcomeOut],
        query=OUTCOMES,
        refusals=[NotFound, Invalid],
    )
    def get(self, request: Request, project_id: int) -> Response:
        """One page."""
        project = Project.objects.visible_to(self.actor).one(pk=project_id)
        rows = ForecastOutcome.objects.visible_to(self.actor).filter(record__study__project=project)
        return Response(OUTCOMES.page(request, rows.select_related("record"), _outcome))


def _outcome(row: ForecastOutcome) -> OutcomeOut:
    return OutcomeOut(
        n=row.n,
        score=row.score,
        low=row.low,
        middle=row.middle,
        high=row.high,
        inside80=row.inside80,
        inside95=row.inside95,
        made_at=row.record.created_at,
        made_with=row.record.body["labels_now"],
        created_at=row.created_at,
    )


class ProjectLive(Endpoint):
    """The live curve."""

    scopes: ClassVar = {"GET": Scope.PROJECTS_READ, "PUT": Scope.RUNS_WRITE}

    @document(
        summary="Labels until the next training, and what the last ones brought", out=LiveOut, refusals=[NotFound]
    )
    def get(self, request: Request, project_id: int) -> Response:
        """For the header of whoever labels."""
        return Response(_live(Project.objects.visible_to(self.actor).one(pk=project_id)))

    @document(
        summary="Measure by itself",
        body=LiveIn,
        out=LiveOut,
        headers=IF_MATCH,
        refusals=[NotFound, Conflict, ProjectArchived],
    )
    def put(self, request: Request, project_id: int) -> Response:
        """Set when."""
        given = parse(LiveIn, request.data)
        project = Project.objects.visible_to(self.actor).active(pk=project_id)
        with unchanged(request, project, lambda: _live(project)):
            services.set_live_plan(actor=self.actor, project=project, **given.model_dump())
        return Response(_live(project))


def _live(project: Project) -> LiveOut:
    row = LivePlan.objects.filter(project=project).first()
    header = live.header_of(project)
    plan = LiveIn.model_validate({name: getattr(row, name) for name in LiveIn.model_fields}) if row else None
    return LiveOut(
        plan=plan,
        problem=row.problem if row else "",
        labels_until=header["labels_until"],
        measuring=header["measuring"],
        gain=GainOut(**header["gain"]) if header["gain"] else None,
    )


class ReplayList(Endpoint):
    """Comparisons of query strategies."""

    scopes: ClassVar = {"GET": Scope.RUNS_READ, "POST": Scope.RUNS_WRITE}

    @document(
        summary="Comparisons of query strategies, newest first",
        out=Page[ReplayOut],
        query=REPLAYS,
        refusals=[NotFound, Invalid],
    )
    def get(self, request: Request, project_id: int) -> Response:
        """One page."""
        project = Project.objects.visible_to(self.actor).one(pk=project_id)
        rows = Replay.objects.visible_to(self.actor).filter(project=project).select_related("job", "snapshot")
        return Response(REPLAYS.page(request, rows, _replay))

    @document(
        summary="Try query strategies on labels that are there",
        body=ReplayIn,
        out=ReplayOut,
        status=201,
        refusals=[NotFound, Conflict, ProjectArchived],
    )
    def post(self, request: Request, project_id: int) -> Response:
        """Order a comparison."""
        given = parse(ReplayIn, request.data)
        project = Project.objects.visible_to(self.actor).active(pk=project_id)
        snapshot = Snapshot.objects.visible_to(self.actor).filter(project=project).one(pk=given.snapshot_id)
        return Response(_replay(services.order_replay(actor=self.actor, snapshot=snapshot)), status=201)


def _replay(row: Replay) -> ReplayOut:
    return ReplayOut(id=row.pk, snapshot_version=row.snapshot.version, created_at=row.created_at, job=job_out(row.job))


class WaysList(Endpoint):
    """Ways of training beside each other."""

    scopes: ClassVar = {"GET": Scope.RUNS_READ, "POST": Scope.RUNS_WRITE}

    @document(
        summary="What ways of training are worth in labels, newest first",
        out=Page[WaysOut],
        query=WAYS,
        refusals=[NotFound, Invalid],
    )
    def get(self, request: Request, project_id: int) -> Response:
        """One page."""
        project = Project.objects.visible_to(self.actor).one(pk=project_id)
        rows = Ways.objects.visible_to(self.actor).filter(project=project).select_related("snapshot")
        rows = rows.prefetch_related("studies__points", "studies__job")
        return Response(WAYS.page(request, rows, queries.ways_out))

    @document(
        summary="Train in every way that a choice offers", body=WaysIn, out=WaysOut, status=201,
        refusals=[NotFound, Conflict, ProjectArchived],
    )  # fmt: skip
    def post(self, request: Request, project_id: int) -> Response:
        """Order it."""
        given = parse(WaysIn, request.data)
        project = Project.objects.visible_to(self.actor).active(pk=project_id)
        snapshot = Snapshot.objects.visible_to(self.actor).filter(project=project).one(pk=given.snapshot_id)
        row = services.order_ways(actor=self.actor, snapshot=snapshot, **given.model_dump(exclude={"snapshot_id"}))
        return Response(queries.ways_out(row), status=201)


class PastedCurve(Endpoint):
    """A curve made elsewhere."""

    scopes: ClassVar = {"POST": Scope.RUNS_READ}

    @document(summary="Forecast from a curve made elsewhere", body=PastedIn, out=PastedOut)
    def post(self, request: Request) -> Response:
        """Nothing is kept.

        Raises:
            Invalid: the curve cannot be forecast; the message says why.
        """
        given = parse(PastedIn, request.data)
        points = [one.model_dump(exclude_none=True) for one in given.points]
        try:
            made = forecast_curve(points, [given.target], (given.worst, given.best))
        except ValueError as error:
            raise Invalid(f"points: {error}", [{"field": "points", "message": str(error)}]) from error
        needed = made.labels_needed(given.target)
        money = None
        if given.price is not None:
            more = additional_labels(needed, made.points[-1].n)
            money = QuantilesOut.model_validate(queries.quantiles(labeling_cost(more, given.price)))
        body = queries.body_of(made, given.target)
        return Response(
            PastedOut(
                pooled=[PooledOut(**vars(point)) for point in made.points],
                forecast=ForecastOut.model_validate(body),
                money=money,
            )
        )
