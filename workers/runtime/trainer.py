"""`python -m workers.runtime.trainer --job N --attempt K`: the process in which recipes run."""

import argparse
import json
import os
import signal
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()

from django.conf import settings

from launcher.parent_death import die_with_parent
from plateau.jobs.kinds import JOB_KINDS
from plateau.jobs.models import Job
from plateau.jobs.services import Claim
from plateau.telemetry import tracing
from plateau.telemetry.context import doing
from workers.recipes.base import RunStopped
from workers.runtime.caches import apply_erasures
from workers.runtime.job_run import JobRun
from workers.runtime.trainer_process import STOPPED_EXIT, job_workdir


def main() -> None:
    """Exit 0 with a result file, `STOPPED_EXIT` where asked to stop, else 1 with the reason on the last line."""
    die_with_parent()
    os.nice(5)  # people's requests come first where web and worker share a machine
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--job", type=int, required=True)
    parser.add_argument("--attempt", type=int, required=True)
    options = parser.parse_args()
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda _signal, _frame: stop.set())
    job = Job.objects.get(pk=options.job)
    workdir = job_workdir(job.pk)
    cache: Path = settings.PLATEAU_HOME / "cache"
    claim = Claim(job_id=job.pk, attempt=options.attempt)
    run = JobRun(claim=claim, seed=0, device="cpu", workdir=workdir, cache=cache, stop=stop)
    tracing.set_up("trainer")
    apply_erasures(cache)
    attributes = {"job_id": job.pk, "attempt": options.attempt, "kind": job.kind, "request_id": job.request_id}
    try:
        with doing(**attributes), tracing.span(f"work {job.kind}", os.environ.get("TRACEPARENT", ""), **attributes):
            entry = JOB_KINDS[job.kind]
            result = entry.load_handler()(job, run, entry.kind.parse(job.payload))
    except RunStopped:
        sys.exit(STOPPED_EXIT)
    _write_result(workdir, options.attempt, result)


def _write_result(workdir: Path, attempt: int, result: Mapping[str, object]) -> None:
    (workdir / f"result-{attempt}.json").write_text(json.dumps(result))


if __name__ == "__main__":
    main()
