"""What a handler gets: the job that it works on, and how to say how far it is."""

import threading
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic

from typing_extensions import TypeVar

from plateau.jobs import services
from plateau.jobs.kinds import JOB_KINDS
from plateau.jobs.models import Job
from plateau.jobs.services import Claim

P = TypeVar("P", default=Any)


class Cancelled(Exception):
    """Raised by a handler that stopped because it was asked to."""


@dataclass
class Running(Generic[P]):
    """A claimed job in the hands of its handler."""

    claim: Claim
    job: Job
    stop: threading.Event = field(default_factory=threading.Event)
    lost: threading.Event = field(default_factory=threading.Event)

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
        services.report(claim=self.claim, done=done, total=total, message=message)
        if self.stop.is_set():
            raise Cancelled
