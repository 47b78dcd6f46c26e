"""Routes of learning curves."""

from datetime import datetime
from typing import Any, ClassVar

from plateau.jobs.api import JobOut, job_out
from plateau.kernel.endpoint import Endpoint
from plateau.kernel.errors import Conflict, Invalid, NotFound
from plateau.kernel.openapi import document
from plateau.kernel.paging import PAGE_QUERY, Page, page
from plateau.kernel.scopes import Scope
from plateau.kernel.typed import Strict, parse
from pydantic import BaseModel, Field
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.projects.models import Project
from annotation.projects.schemas import Id
from annotation.snapshots.models import Snapshot
from workers.budget import services
from workers.budget.models import Study
from workers.curves import pool


class StudyIn(Strict):
    """What curve to measure."""

    snapshot_id: Id
    recipe: str = Field(max_length=40)
    params: dict[str, float] = Field(default_factory=dict, max_length=50)
    points: int = Field(default=6, ge=3, le=12, description="Sizes, each twice the one before")
    seeds: int = Field(default=5, ge=1, le=20, description="Trainings at each size")


class PointOut(BaseModel):
    """One training."""

    n: int
    seed: int
    accuracy: float
    macro_f1: float
    test_items: int
    seconds: float


class PooledOut(BaseModel):
    """The mean over seeds at one size; `se` joins the spread of seeds and of the sealed split."""

    n: int
    score: float
    se: float
    seeds: int


class NeededOut(BaseModel):
    """Labels needed in all, at three quantiles; null means: never."""

    p10: float | None
    p50: float | None
    p90: float | None


class BandOut(BaseModel):
    """Forecast accuracy at one size."""

    n: float
    p10: float
    p50: float
    p90: float


class ForecastOut(BaseModel):
    """What the curve says of the target. p10 to p90 is the 80 % interval."""

    target: float
    labels_now: int
    score_now: float
    reached: bool
    needed: NeededOut
    probability_never: float
    next_purchase: int
    flags: list[str]
    band: list[BandOut]


class StudyOut(BaseModel):
    """A learning curve."""

    id: int
    project_id: int
    snapshot_id: int
    snapshot_version: int
    recipe: str
    params: dict[str, Any]
    sizes: list[int]
    seeds: list[int]
    created_at: datetime
    job: JobOut
    points: list[PointOut]
    pooled: list[PooledOut]
    forecast: ForecastOut | None


def study_out(row: Study, target: float) -> StudyOut:
    """A curve with its forecast for `target`."""
    points = sorted(row.points.all(), key=lambda point: (point.n, point.seed))
    rows = services.rows_of(points)
    body = services.forecast_body(row, rows, target=target)
    return StudyOut(
        id=row.pk,
        project_id=row.project_id,
        snapshot_id=row.snapshot_id,
        snapshot_version=row.snapshot.version,
        recipe=row.recipe,
        params=row.params,
        sizes=row.sizes,
        seeds=row.seeds,
        created_at=row.created_at,
        job=job_out(row.job),
        points=[PointOut.model_validate(point, from_attributes=True) for point in points],
        pooled=[PooledOut(**vars(point)) for point in pool(rows)],
        forecast=ForecastOut.model_validate(body) if body else None,
    )


class StudyList(Endpoint):
    """Learning curves of a project."""

    scopes: ClassVar = {"GET": Scope.RUNS_READ, "POST": Scope.RUNS_WRITE}

    @document(
        summary="Learning curves, newest first", out=Page[StudyOut], query=PAGE_QUERY, refusals=[NotFound, Invalid]
    )
    def get(self, request: Request, project_id: int) -> Response:
        """One page, each with its forecast for the project's target."""
        project = Project.objects.visible_to(self.actor).one(pk=project_id)
        rows = Study.objects.visible_to(self.actor).filter(project=project)
        rows = rows.select_related("job", "snapshot").prefetch_related("points")
        return Response(page(request, rows, lambda row: study_out(row, project.target)))

    @document(summary="Measure a learning curve", body=StudyIn, out=StudyOut, status=201, refusals=[NotFound, Conflict])
    def post(self, request: Request, project_id: int) -> Response:
        """Order one."""
        given = parse(StudyIn, request.data)
        project = Project.objects.visible_to(self.actor).one(pk=project_id)
        snapshot = Snapshot.objects.visible_to(self.actor).filter(project=project).one(pk=given.snapshot_id)
        study = services.order_study(
            actor=self.actor,
            snapshot=snapshot,
            recipe=given.recipe,
            params=given.params,
            points=given.points,
            seeds=given.seeds,
        )
        return Response(study_out(study, project.target), status=201)


class StudyOne(Endpoint):
    """One learning curve."""

    scopes: ClassVar = {"GET": Scope.RUNS_READ}

    @document(
        summary="A learning curve and its forecast",
        out=StudyOut,
        query={"target": (float, "Another target than the project's, between 0 and 1")},
        refusals=[NotFound, Invalid],
    )
    def get(self, request: Request, study_id: int) -> Response:
        """The curve.

        Raises:
            Invalid: `target` is no share.
        """
        row = Study.objects.visible_to(self.actor).select_related("job", "snapshot", "project").one(pk=study_id)
        text = request.query_params.get("target")
        try:
            target = float(text) if text else row.project.target
        except ValueError:
            target = -1.0
        if not 0 < target < 1:
            message = "must be a number between 0 and 1"
            raise Invalid(f"target: {message}", [{"field": "target", "message": message}])
        return Response(study_out(row, target))
