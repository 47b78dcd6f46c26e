"""What a recipe gets as `Run`, backed by a claimed job."""

import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from plateau.jobs import services
from plateau.jobs.services import Claim

REPORT_EVERY = 0.5


@dataclass
class JobRun:
    """`workers.recipes.base.Run` over a job. `begin` and `share` place it within a longer work."""

    claim: Claim
    seed: int
    device: str
    workdir: Path
    cache: Path
    stop: threading.Event
    message: str = ""
    begin: int = 0
    share: int = 1000
    total: int = 1000
    _reported: float = field(default=0.0)

    def log(self, step: int, total: int, **values: float) -> None:
        """See `Run.log`. Values are always written; bare progress at most twice a second."""
        now = time.monotonic()
        if not values and now - self._reported < REPORT_EVERY and step < total:
            return
        self._reported = now
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
        """See `Run.stop_requested`."""
        return self.stop.is_set()
