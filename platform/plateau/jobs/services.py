"""A job's life: submit, claim, report, end, cancel, bring back what was lost."""

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from plateau.celery import app
from plateau.jobs.models import ENDED, Job, JobLog, JobState
from plateau.kernel.errors import Conflict
from plateau.kernel.scopes import Actor
from plateau.observe import tracing
from plateau.observe.context import fields

LEASE = timedelta(seconds=8)
REDISPATCH_AFTER = timedelta(minutes=5)
logger = logging.getLogger(__name__)


class LeaseLost(Exception):
    """Another attempt owns the job now; stop without writing."""


@dataclass(frozen=True)
class Claim:
    """What a worker holds: the fence around its writes."""

    job_id: int
    attempt: int


def submit(
    *,
    actor: Actor,
    kind: str,
    queue: str,
    payload: dict[str, Any],
    project_id: int | None = None,
    max_attempts: int = 5,
) -> Job:
    """Record a job and hand it over once the transaction is through."""
    job = Job.objects.create(
        organization_id=actor.organization_id,
        project_id=project_id,
        kind=kind,
        queue=queue,
        payload=payload,
        created_by_id=actor.user_id or None,
        max_attempts=max_attempts,
        request_id=str(fields().get("request_id", "")),
        trace=tracing.current(),
    )
    transaction.on_commit(lambda: dispatch(job.pk, queue))
    return job


def dispatch(job_id: int, queue: str) -> None:
    """Tell the broker. When it is away the scheduler tries again: the row is the truth."""
    try:
        app.send_task("plateau.jobs.tasks.run", args=[job_id], queue=queue, retry=False)
    except Exception:
        logger.exception("broker away; job %s waits for the scheduler", job_id)
        return
    Job.objects.filter(pk=job_id).update(dispatched_at=timezone.now())


def claim(*, job_id: int, worker: str) -> Claim | None:
    """Take a queued job, or None where it is taken or over: a message delivered twice does nothing."""
    now = timezone.now()
    taken = Job.objects.filter(pk=job_id, state=JobState.QUEUED).update(
        state=JobState.RUNNING,
        attempt=F("attempt") + 1,
        lease_until=now + LEASE,
        started_at=now,
        worker=worker,
        message="",
    )
    if not taken:
        return None
    return Claim(job_id=job_id, attempt=Job.objects.values_list("attempt", flat=True).get(pk=job_id))


def _held(claim: Claim) -> Any:
    return Job.objects.filter(pk=claim.job_id, attempt=claim.attempt, state=JobState.RUNNING)


def heartbeat(*, claim: Claim) -> bool:
    """Refresh the lease; True where someone asked to cancel.

    Raises:
        LeaseLost: the job was given to another attempt.
    """
    if not _held(claim).update(lease_until=timezone.now() + LEASE):
        raise LeaseLost(f"job {claim.job_id} attempt {claim.attempt}")
    return bool(_held(claim).filter(cancel_requested_at__isnull=False).exists())


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
    given = {"done": done, "total": total, "message": message[:300] if message is not None else None}
    changes = {key: value for key, value in given.items() if value is not None}
    with transaction.atomic():
        if not _held(claim).update(**changes, lease_until=timezone.now() + LEASE):
            raise LeaseLost(f"job {claim.job_id} attempt {claim.attempt}")
        if values is not None:
            JobLog.objects.create(job_id=claim.job_id, attempt=claim.attempt, step=step or 0, values=values)


def end(*, claim: Claim, state: JobState, result: dict[str, Any] | None = None, error: str = "") -> None:
    """Close the job.

    Raises:
        LeaseLost: another attempt owns it.
    """
    assert state in ENDED  # a caller's mistake, not input
    changed = _held(claim).update(
        state=state, result=result or {}, error=error[:8000], ended_at=timezone.now(), lease_until=None
    )
    if not changed:
        raise LeaseLost(f"job {claim.job_id} attempt {claim.attempt}")


@transaction.atomic
def request_cancel(*, job: Job) -> Job:
    """Cancel: at once while queued, within seconds while running.

    Raises:
        Conflict: it has ended.
    """
    locked = Job.objects.select_for_update().get(pk=job.pk)
    now = timezone.now()
    if locked.state in ENDED:
        raise Conflict(f"The job is {locked.state} already.")
    if locked.state == JobState.QUEUED:
        locked.state, locked.ended_at = JobState.CANCELLED, now
    locked.cancel_requested_at = locked.cancel_requested_at or now
    locked.save(update_fields=["state", "ended_at", "cancel_requested_at"])
    return locked


def requeue_lost() -> list[int]:
    """Bring back jobs whose worker went silent; hand over again what the broker may have lost."""
    now = timezone.now()
    lost = Job.objects.filter(state=JobState.RUNNING, lease_until__lt=now)
    lost.filter(cancel_requested_at__isnull=False).update(state=JobState.CANCELLED, ended_at=now, lease_until=None)
    lost.filter(attempt__gte=F("max_attempts")).update(
        state=JobState.FAILED,
        ended_at=now,
        lease_until=None,
        error="The worker was lost in every attempt; see its log for the reason (often: out of memory).",
    )
    lost.update(state=JobState.QUEUED, lease_until=None, dispatched_at=None, message="worker lost; starting again")
    waiting = Job.objects.filter(state=JobState.QUEUED).filter(
        Q(dispatched_at__isnull=True, created_at__lt=now - timedelta(seconds=2))
        | Q(dispatched_at__lt=now - REDISPATCH_AFTER)
    )
    found = list(waiting.values_list("pk", "queue"))
    for job_id, queue in found:
        dispatch(job_id, queue)
    return [job_id for job_id, _ in found]
