"""Celery's side of jobs: claim, keep the lease, run the handler, close."""

import logging
import os
import socket
import threading
import traceback
from typing import Any

from celery import shared_task
from django.db import close_old_connections, connection

from plateau.database.retrying import LOST_CONNECTION, retrying
from plateau.http.errors import APIError
from plateau.jobs import services
from plateau.jobs.handlers import Cancelled, Running, write_output
from plateau.jobs.kinds import JOB_KINDS
from plateau.jobs.models import Job, JobState
from plateau.jobs.services import Claim, LeaseLost
from plateau.telemetry import tracing
from plateau.telemetry.context import doing

HEARTBEAT_SECONDS = 1.0
logger = logging.getLogger(__name__)


def _beat(running: Running, over: threading.Event) -> None:
    """Keep the lease until the work is over; a database that is unavailable for a moment is no reason to stop."""
    try:
        while not over.wait(HEARTBEAT_SECONDS):
            try:
                if services.heartbeat(claim=running.claim):
                    running.stop.set()
            except LeaseLost:
                running.lost.set()
                running.stop.set()
                return
            except Exception:
                logger.exception("heartbeat of job %s failed", running.claim.job_id)
                close_old_connections()
    finally:
        connection.close()


@shared_task(bind=True, name="plateau.jobs.tasks.run")
def run(self: Any, job_id: int) -> None:
    """Work off the queue that this message came by, while there is something in it whose turn it is.

    A message says that there is work; whose turn it is, the table says. It names a job, since workers of the version
    before, beside this one during an upgrade, run the job that it names.
    """
    routing_key = (self.request.delivery_info or {}).get("routing_key")
    queue = routing_key or retrying(lambda: Job.objects.values_list("queue", flat=True).get(pk=job_id))
    worker = f"{socket.gethostname()}:{os.getpid()}"
    # A claim whose commit was lost with the connection runs out by itself.
    while (claim := retrying(lambda: services.claim_next(queue=queue, worker=worker))) is not None:
        _run(claim)


def _run(claim: Claim) -> None:
    job_id = claim.job_id
    job = retrying(lambda: Job.objects.get(pk=job_id))
    running: Running = Running(claim, job)
    over = threading.Event()
    heartbeat = threading.Thread(target=_beat, args=(running, over), daemon=True)
    heartbeat.start()
    log_fields = {"job_id": job_id, "attempt": claim.attempt, "kind": job.kind, "request_id": job.request_id}
    try:
        with doing(**log_fields), tracing.span(f"job {job.kind}", job.trace, **log_fields):
            _work(running)
    except LeaseLost:
        logger.warning("job %s was given to another attempt", job_id)
    finally:
        over.set()
        heartbeat.join(timeout=5)
        close_old_connections()


def _work(running: Running) -> None:
    try:
        result = JOB_KINDS[running.job.kind].load_runner()(running)
    except Cancelled:
        _end(running, JobState.CANCELLED)
    except LeaseLost:
        raise
    except LOST_CONNECTION as error:  # as if the worker had been lost: every handler goes on where it stopped
        connection.close()
        logger.warning("job %s lost its database: %s", running.claim.job_id, error)
        if not retrying(lambda: services.give_back(claim=running.claim)):
            _end(running, JobState.FAILED, error=f"{type(error).__name__}: {error}")
    except APIError as error:
        write_output(running.claim, error.detail)
        _end(running, JobState.FAILED, error=error.detail)
    except Exception as error:
        logger.exception("job %s failed", running.claim.job_id)
        text = f"{type(error).__name__}: {error}\n\n{traceback.format_exc()}"
        write_output(running.claim, text)
        _end(running, JobState.FAILED, error=text)
    else:
        _end(running, JobState.DONE, result=result)


def _end(running: Running, state: JobState, *, result: dict[str, Any] | None = None, error: str = "") -> None:
    """Close the job; once more where the connection was lost, and it is not known whether that took the commit."""

    def end() -> None:
        try:
            services.end(claim=running.claim, state=state, result=result, error=error)
        except LeaseLost:
            row = Job.objects.filter(pk=running.claim.job_id, attempt=running.claim.attempt, state=state)
            if not row.exists():  # else it was written after all
                raise

    retrying(end)


@shared_task(name="plateau.jobs.tasks.requeue_lost", expires=10)
def requeue_lost() -> None:
    """Every few seconds: bring back what a dead worker left."""
    services.requeue_lost()
