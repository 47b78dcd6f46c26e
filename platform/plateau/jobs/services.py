"""A job's life: submit, claim, report, end, cancel, bring back what was lost."""

import logging
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from celery import current_app
from django.db import connection, models, transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from labelkit.messages import Message
from plateau.access.scopes import Actor
from plateau.audit.services import record
from plateau.http.errors import ProjectArchived
from plateau.jobs.errors import JobEnded, JobNotFailed, JobNotQueued, JobNotRestartable, JobRepeated
from plateau.jobs.hooks import is_archived
from plateau.jobs.kinds import JOB_KINDS, InvalidPayload, JobKind
from plateau.jobs.models import ENDED, UNFINISHED, Job, JobLog, JobState, Route
from plateau.jobs.notification_kinds import tell_of_end
from plateau.telemetry import tracing
from plateau.telemetry.context import fields as context_fields
from plateau.texts.fields import shortened

LEASE = timedelta(seconds=8)
REDISPATCH_AFTER = timedelta(minutes=5)
REPUBLISH_LIMIT = 10  # each message works off its queue: as many as a worker has threads are enough
logger = logging.getLogger(__name__)
P = TypeVar("P")
R = TypeVar("R")


class LeaseLost(Exception):
    """Another attempt owns the job now; stop without writing."""


@dataclass(frozen=True)
class Claim:
    """What a worker holds: the fence around its writes."""

    job_id: int
    attempt: int


def submit(
    kind: JobKind[P], payload: P, *, actor: Actor, project_id: int | None = None, dataset_id: int | None = None
) -> Job:
    """Record a job and dispatch it once the transaction is through.

    `project_id` and `dataset_id` say to what it belongs, and so who sees it.

    Raises:
        UnknownJobKind: nobody does it.
        TypeError, InvalidPayload: the payload is not what the kind takes.
        ProjectArchived: no work on the project begins.
    """
    job = _new(kind, actor, project_id)
    job.dataset_id = dataset_id
    _set_payload(job, kind, payload)
    job.save()
    transaction.on_commit(lambda: dispatch(job.pk, job.queue))
    return job


@transaction.atomic
def submit_with(
    kind: JobKind[P],
    *,
    row: Callable[[Job], R],
    payload: Callable[[R], P],
    actor: Actor,
    project_id: int | None = None,
) -> R:
    """Record a job together with a row that names it and that its payload names; the row.

    Args:
        kind: The kind of job.
        row: Creates the row of the job.
        payload: The payload, of that row.
        actor: Who asks for the work.
        project_id: The project that it is for.

    Raises:
        UnknownJobKind, TypeError, InvalidPayload, ProjectArchived: as `submit`; neither row nor job is left.
    """
    job = _new(kind, actor, project_id)
    job.save()
    subject = row(job)
    _set_payload(job, kind, payload(subject))
    job.save(update_fields=["queue", "payload"])
    transaction.on_commit(lambda: dispatch(job.pk, job.queue))
    return subject


def _new(kind: JobKind, actor: Actor, project_id: int | None) -> Job:
    JOB_KINDS.check(kind)
    if project_id is not None and is_archived(project_id):
        raise ProjectArchived
    return Job(
        organization_id=actor.organization_id,
        project_id=project_id,
        kind=kind.key,
        created_by_id=actor.user_id or None,
        max_attempts=kind.max_attempts,
        request_id=str(context_fields().get("request_id", "")),
        trace=tracing.current(),
    )


def _set_payload(job: Job, kind: JobKind[P], payload: P) -> None:
    """Write into the job its payload, and the queue that the organization's jobs of this kind go to."""
    job.payload = kind.store(payload)
    queue = kind.queue_of(payload)
    route = Route.objects.filter(organization_id=job.organization_id, queue=queue).first()
    job.queue = route.label if route is not None else queue


def dispatch(job_id: int, queue: str) -> None:
    """Publish a message to the broker. Where that fails the scheduler tries again: the row is the truth."""
    try:
        current_app.send_task("plateau.jobs.tasks.run", args=[job_id], queue=queue, retry=False)
    except Exception:
        logger.exception("broker unavailable; job %s waits for the scheduler", job_id)
        return
    Job.objects.filter(pk=job_id).update(dispatched_at=Now())


_NEXT_JOB = """
WITH running AS (
  SELECT organization_id, count(*) AS many FROM jobs_job WHERE state = 'running' AND queue = %(queue)s GROUP BY 1)
SELECT j.id FROM jobs_job j
LEFT JOIN running r ON r.organization_id = j.organization_id
LEFT JOIN jobs_quota q ON q.organization_id = j.organization_id AND q.queue = j.queue
WHERE j.state = 'queued' AND j.queue = %(queue)s AND (q.most_running IS NULL OR coalesce(r.many, 0) < q.most_running)
ORDER BY coalesce(r.many, 0), j.priority DESC, j.attempt > 1, j.id LIMIT 1
"""


