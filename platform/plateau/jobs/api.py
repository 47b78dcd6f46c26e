"""Routes of jobs: how far, what came out, stop it."""

from datetime import datetime
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, Field
from rest_framework.request import Request
from rest_framework.response import Response

from labelkit.messages import Message
from plateau.access.endpoint import Endpoint
from plateau.access.scopes import Scope
from plateau.http.errors import MissingScope, NotFound, ProjectArchived
from plateau.http.openapi import document
from plateau.http.paging import Page
from plateau.http.query import QueryModel, parse_query
from plateau.http.validation import RequestModel, parse
from plateau.jobs import services
from plateau.jobs.errors import JobEnded, JobNotFailed, JobNotQueued, JobNotRestartable, JobRepeated
from plateau.jobs.filters import JOBS
from plateau.jobs.models import Job, JobState
from plateau.jobs.output import CHUNK, RETAINED, read_output
from plateau.jobs.queries import stall_reason
from plateau.texts import translate
from plateau.texts.fields import read_parameters

StallReason = Literal["unclaimed", "cancel_ignored", "worker_lost", "no_progress"]


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
    restart_refusal: str = Field(
        default="", description="Why this failed job cannot be started again as it is; empty where it can"
    )
    subject_ids: dict[str, int] = Field(
        default={}, description="What the job is about, such as `version_id` or `batch_id`"
    )
    stall_reason: StallReason | None = Field(
        default=None, description="Why it should have moved and did not; in the list of stalled jobs alone"
    )
    worker: str = Field(default="", description="Whose it is; in the list of stalled jobs alone")
    lease_until: datetime | None = Field(default=None, description="In the list of stalled jobs alone")
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
    """A job, what it was ordered with, and the log lines since `since`."""

    parameters: dict[str, float | bool | str]
    log: list[JobLogOut]


def _parameters(payload: dict[str, Any]) -> dict[str, float | bool | str]:
    """What a person chose: no ids, and nothing of the storage."""
    chosen = payload | (payload["params"] if isinstance(payload.get("params"), dict) else {})
    return {
        key: value
        for key, value in chosen.items()
        if isinstance(value, str | int | float) and key != "key" and not key.endswith("_id")
    }


def job_out(job: Job) -> JobOut:
    """A job on the wire; of an error, its first line (the rest is in the worker's log)."""
    return JobOut(
        id=job.pk,
        kind=job.kind,
        queue=job.queue,
        priority=job.priority,
        state=job.state,
        project_id=job.project_id,
        message=translate(job.message),
        done=job.done,
        total=job.total,
        attempt=job.attempt,
        error=translate(job.error).split("\n", 1)[0],
        result=_result(job),
        cancel_requested=job.cancel_requested_at is not None,
        restart_refusal=translate(services.restart_refusal(job)) if job.state == JobState.FAILED else "",
        subject_ids={key: value for key, value in job.payload.items() if key.endswith("_id") and type(value) is int},
        created_at=job.created_at,
        started_at=job.started_at,
        ended_at=job.ended_at,
    )


def _result(job: Job) -> dict[str, object]:
    """What came out, with texts in the language of the request."""
    values = read_parameters(job.result)
    return {key: translate(value) if isinstance(value, Message) else value for key, value in values.items()}


def _stalled_job(job: Job) -> JobOut:
    more = {"stall_reason": stall_reason(job), "worker": job.worker, "lease_until": job.lease_until}
    return JobOut(**job_out(job).model_dump() | more)


class JobList(Endpoint):
    """Jobs of the organization."""

    scopes: ClassVar = {"GET": Scope.RUNS_READ}

    @document(
        summary="Jobs, newest first",
        out=Page[JobOut],
        query=JOBS,
        errors=[MissingScope],
    )
    def get(self, request: Request) -> Response:
        """One page."""
        only_stalled = JOBS.parse(request).state == "stalled"
        if only_stalled and not self.actor.may(Scope.RUNS_WRITE):
            raise MissingScope(
                Message("The list of stalled jobs needs the scope `{runs_write}`.", runs_write=Scope.RUNS_WRITE)
            )
        write_out = _stalled_job if only_stalled else job_out
        return Response(JOBS.page(request, Job.objects.visible_to(self.actor), write_out))


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
        errors=[NotFound],
    )
    def get(self, request: Request, job_id: int) -> Response:
        """The job and at most 500 new log lines."""
        job = Job.objects.visible_to(self.actor).get_or_404(pk=job_id)
        since = parse_query(LogQuery, request).since
        lines = job.log.filter(id__gt=since).order_by("id")[:500]
        log = [JobLogOut(id=row.pk, step=row.step, attempt=row.attempt, values=row.values) for row in lines]
        out = job_out(job).model_dump()
        return Response(JobWithLog(**out, parameters=_parameters(job.payload), log=log))


