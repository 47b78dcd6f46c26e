"""What people are told of their jobs."""

from datetime import timedelta

from plateau.jobs.models import Job, JobState
from plateau.notifications.kinds import NotificationKind
from plateau.notifications.services import notify

WATCHED = timedelta(seconds=30)  # whoever ordered something that was done sooner still looks at it
JOB_FAILED = NotificationKind(
    key="job.failed",
    subject={"en": "Job failed: {job}", "ja": "ジョブが失敗しました: {job}"},
    text={
        "en": "Your job {job} (no. {number}) failed: {error}",
        "ja": "ジョブ {job}（番号 {number}）が失敗しました: {error}",
    },
    is_emailed=True,
)
JOB_DONE = NotificationKind(
    key="job.finished",
    subject={"en": "Job finished: {job}", "ja": "ジョブが完了しました: {job}"},
    text={
        "en": "Your job {job} (no. {number}) is finished.",
        "ja": "ジョブ {job}（番号 {number}）が完了しました。",
    },
)
ROWS_REJECTED = NotificationKind(
    key="import.rejected",
    subject={"en": "Import: {rejected} rejected", "ja": "インポート: {rejected}件を取り込めませんでした"},
    text={
        "en": "Your import (job no. {number}) is finished; {rejected} files or rows were rejected. Download the list "
        "of them, correct them and import them again.",
        "ja": "インポート（ジョブ番号 {number}）が完了しました。{rejected}件のファイルまたは行を取り込めませんでした。"
        "一覧をダウンロードし、修正して再度インポートしてください。",
    },
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
    error = job.error.partition("\n")[0][:200]
    notify(
        kind,
        organization_id=job.organization_id,
        recipients=[] if is_silent else [job.created_by_id],
        link=f"/jobs?job={job.pk}",
        parameters={"job": job.kind, "number": job.pk, "error": error, "rejected": rejected},
        facts={"project_id": job.project_id},
    )
