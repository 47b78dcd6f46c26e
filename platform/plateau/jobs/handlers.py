"""What a handler gets: the job that it works on, and how to say how far it is."""

import logging
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Generic

from typing_extensions import TypeVar

from plateau.database.retrying import retrying
from plateau.jobs import services
from plateau.jobs.kinds import JOB_KINDS
from plateau.jobs.models import Job
from plateau.jobs.output import append_output
from plateau.jobs.services import Claim

P = TypeVar("P", default=Any)
logger = logging.getLogger(__name__)


def write_output(claim: Claim, text: str) -> None:
    """Add a line to a job's output; what cannot be written is no reason to stop."""
    try:
        append_output(claim, f"{datetime.now(UTC):%H:%M:%S} {text}\n")
    except Exception:
        logger.warning("the output of job %s could not be kept", claim.job_id, exc_info=True)


class Cancelled(Exception):
    """Raised by a handler that stopped because it was asked to."""


@dataclass
class Running(Generic[P]):
    """A claimed job in the hands of its handler."""

    claim: Claim
    job: Job
    stop: threading.Event = field(default_factory=threading.Event)
    lost: threading.Event = field(default_factory=threading.Event)
    _message: str = ""

    @cached_property
    def payload(self) -> P:
        """The job's payload.

        Raises:
            UnknownJobKind, InvalidPayload: see there.
        """
        payload: P = JOB_KINDS[self.job.kind].kind.parse(self.job.payload)
        return payload

    def report(self, *, done: int, total: int, message: str = "") -> None:
        """Show progress; stop here where asked to.

        Raises:
            Cancelled: somebody asked to cancel.
            LeaseLost: another attempt owns the job.
        """
        retrying(lambda: services.report(claim=self.claim, done=done, total=total, message=message))
        if message and message != self._message:
            self._message = message
            write_output(self.claim, message)
        if self.stop.is_set():
            raise Cancelled
