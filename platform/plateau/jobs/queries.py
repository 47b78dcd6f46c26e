"""Which jobs there are about something."""

from datetime import timedelta

from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from plateau.jobs.kinds import JobKind
from plateau.jobs.models import UNFINISHED, Job, JobState

UNCLAIMED_AFTER, NO_PROGRESS_AFTER = timedelta(minutes=5), timedelta(hours=6)


def find_jobs(*kinds: JobKind, **subject: object) -> QuerySet[Job]:
    """Jobs of these kinds about a subject, by the names that the kinds give it: `find_jobs(EXPORT, version=7, …)`.

    Raises:
        TypeError: a kind gives its subject other names.
    """
    condition = Q(pk__in=[])
    for kind in kinds:
        if subject.keys() != kind.subject.keys():
            expected, actual = ", ".join(kind.subject) or "nothing", ", ".join(subject) or "nothing"
            raise TypeError(f"Jobs of kind {kind.key} are found by {expected}, not by {actual}.")
        condition |= Q(kind=kind.key, **{kind.subject[name]: value for name, value in subject.items()})
    return Job.objects.filter(condition)


def find_unfinished_jobs(*kinds: JobKind, **subject: object) -> QuerySet[Job]:
    """Those that wait or run.

    Raises:
        TypeError: as `find_jobs`.
    """
    return find_jobs(*kinds, **subject).filter(state__in=UNFINISHED)


def stalled() -> Q:
    """The condition on jobs that should have moved and did not; `stall_reason` says why each is one."""
    lost = Q(state=JobState.RUNNING, lease_until__lt=Now())
    silent = Q(state=JobState.RUNNING, started_at__lt=Now() - NO_PROGRESS_AFTER, message="")
    waits_long = Q(queued_at=None, created_at__lt=Now() - UNCLAIMED_AFTER) | Q(queued_at__lt=Now() - UNCLAIMED_AFTER)
    unclaimed = Q(state=JobState.QUEUED) & waits_long
    uncancelled = Q(state=JobState.RUNNING, cancel_requested_at__lt=Now() - UNCLAIMED_AFTER)
    return lost | silent | unclaimed | uncancelled


def stall_reason(job: Job) -> str:
    """Why a job is `stalled`: `unclaimed`, `cancel_ignored`, `worker_lost` or `no_progress`."""
    if job.state == JobState.QUEUED:
        return "unclaimed"
    if job.cancel_requested_at is not None:
        return "cancel_ignored"
    is_lost = job.lease_until is not None and job.lease_until < timezone.now()
    return "worker_lost" if is_lost else "no_progress"
