"""Errors of jobs, each with its code."""

from plateau.http.errors import Conflict


class JobEnded(Conflict):
    """The job is done, failed or cancelled: it can be neither cancelled nor queued again."""

    code = "job_ended"
    title = "Job already ended"


class JobNotQueued(Conflict):
    """Only a job that waits has a place in the queue."""

    code = "job_not_queued"
    title = "Job not queued"
