"""One model from all labels outside the sealed split, judged beside its baseline and registered."""

import time
from dataclasses import dataclass, replace
from typing import Any

from labelkit.metrics import EvaluationReport, evaluate
from labelkit.metrics.scores import bootstrap_difference
from plateau.jobs import services as jobs
from plateau.jobs.models import Job
from workers.catalog import complete_params, recipe_spec
from workers.recipes.base import Trained, check_run
from workers.runtime.dataset import Material, fetch_material
from workers.runtime.job_run import JobRun
from workers.runtime.recipe_loading import device_for, recipe_of
from workers.training.job_kinds import TrainPayload
from workers.training.models import TrainingRun
from workers.training.registration import publish


def fit(recipe: str, params: dict[str, Any], material: Material, run: JobRun, kind: str) -> "Fitted":
    """Train on all labels outside the sealed split, and answer the sealed items."""
    begun = time.monotonic()
    trained = recipe_of(recipe).fit(material.train, material.labels, recipe_spec(recipe).parse(params), run)
    seconds = time.monotonic() - begun
    check_run(run)
    begun = time.monotonic()
    found = trained.predict(material.sealed)
    answering = time.monotonic() - begun
    report = evaluate(
        kind,
        found,
        material.sealed,
        material.labels,
        training_mean=material.training_mean,
        slices=material.sealed_slices,
    )
    return Fitted(trained, found, report, seconds, answering / max(1, len(material.sealed)))


@dataclass(frozen=True)
class Fitted:
    """A trained model, its answers to the sealed items, what they show, and what it cost in seconds."""

    trained: Trained
    found: Any
    report: EvaluationReport
    seconds: float
    seconds_an_answer: float


def train(job: Job, run: JobRun, order: TrainPayload) -> dict[str, Any]:
    """Handler of job kind `train`: one model, judged on the sealed split beside its baseline, registered."""
    snapshot, material = fetch_material(order.snapshot_id, run)
    run.seed, run.device = order.seed, device_for(order.recipe)
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
    classification = mine.report.classification
    return {
        "metrics": mine.report.summary.metrics,
        "primary": mine.report.primary,
        "confusion": classification.confusion.tolist() if classification else [],
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
    spec = recipe_spec(recipe)
    if not spec.baseline:
        return None
    folder = run.workdir / "baseline"
    folder.mkdir(exist_ok=True)
    quiet = replace(run, workdir=folder, device="cpu", begin=920, share=0, message="training the baseline")
    other = fit(spec.baseline, complete_params(recipe_spec(spec.baseline), {}), material, quiet, kind)
    difference = bootstrap_difference(mine.report.scores, other.report.scores)
    return {
        "recipe": spec.baseline,
        "metrics": other.report.summary.metrics,
        "seconds": round(other.seconds, 1),
        "milliseconds_an_answer": round(1000 * other.seconds_an_answer, 3),
        "difference": difference.as_json(),
    }
