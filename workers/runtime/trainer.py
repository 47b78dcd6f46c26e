"""`python -m workers.runtime.trainer --job N --attempt K`: the process in which recipes run."""

import argparse
import json
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()

from django.conf import settings

from annotation.snapshots.models import Snapshot
from launcher.supervisor import die_with_parent
from plateau.jobs import services as jobs
from plateau.jobs.models import Job
from plateau.jobs.services import Claim
from plateau.telemetry import tracing
from plateau.telemetry.context import doing
from workers.batch_inference.batches import run_batch
from workers.batch_inference.evaluating import evaluate
from workers.batch_inference.exports import export
from workers.batch_inference.looks import take_look
from workers.catalog import card_of
from workers.job_payloads import ReplayOrder, StudyOrder, TrainOrder
from workers.learning_curves.points import study
from workers.learning_curves.replays import replay
from workers.recipes.base import Stopped
from workers.runtime.caches import catch_up
from workers.runtime.context import JobRun
from workers.runtime.material import load_material
from workers.runtime.recipe import recipe_of
from workers.runtime.supervise import STOPPED_EXIT, environment_device, workdir_of
from workers.sweeps.trials import run_trial
from workers.training.fitting import train


def work(job: Job, run: JobRun) -> dict[str, Any]:
    """Do what the job says; its result."""
    if job.kind == "judge":
        return take_look(job, run)
    if job.kind == "predict":
        return run_batch(job, run)
    if job.kind.startswith("shapes-"):
        from workers.applications.meshes import handlers as shapes  # loads torch

        return shapes.work(job, run)
    if job.kind in ("demand-report", "demand-refresh"):
        from workers.applications.demand import handlers as demand  # loads torch

        return demand.make_report(job, run) if job.kind == "demand-report" else demand.refresh(job, run)
    snapshot = Snapshot.objects.get(pk=job.payload["snapshot_id"])
    jobs.report(claim=run.claim, done=0, total=1000, message="fetching items")
    material = load_material(snapshot, cache=run.cache)
    if job.kind == "replay":
        return replay(run, material, ReplayOrder(**job.payload))
    if job.kind == "evaluate":
        return evaluate(job, run, material, snapshot)
    if job.kind == "export":
        return export(job, run, material)
    if card_of(job.payload["recipe"]).queue == "gpu":
        run.device = environment_device()
    if job.kind == "trial":
        return run_trial(job, run, material, recipe_of(job.payload["recipe"]), snapshot.kind)
    if job.kind == "train":
        return train(job, run, material, TrainOrder(**job.payload), snapshot)
    return study(run, material, StudyOrder(**job.payload), snapshot.kind)


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
    workdir = workdir_of(job.pk)
    cache: Path = settings.PLATEAU_HOME / "cache"
    claim = Claim(job_id=job.pk, attempt=options.attempt)
    run = JobRun(claim=claim, seed=job.payload.get("seed", 0), device="cpu", workdir=workdir, cache=cache, stop=stop)
    tracing.set_up("trainer")
    catch_up(cache)
    known = {"job_id": job.pk, "attempt": options.attempt, "kind": job.kind, "request_id": job.request_id}
    try:
        with doing(**known), tracing.span(f"work {job.kind}", os.environ.get("TRACEPARENT", ""), **known):
            result = work(job, run)
    except Stopped:
        sys.exit(STOPPED_EXIT)
    _end(workdir, options.attempt, result)


def _end(workdir: Path, attempt: int, result: dict[str, Any]) -> None:
    (workdir / f"result-{attempt}.json").write_text(json.dumps(result))


if __name__ == "__main__":
    main()
