"""Errors of jobs, each with its code."""

from plateau.http.errors import Conflict


class JobEnded(Conflict):
    """The job is done, failed or cancelled: it can be neither cancelled nor queued again."""

    code = "job_ended"
    title = "Job already ended"


class JobNotFailed(Conflict):
    """Only a job that failed can be started again."""

    code = "job_not_failed"
    title = "Job did not fail"


class JobNotRestartable(Conflict):
    """Doing the same again would not be safe, or cannot succeed."""

    code = "job_not_restartable"
    title = "Job cannot be restarted"


class JobRepeated(Conflict):
    """A later job was ordered with the same payload: what is about its subject belongs to that one."""

    code = "job_repeated"
    title = "Job was ordered again"


class JobNotQueued(Conflict):
    """Only a job that waits has a place in the queue."""

    code = "job_not_queued"
    title = "Job not queued"
