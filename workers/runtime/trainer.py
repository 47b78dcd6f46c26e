"""`python -m workers.runtime.trainer --job N --attempt K`: the process in which recipes run."""

import argparse
import json
import os
import signal
import sys
import threading
import time
from dataclasses import dataclass, replace
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
from statkit.learning_curves import nested_order
from workers.batch_inference.batches import run_batch
from workers.batch_inference.exports import export
from workers.batch_inference.looks import take_look
from workers.catalog import card_of, complete_params
from workers.job_payloads import ReplayOrder, StudyOrder, TrainOrder
from workers.learning_curves.models import CurvePoint, Study
from workers.learning_curves.replays import replay
from workers.learning_curves.services import finish_study, keep_point
from workers.metrics import Report, report_on
from workers.metrics.base import paired_difference
from workers.recipes.base import CHECKPOINT, Stopped, Trained, check_run
from workers.runtime.caches import catch_up
from workers.runtime.context import JobRun
from workers.runtime.evaluation import evaluate
from workers.runtime.material import Material, load_material
from workers.runtime.recipe import recipe_of
from workers.runtime.supervise import STOPPED_EXIT, environment_device, workdir_of
from workers.sweeps.trials import run_trial
from workers.training.models import TrainingRun
from workers.training.publish import publish


def fit(recipe: str, params: dict[str, Any], material: Material, run: JobRun, kind: str) -> "Fitted":
    """Train on all labels outside the sealed split, and answer the sealed items."""
    begun = time.monotonic()
    trained = recipe_of(recipe).fit(material.train, material.labels, params, run)
    seconds = time.monotonic() - begun
    check_run(run)
    begun = time.monotonic()
    found = trained.predict(material.sealed)
    answering = time.monotonic() - begun
    report = report_on(
        kind,
        found,
        material.sealed,
        material.labels,
        usual=material.usual,
        slices=material.sealed_slices,
    )
    return Fitted(trained, found, report, seconds, answering / max(1, len(material.sealed)))


@dataclass(frozen=True)
class Fitted:
    """A trained model, its answers to the sealed items, what they show, and what it cost in seconds."""

    trained: Trained
    found: Any
    report: Report
    seconds: float
    seconds_an_answer: float


def train(job: Job, run: JobRun, material: Material, order: TrainOrder, snapshot: Snapshot) -> dict[str, Any]:
    """One model from all labels outside the sealed split, judged on it beside its baseline, registered."""
    training = TrainingRun.objects.get(pk=order.run_id)
    run.share, run.message = 900, "training"
    mine = fit(order.recipe, order.params, material, run, snapshot.kind)
    check_run(run)
    jobs.report(claim=run.claim, done=920, total=1000, message="training the baseline")
    baseline = beside(order.recipe, mine, material, run, snapshot.kind)
    check_run(run)
    jobs.report(claim=run.claim, done=950, total=1000, message="registering")
    version = publish(
        job=job, run=training, snapshot=snapshot, material=material, trained=mine.trained, found=mine.found,
        report=mine.report, facts={"train_seconds": mine.seconds},
    )  # fmt: skip
    jobs.report(claim=run.claim, done=1000, total=1000, message="registered")
    judgement = mine.report.judgement
    return {
        "metrics": mine.report.metrics,
        "primary": mine.report.primary,
        "confusion": judgement.confusion.tolist() if judgement else [],
        "labels": material.labels,
        "seconds": round(mine.seconds, 1),
        "milliseconds_an_answer": round(1000 * mine.seconds_an_answer, 3),
        "device": run.device,
        "baseline": baseline,
        "model": version.name,
        "version": version.version,
        "version_id": version.pk,
    }


def beside(recipe: str, mine: Fitted, material: Material, run: JobRun, kind: str) -> dict[str, Any] | None:
    """The recipe's baseline on the same labels and sealed items; None where the recipe has none.

    `difference` is the recipe's primary metric less the baseline's, by the paired bootstrap over the sealed items.
    """
    card = card_of(recipe)
    if not card.baseline:
        return None
    folder = run.workdir / "baseline"
    folder.mkdir(exist_ok=True)
    quiet = replace(run, workdir=folder, device="cpu", begin=920, share=0, message="training the baseline")
    other = fit(card.baseline, complete_params(card_of(card.baseline), {}), material, quiet, kind)
    difference = paired_difference(mine.report.scored, other.report.scored)
    return {
        "recipe": card.baseline,
        "metrics": other.report.metrics,
        "seconds": round(other.seconds, 1),
        "milliseconds_an_answer": round(1000 * other.seconds_an_answer, 3),
        "difference": difference.as_json(),
    }


def study(run: JobRun, material: Material, order: StudyOrder, kind: str) -> dict[str, Any]:
    """Every point of the plan that is missing."""
    study_row = Study.objects.select_related("project").get(pk=order.study_id)
    recipe = recipe_of(order.recipe)
    have = set(CurvePoint.objects.filter(study=study_row).values_list("n", "seed"))
    strata = [example.label for example in material.train]
    run.total = 1000 * len(order.plan)
    for number, (n, seed) in enumerate(order.plan):
        run.begin, run.message = 1000 * number, f"{n} labels, seed {seed}"
        check_run(run)
        if (n, seed) in have:
            continue
        subset = [material.train[index] for index in nested_order(strata, seed=seed)[:n]]
        run.seed = seed
        (run.workdir / CHECKPOINT).unlink(missing_ok=True)
        begun = time.monotonic()
        trained = recipe.fit(subset, material.labels, order.params, run)
        report = report_on(
            kind, trained.predict(material.sealed), material.sealed, material.labels, usual=material.usual,
            slices=material.sealed_slices, seed=seed,
        )  # fmt: skip
        judgement = report.judgement
        values = {
            "accuracy": report.value,
            "macro_f1": judgement.macro_f1 if judgement else 0.0,
            "test_items": report.items,
            "per_class": {row["label"]: [row["items"], row["right"]] for row in report.per_class if "right" in row},
            "metrics": report.curve,
            "slices": report.slices,
            "seconds": time.monotonic() - begun,
        }
        keep_point(study_row, n, seed, values)
        jobs.report(
            claim=run.claim,
            done=1000 * (number + 1),
            total=run.total,
            message=run.message,
            step=n,
            values={"n": n, "seed": seed, "accuracy": report.value},
        )
    made = finish_study(study_row)
    return {"points": len(order.plan), "reused": len(have), "forecast": made.body if made else None}


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
