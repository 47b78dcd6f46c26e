"""What runs a kind of job. Each context registers its handlers when Django starts."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from plateau.jobs import services
from plateau.jobs.services import Claim


class Cancelled(Exception):
    """Raised by a handler that stopped because it was asked to."""


@dataclass
class Running:
    """A claimed job in the hands of its handler."""

    claim: Claim
    organization_id: int
    project_id: int | None
    payload: dict[str, Any]
    stop: threading.Event = field(default_factory=threading.Event)
    lost: threading.Event = field(default_factory=threading.Event)

    def report(self, *, done: int, total: int, message: str = "") -> None:
        """Show progress; stop here where asked to.

        Raises:
            Cancelled: somebody asked to cancel.
            LeaseLost: another attempt owns the job.
        """
        services.report(claim=self.claim, done=done, total=total, message=message)
        if self.stop.is_set():
            raise Cancelled


Handler = Callable[[Running], dict[str, Any]]
_handlers: dict[str, Handler] = {}


def register(kind: str, handler: Handler) -> None:
    """Name the handler of `kind`."""
    _handlers[kind] = handler


def handler_of(kind: str) -> Handler:
    """The handler; KeyError where no context registered one."""
    return _handlers[kind]


def kinds() -> frozenset[str]:
    """Every kind that has a handler."""
    return frozenset(_handlers)
