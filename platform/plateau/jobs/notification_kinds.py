"""What people are told of their jobs."""

from datetime import timedelta

from labelkit.messages import Message
from plateau.jobs.kinds import JOB_KINDS
from plateau.jobs.models import Job, JobState
from plateau.notifications.kinds import NotificationKind
from plateau.notifications.services import notify

WATCHED = timedelta(seconds=30)  # whoever ordered something that was done sooner still looks at it


def title_of(kind: str) -> str:
    """What a job of this kind does; the key of a kind that is not registered here."""
    return JOB_KINDS[kind].kind.title if kind in JOB_KINDS else kind


JOB_FAILED = NotificationKind(
    titles={"job": title_of},
    key="job.failed",
    subject="Job failed: {job}",
    text="Your job {job} (no. {number}) failed: {error}",
    is_emailed=True,
)
JOB_DONE = NotificationKind(
    titles={"job": title_of},
    key="job.finished",
    subject="Job finished: {job}",
    text="Your job {job} (no. {number}) is finished.",
)
ROWS_REJECTED = NotificationKind(
    key="import.rejected",
    subject="Import: {rejected} rejected",
    text=(
        "Your import (job no. {number}) is finished. Rejected files or rows: {rejected}. Download the list, correct "
        "the files and import them again."
    ),
)


# Kind of a job to what its good end is called, where that says more than that a job is finished.
END_KINDS: dict[str, NotificationKind] = {}


def tell_of_end(job: Job) -> None:
    """Tell of a job that ended, in the transaction in which it does; nothing of one that was cancelled.

    Who ordered it is told of a good end only where it took so long that they look at something else by now.
    """
    rejected = int(job.result.get("rejected") or 0)
    is_watched = job.ended_at is not None and job.ended_at - job.created_at < WATCHED
    if job.state == JobState.FAILED:
        kind = JOB_FAILED
    elif job.state == JobState.DONE and rejected:
        kind = ROWS_REJECTED
    elif job.state == JobState.DONE:
        kind = END_KINDS.get(job.kind, JOB_DONE)
    else:
        return
    is_silent = is_watched and kind not in (JOB_FAILED, ROWS_REJECTED)
    error = job.error if isinstance(job.error, Message) else job.error.partition("\n")[0][:200]
    notify(
        kind,
        organization_id=job.organization_id,
        project_id=job.project_id,
        recipients=[] if is_silent else [job.created_by_id],
        link=f"/jobs?job={job.pk}",
        parameters={"job": job.kind, "number": job.pk, "error": error, "rejected": rejected},
        facts={"project_id": job.project_id},
    )
