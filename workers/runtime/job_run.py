"""What a recipe gets as `Run`, backed by a claimed job."""

import threading
import time
from dataclasses import dataclass, field

from plateau.jobs import services
from plateau.jobs.services import Claim
from workers.recipes.base import Run

REPORT_INTERVAL_SECONDS = 0.5


@dataclass(kw_only=True)
class JobRun(Run):
    """A `Run` that reports to a job's row and stops when the job is cancelled.

    A handler with several phases gives each its part of the progress bar: `begin` to `begin + share` of `total`.
    """

    claim: Claim
    stop: threading.Event
    message: str = ""
    begin: int = 0
    share: int = 1000
    total: int = 1000
    _reported_at: float = field(default=0.0)

    def log(self, step: int, total: int, **values: float) -> None:
        """Write values always, bare progress at most twice a second."""
        now = time.monotonic()
        if not values and now - self._reported_at < REPORT_INTERVAL_SECONDS and step < total:
            return
        self._reported_at = now
        done = self.begin + self.share * step // max(total, 1)
        services.report(
            claim=self.claim,
            done=done,
            total=self.total,
            message=self.message,
            step=step,
            values=values or None,
        )

    def stop_requested(self) -> bool:
        """Whether the job was cancelled, or the worker ends."""
        return self.stop.is_set()