class JobOutputOut(BaseModel):
    """A part of what a job wrote: characters `begin` to `end` of `size`; what lies before `oldest` was dropped."""

    text: str
    begin: int
    end: int
    size: int
    oldest: int


class OutputQuery(QueryModel):
    """Which part of a job's output; the newest where neither place is given."""

    after: int | None = Field(default=None, ge=0, le=2**63 - 1, description="From this character on")
    before: int | None = Field(default=None, ge=0, le=2**63 - 1, description="Up to this character")
    limit: int = Field(default=CHUNK, ge=1, le=RETAINED, description="Characters, at most")


class JobOutputDetail(Endpoint):
    """What a job wrote while it worked."""

    scopes: ClassVar = {"GET": Scope.RUNS_READ}

    @document(summary="A part of a job's log", out=JobOutputOut, query=OutputQuery, errors=[NotFound])
    def get(self, request: Request, job_id: int) -> Response:
        """The newest part, or that from or up to a place."""
        job = Job.objects.visible_to(self.actor).get_or_404(pk=job_id)
        query = parse_query(OutputQuery, request)
        part = read_output(job.pk, after=query.after, before=query.before, limit=query.limit)
        return Response(JobOutputOut(**vars(part)))


class PriorityIn(RequestModel):
    """How soon a queued job's turn comes."""

    priority: int = Field(ge=-100, le=100, description="Higher is sooner; 0 if never set")


class JobRequeue(Endpoint):
    """Queue a stalled job again."""

    scopes: ClassVar = {"POST": Scope.RUNS_WRITE}

    @document(summary="Take a job from its worker and queue it again", out=JobOut, errors=[NotFound, JobEnded])
    def post(self, request: Request, job_id: int) -> Response:
        """At once; what the worker still writes is refused."""
        job = Job.objects.visible_to(self.actor).get_or_404(pk=job_id)
        return Response(job_out(services.requeue(actor=self.actor, job=job)))


class JobRestart(Endpoint):
    """Do a failed job again."""

    scopes: ClassVar = {"POST": Scope.RUNS_WRITE}

    @document(
        summary="Start a failed job again with the same parameters",
        out=JobOut,
        errors=[NotFound, JobNotFailed, JobNotRestartable, JobRepeated, ProjectArchived],
    )
    def post(self, request: Request, job_id: int) -> Response:
        """Queue it again; a job that waits or runs is returned as it is."""
        job = Job.objects.visible_to(self.actor).get_or_404(pk=job_id)
        return Response(job_out(services.restart(actor=self.actor, job=job)))


class JobPriority(Endpoint):
    """Whose turn comes first."""

    scopes: ClassVar = {"PUT": Scope.RUNS_WRITE}

    @document(
        summary="How soon a queued job's turn comes among the organization's own",
        body=PriorityIn,
        out=JobOut,
        errors=[NotFound, JobNotQueued],
    )
    def put(self, request: Request, job_id: int) -> Response:
        """Set it."""
        change = parse(PriorityIn, request.data)
        job = Job.objects.visible_to(self.actor).get_or_404(pk=job_id)
        return Response(job_out(services.set_priority(actor=self.actor, job=job, priority=change.priority)))


class JobCancel(Endpoint):
    """Stop a job."""

    scopes: ClassVar = {"POST": Scope.RUNS_WRITE}

    @document(summary="Cancel a job", out=JobOut, errors=[NotFound, JobEnded])
    def post(self, request: Request, job_id: int) -> Response:
        """At once while queued, within seconds while running."""
        job = Job.objects.visible_to(self.actor).get_or_404(pk=job_id)
        return Response(job_out(services.request_cancel(job=job, actor=self.actor)))
