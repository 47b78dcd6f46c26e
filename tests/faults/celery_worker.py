"""`celery -A config …` with faults built in, each by a variable of the environment.

`FAULT_CLOCK=3600`: this process's clock is an hour ahead. A job of kind `poison` ends its worker with -9; one of kind
`slow` works for `seconds`, and writes a line to `file` when it is through, even if it was given up for lost.
"""

import os
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


def skew(seconds: float) -> None:
    """Move the clock of everything that Django and Celery ask."""
    from datetime import UTC, datetime, timedelta

    from django.utils import timezone

    true = time.time
    time.time = lambda: true() + seconds
    timezone.now = lambda: datetime.now(tz=UTC) + timedelta(seconds=seconds)


if os.environ.get("FAULT_CLOCK"):
    skew(float(os.environ["FAULT_CLOCK"]))
django.setup()

from plateau.jobs.handlers import Running  # noqa: E402  # needs Django set up
from plateau.jobs.kinds import JOB_KINDS, JobKind  # noqa: E402


@dataclass(frozen=True)
class Slow:
    seconds: float
    file: str


@dataclass(frozen=True)
class Nothing:
    pass


def poison(running: Running[Nothing]) -> dict:
    os.kill(os.getpid(), signal.SIGKILL)
    return {}


def slow(running: Running[Slow]) -> dict:
    end = time.monotonic() + running.payload.seconds
    while time.monotonic() < end:
        time.sleep(0.1)
    with Path(running.payload.file).open("a") as file:
        file.write(f"{running.claim.attempt}\n")
    running.report(done=1, total=1)
    return {"attempt": running.claim.attempt}


JOB_KINDS.register(JobKind("poison", Nothing, queue="cpu"), handler=poison)
JOB_KINDS.register(JobKind("slow", Slow, queue="cpu"), handler=slow)

if __name__ == "__main__":
    from celery.bin.celery import main

    sys.argv = ["celery", "-A", "config", *sys.argv[1:]]
    sys.exit(main())