@transaction.atomic
def claim_next(*, queue: str, worker: str) -> Claim | None:
    """Claim the job of `queue` whose turn it is, or None where there is none: a message delivered twice does nothing.

    It is the turn of the organization that has the fewest jobs running there, and within its quota; of its jobs, the
    one with the highest priority, the oldest first; one that lost its worker twice waits for the others, which it
    would take with it if it is the reason.
    """
    with connection.cursor() as cursor:
        # One at a time, or two workers count the same running jobs and overstep a quota.
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [0x10B5, zlib.crc32(queue.encode()) % 2**31])
        cursor.execute(_NEXT_JOB, {"queue": queue})
        row = cursor.fetchone()
    return claim_job(job_id=row[0], worker=worker) if row is not None else None


def claim_job(*, job_id: int, worker: str) -> Claim | None:
    """Claim this very job, whosever turn it is; None where it is claimed or has ended."""
    claimed = Job.objects.filter(pk=job_id, state=JobState.QUEUED).update(
        state=JobState.RUNNING,
        attempt=F("attempt") + 1,
        lease_until=Now() + LEASE,
        started_at=Now(),
        worker=worker,
        message="",
    )
    if not claimed:
        return None
    return Claim(job_id=job_id, attempt=Job.objects.values_list("attempt", flat=True).get(pk=job_id))


def _claimed_rows(claim: Claim) -> models.QuerySet[Job]:
    return Job.objects.filter(pk=claim.job_id, attempt=claim.attempt, state=JobState.RUNNING)


def heartbeat(*, claim: Claim) -> bool:
    """Refresh the lease; True where someone asked to cancel.

    Raises:
        LeaseLost: the job was given to another attempt.
    """
    if not _claimed_rows(claim).update(lease_until=Now() + LEASE):
        raise LeaseLost(f"job {claim.job_id} attempt {claim.attempt}")
    return bool(_claimed_rows(claim).filter(cancel_requested_at__isnull=False).exists())


def report(
    *,
    claim: Claim,
    done: int | None = None,
    total: int | None = None,
    message: str | None = None,
    step: int | None = None,
    values: dict[str, float] | None = None,
) -> None:
    """Show how far the work is; with `values`, add a line to the live log.

    Raises:
        LeaseLost: the job was given to another attempt.
    """
    fields = {"done": done, "total": total, "message": shortened(message, 300) if message is not None else None}
    changes = {name: value for name, value in fields.items() if value is not None}
    with transaction.atomic():
        if not _claimed_rows(claim).update(**changes, lease_until=Now() + LEASE):
            raise LeaseLost(f"job {claim.job_id} attempt {claim.attempt}")
        if values is not None:
            JobLog.objects.create(job_id=claim.job_id, attempt=claim.attempt, step=step or 0, values=values)


def end(*, claim: Claim, state: JobState, result: dict[str, Any] | None = None, error: str = "") -> None:
    """Close the job.

    Raises:
        LeaseLost: another attempt owns it.
    """
    assert state in ENDED  # a caller's mistake, not input
    with transaction.atomic():
        changed = _claimed_rows(claim).update(
            state=state, result=result or {}, error=shortened(error, 8000), ended_at=Now(), lease_until=None
        )
        if not changed:
            raise LeaseLost(f"job {claim.job_id} attempt {claim.attempt}")
        tell_of_end(Job.objects.get(pk=claim.job_id))


def give_back(*, claim: Claim) -> bool:
    """Queue a job whose worker lost the database for its next attempt; False where that was the last one."""
    rows = _claimed_rows(claim).filter(attempt__lt=F("max_attempts"))
    changed = rows.update(
        state=JobState.QUEUED, lease_until=None, dispatched_at=None, message="database unavailable; restarting"
    )
    return bool(changed) or not _claimed_rows(claim).exists()


@transaction.atomic
def request_cancel(*, job: Job, actor: Actor | None = None) -> Job:
    """Cancel: at once while queued, within seconds while running; `actor` is recorded, where it is somebody's own act.

    Raises:
        JobEnded: it has ended.
    """
    locked = Job.objects.select_for_update().get(pk=job.pk)
    now = timezone.now()
    if locked.state in ENDED:
        raise JobEnded(Message("The job already has the state {state}.", state=locked.state))
    if locked.state == JobState.QUEUED:
        locked.state, locked.ended_at = JobState.CANCELLED, now
    locked.cancel_requested_at = locked.cancel_requested_at or now
    locked.save(update_fields=["state", "ended_at", "cancel_requested_at"])
    if actor is not None:
        record(actor=actor, action="job.cancelled", subject=locked, kind=locked.kind)
    return locked


@transaction.atomic
def requeue(*, actor: Actor, job: Job) -> Job:
    """Queue a stalled job again; what its worker still writes is refused.

    Raises:
        JobEnded: it has ended.
    """
    locked = Job.objects.select_for_update().get(pk=job.pk)
    if locked.state in ENDED:
        raise JobEnded(Message("The job already has the state {state}.", state=locked.state))
    # The attempt counts on: the worker that held it is fenced off even before another one takes it.
    locked.state, locked.lease_until, locked.queued_at = JobState.QUEUED, None, timezone.now()
    locked.message = "requeued by hand"
    locked.attempt, locked.max_attempts = locked.attempt + 1, locked.max_attempts + 2
    locked.save(update_fields=["state", "lease_until", "queued_at", "message", "attempt", "max_attempts"])
    record(actor=actor, action="job.requeued", subject=locked)
    transaction.on_commit(lambda: dispatch(locked.pk, locked.queue))
    return locked


