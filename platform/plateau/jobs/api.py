"""Routes of jobs: how far, what came out, stop it."""

from datetime import datetime
from typing import Any, ClassVar

from pydantic import BaseModel
from rest_framework.request import Request
from rest_framework.response import Response

from plateau.jobs import services
from plateau.jobs.models import Job
from plateau.kernel.endpoint import Endpoint
from plateau.kernel.errors import Conflict, Invalid, NotFound
from plateau.kernel.openapi import document
from plateau.kernel.paging import PAGE_QUERY, Page, number, page
from plateau.kernel.scopes import Scope


class JobOut(BaseModel):
    """A job."""

    id: int
    kind: str
    queue: str
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
        query=PAGE_QUERY | {"project": (int, "Of one project")},
        refusals=[Invalid],
    )
    def get(self, request: Request) -> Response:
        """One page."""
        rows = Job.objects.visible_to(self.actor)
        project = number(request, "project", None, low=0, high=2**63 - 1)
        if project is not None:
            rows = rows.filter(project_id=project)
        return Response(page(request, rows, job_out))


class JobDetail(Endpoint):
    """One job."""

    scopes: ClassVar = {"GET": Scope.RUNS_READ}

    @document(
        summary="How far a job is",
        out=JobWithLog,
        query={"since": (int, "Log lines after this id")},
        refusals=[NotFound, Invalid],
    )
    def get(self, request: Request, job_id: int) -> Response:
        """The job and at most 500 new log lines."""
        job = Job.objects.visible_to(self.actor).one(pk=job_id)
        since = number(request, "since", 0, low=0, high=2**63 - 1) or 0
        lines = job.log.filter(id__gt=since).order_by("id")[:500]
        log = [JobLogOut(id=row.pk, step=row.step, attempt=row.attempt, values=row.values) for row in lines]
        return Response(JobWithLog(**job_out(job).model_dump(), log=log))


class JobCancel(Endpoint):
    """Stop a job."""

    scopes: ClassVar = {"POST": Scope.RUNS_WRITE}

    @document(summary="Cancel a job", out=JobOut, refusals=[NotFound, Conflict])
    def post(self, request: Request, job_id: int) -> Response:
        """At once while queued, within seconds while running."""
        job = Job.objects.visible_to(self.actor).one(pk=job_id)
        return Response(job_out(services.request_cancel(job=job)))
