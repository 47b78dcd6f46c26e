"""Routes of jobs: how far, what came out, stop it."""

from datetime import datetime
from typing import Any, ClassVar

from django.utils import timezone
from pydantic import BaseModel, Field
from rest_framework.request import Request
from rest_framework.response import Response

from plateau.access.endpoint import Endpoint
from plateau.access.scopes import Scope
from plateau.http.errors import Conflict, Invalid, NotFound
from plateau.http.openapi import document
from plateau.http.paging import Page
from plateau.http.query import QueryModel, parse_query
from plateau.http.validation import Strict, parse
from plateau.jobs import services
from plateau.jobs.filters import JOBS
from plateau.jobs.models import Job, JobState


class JobOut(BaseModel):
    """A job."""

    id: int
    kind: str
    queue: str
    priority: int
    state: str
    project_id: int | None
    message: str
    done: int
    total: int
    attempt: int
    error: str
    result: dict[str, Any]
    cancel_requested: bool
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


class StuckOut(JobOut):
    """A job that should have moved. `why`: lost, quiet, waiting or cancelling."""

    why: str
    worker: str
    lease_until: datetime | None


class JobLogOut(BaseModel):
    """A line of the live log."""

    id: int
    step: int
    attempt: int
    values: dict[str, float]


class JobWithLog(JobOut):
    """A job and the log lines since `since`."""

    log: list[JobLogOut]


def job_out(job: Job) -> JobOut:
    """A job on the wire; of an error, its first line (the rest is in the worker's log)."""
    return JobOut(
        id=job.pk,
        kind=job.kind,
        queue=job.queue,
        priority=job.priority,
        state=job.state,
        project_id=job.project_id,
        message=job.message,
        done=job.done,
        total=job.total,
        attempt=job.attempt,
        error=job.error.split("\n", 1)[0],
        result=job.result,
        cancel_requested=job.cancel_requested_at is not None,
        created_at=job.created_at,
        started_at=job.started_at,
        ended_at=job.ended_at,
    )


class JobList(Endpoint):
    """Jobs of the organization."""

    scopes: ClassVar = {"GET": Scope.RUNS_READ}

    @document(
        summary="Jobs, newest first",
        out=Page[JobOut],
        query=JOBS,
        refusals=[Invalid],
    )
    def get(self, request: Request) -> Response:
        """One page."""
        return Response(JOBS.page(request, Job.objects.visible_to(self.actor), job_out))


class LogQuery(QueryModel):
    """Which part of a job's log."""

    since: int = Field(default=0, ge=0, le=2**63 - 1, description="Log lines after this id")


class JobDetail(Endpoint):
    """One job."""

    scopes: ClassVar = {"GET": Scope.RUNS_READ}

    @document(
        summary="How far a job is",
        out=JobWithLog,
        query=LogQuery,
        refusals=[NotFound, Invalid],
    )
    def get(self, request: Request, job_id: int) -> Response:
        """The job and at most 500 new log lines."""
        job = Job.objects.visible_to(self.actor).one(pk=job_id)
        since = parse_query(LogQuery, request).since
        lines = job.log.filter(id__gt=since).order_by("id")[:500]
        log = [JobLogOut(id=row.pk, step=row.step, attempt=row.attempt, values=row.values) for row in lines]
        return Response(JobWithLog(**job_out(job).model_dump(), log=log))


class PriorityIn(Strict):
    """How soon a queued job's turn comes."""

    priority: int = Field(ge=-100, le=100, description="Higher is sooner; 0 if never set")


class StuckList(Endpoint):
    """Work that hangs."""

    scopes: ClassVar = {"GET": Scope.RUNS_WRITE}

    @document(summary="Jobs that should have moved and did not", out=Page[StuckOut], query=JOBS)
    def get(self, request: Request) -> Response:
        """One page."""
        return Response(JOBS.page(request, services.stuck(self.actor), _stuck))


def _stuck(job: Job) -> StuckOut:
    now = timezone.now()
    if job.state == JobState.QUEUED:
        why = "waiting"
    elif job.cancel_requested_at is not None:
        why = "cancelling"
    else:
        why = "lost" if job.lease_until is not None and job.lease_until < now else "quiet"
    return StuckOut(**job_out(job).model_dump(), why=why, worker=job.worker, lease_until=job.lease_until)


class JobFree(Endpoint):
    """Take a job away from a worker that hangs."""

    scopes: ClassVar = {"POST": Scope.RUNS_WRITE}

    @document(summary="Take a job from its worker and queue it again", out=JobOut, refusals=[NotFound, Conflict])
    def post(self, request: Request, job_id: int) -> Response:
        """At once; what the worker still writes is refused."""
        job = Job.objects.visible_to(self.actor).one(pk=job_id)
        return Response(job_out(services.free(actor=self.actor, job=job)))


class JobPriority(Endpoint):
    """Whose turn comes first."""

    scopes: ClassVar = {"PUT": Scope.RUNS_WRITE}

    @document(
        summary="How soon a queued job's turn comes among the organization's own",
        body=PriorityIn,
        out=JobOut,
        refusals=[NotFound, Conflict],
    )
    def put(self, request: Request, job_id: int) -> Response:
        """Set it."""
        given = parse(PriorityIn, request.data)
        job = Job.objects.visible_to(self.actor).one(pk=job_id)
        return Response(job_out(services.prefer(actor=self.actor, job=job, priority=given.priority)))


class JobCancel(Endpoint):
    """Stop a job."""

    scopes: ClassVar = {"POST": Scope.RUNS_WRITE}

    @document(summary="Cancel a job", out=JobOut, refusals=[NotFound, Conflict])
    def post(self, request: Request, job_id: int) -> Response:
        """At once while queued, within seconds while running."""
        job = Job.objects.visible_to(self.actor).one(pk=job_id)
        return Response(job_out(services.request_cancel(job=job)))