@transaction.atomic
def restart(*, actor: Actor, job: Job) -> Job:
    """Queue a failed job again, with the same payload; one that waits or runs is left as it is.

    Raises:
        ProjectArchived: no work on its project begins.
        JobNotFailed: it is done, or was cancelled.
        JobNotRestartable: doing it again would not be safe, or the payload is not what the kind takes any more.
        JobRepeated: a later job has the same payload.
    """
    locked = Job.objects.select_for_update().get(pk=job.pk)
    if locked.project_id is not None and is_archived(locked.project_id):
        raise ProjectArchived
    if locked.state in UNFINISHED:
        return locked
    if locked.state != JobState.FAILED:
        raise JobNotFailed(
            Message("The job has the state {state}; only failed jobs can be restarted.", state=locked.state)
        )
    if refusal := restart_refusal(locked):
        raise JobNotRestartable(refusal)
    kind = JOB_KINDS[locked.kind].kind
    try:
        kind.parse(locked.payload)
    except InvalidPayload as error:
        raise JobNotRestartable("An earlier version of the product created this job. Create it again.") from error
    later = Job.objects.filter(
        organization=locked.organization_id, kind=locked.kind, payload=locked.payload, pk__gt=locked.pk
    )
    if repeated := later.order_by("pk").last():
        raise JobRepeated(
            Message("Job {number} was created later with the same parameters. Open it instead.", number=repeated.pk)
        )
    # The attempt counts on: it fences off whatever still writes for the one before.
    locked.state, locked.queued_at, locked.max_attempts = (
        JobState.QUEUED,
        timezone.now(),
        locked.attempt + kind.max_attempts,
    )
    locked.error, locked.message, locked.result, locked.done, locked.total = "", "", {}, 0, 0
    locked.started_at = locked.ended_at = locked.dispatched_at = None
    locked.save()
    record(actor=actor, action="job.restarted", subject=locked)
    transaction.on_commit(lambda: dispatch(locked.pk, locked.queue))
    return locked


def restart_refusal(job: Job) -> Message | str:
    """Why a job of this kind must not be done again; empty where it may be."""
    if job.kind not in JOB_KINDS:
        return Message("Nothing that is installed can do this job.")
    return JOB_KINDS[job.kind].kind.restart_refusal or ""


@transaction.atomic
def set_priority(*, actor: Actor, job: Job, priority: int) -> Job:
    """Set how soon a queued job's turn comes among those of its organization; higher is sooner.

    Raises:
        JobNotQueued: it runs or has ended.
    """
    locked = Job.objects.select_for_update().get(pk=job.pk)
    if locked.state != JobState.QUEUED:
        raise JobNotQueued(Message("The job has the state {state}; only queued jobs can be moved.", state=locked.state))
    locked.priority = priority
    locked.save(update_fields=["priority"])
    record(actor=actor, action="job.priority_set", subject=locked, priority=priority)
    return locked


def requeue_lost() -> list[int]:
    """Bring back jobs whose worker went silent; publish again what the broker may have lost.

    By the database's clock, like every lease: hosts whose clocks differ or jump take no job from each other.
    """
    now = Now()
    lost = Job.objects.filter(state=JobState.RUNNING, lease_until__lt=now)
    # A worker that died had messages in hand beside its jobs: what waits in its queues is published again.
    silent = list(lost.values_list("queue", flat=True).distinct())
    lost.filter(cancel_requested_at__isnull=False).update(state=JobState.CANCELLED, ended_at=now, lease_until=None)
    with transaction.atomic():
        given_up = list(lost.filter(attempt__gte=F("max_attempts")).select_for_update(skip_locked=True))
        Job.objects.filter(pk__in=[job.pk for job in given_up]).update(
            state=JobState.FAILED,
            ended_at=now,
            lease_until=None,
            error="The worker was lost in every attempt; see its log for the reason (often: out of memory).",
        )
        for job in Job.objects.filter(pk__in=[job.pk for job in given_up]):
            tell_of_end(job)
    lost.update(
        state=JobState.QUEUED, lease_until=None, dispatched_at=None, queued_at=now, message="worker lost; restarting"
    )
    waiting = Job.objects.filter(state=JobState.QUEUED).filter(
        Q(dispatched_at__isnull=True, created_at__lt=now - timedelta(seconds=2))
        | Q(dispatched_at__lt=now - REDISPATCH_AFTER)
    )
    queues = dict(waiting.values_list("pk", "queue"))
    for queue in silent:
        rest = Job.objects.filter(state=JobState.QUEUED, queue=queue).order_by("pk")
        queues |= dict.fromkeys(rest.values_list("pk", flat=True)[:REPUBLISH_LIMIT], queue)
    for job_id, queue in queues.items():
        dispatch(job_id, queue)
    return list(queues)
