"""What a recipe gets as `Run`, backed by a claimed job."""

import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from plateau.jobs import services
from plateau.jobs.services import Claim
from workers.recipes.base import Run

REPORT_INTERVAL_SECONDS = 0.5


def write_line(text: str) -> None:
    """Write to the standard output, which is the job's log."""
    sys.stdout.write(f"{datetime.now(UTC):%H:%M:%S} {text}\n")
    sys.stdout.flush()


@dataclass(kw_only=True)
class JobRun(Run):
    """A `Run` that reports to a job's row and stops when the job is cancelled.

    A handler with several phases gives each its part of the progress bar: `begin` to `begin + share` of `total`.
    `on_values` is told each step and its values. What is written to the standard output is the job's log.
    """

    claim: Claim
    stop: threading.Event
    message: str = ""
    begin: int = 0
    share: int = 1000
    total: int = 1000
    on_values: Callable[[int, dict[str, float]], None] | None = None
    _reported_at: float = field(default=0.0)

    def log(self, step: int, total: int, **values: float) -> None:
        """Write values always, bare progress at most twice a second."""
        now = time.monotonic()
        if not values and now - self._reported_at < REPORT_INTERVAL_SECONDS and step < total:
            return
        self._reported_at = now
        if values:
            written = " ".join(f"{name}={value:.5g}" for name, value in values.items())
            write_line(f"{self.message} {step}/{total} {written}".strip())
            if self.on_values is not None:
                self.on_values(step, values)
        done = self.begin + self.share * step // max(total, 1)
        services.report(
            claim=self.claim,
            done=done,
            total=self.total,
            message=self.message,
            step=step,
            values=values or None,
        )

    def begin_phase(self, message: str, *, done: int) -> None:
        """Show a message and how far the job is, in its row and its log."""
        self.message = message
        write_line(message)
        services.report(claim=self.claim, done=done, total=self.total, message=message)

    def stop_requested(self) -> bool:
        """Whether the job was cancelled, or the worker ends."""
        return self.stop.is_set()
