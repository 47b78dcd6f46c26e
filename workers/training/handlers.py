"""The handler of training jobs: one model, its evaluation beside a baseline's, its registration."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from labelkit.metrics import EvaluationReport, evaluate
from labelkit.metrics.scores import bootstrap_difference
from plateau.jobs.models import Job
from workers.catalog import complete_params, recipe_spec
from workers.recipes.base import TrainedModel
from workers.runtime.dataset import SnapshotDataset, fetch_dataset
from workers.runtime.job_run import JobRun
from workers.runtime.recipe_loading import load_recipe, select_device
from workers.training.job_kinds import TrainPayload
from workers.training.models import TrainingRun
from workers.training.registration import register_model
from workers.training.tracking import TrainingTracker


@dataclass(frozen=True)
class FittedModel:
    """A trained model, its predictions on the held-out test set, their evaluation, and the time it took."""

    model: TrainedModel
    predictions: Any
    report: EvaluationReport
    train_seconds: float
    seconds_per_prediction: float


def fit(
    recipe: str, params: Mapping[str, object], dataset: SnapshotDataset, run: JobRun, annotation_type: str
) -> FittedModel:
    """Train on the training examples, predict the held-out test set, and evaluate."""
    started = time.monotonic()
    model = load_recipe(recipe).fit(dataset.train, dataset.labels, recipe_spec(recipe).parse(params), run)
    train_seconds = time.monotonic() - started
    run.raise_if_stopped()
    started = time.monotonic()
    predictions = model.predict(dataset.test)
    predict_seconds = time.monotonic() - started
    report = evaluate(
        annotation_type,
        predictions,
        dataset.test,
        dataset.labels,
        training_mean=dataset.training_mean,
        slices=dataset.test_slices,
    )
    return FittedModel(model, predictions, report, train_seconds, predict_seconds / max(1, len(dataset.test)))


def train(job: Job, run: JobRun, payload: TrainPayload) -> dict[str, object]:
    """Handler of job kind `train`: train, evaluate beside the baseline, register."""
    snapshot, dataset = fetch_dataset(payload.snapshot_id, run)
    run.seed, run.device = payload.seed, select_device(payload.recipe)
    training_run = TrainingRun.objects.get(pk=payload.run_id)
    run.share = 900
    run.begin_phase("training", done=0)
    with TrainingTracker(job, training_run, snapshot, run.device) as tracker:
        run.on_values = tracker.log
        fitted = fit(payload.recipe, payload.params, dataset, run, snapshot.annotation_type.key)
        run.on_values = None
        run.raise_if_stopped()
        run.begin_phase("training the baseline", done=920)
        baseline = train_baseline(payload.recipe, fitted, dataset, run, snapshot.annotation_type.key)
        run.raise_if_stopped()
        run.begin_phase("registering", done=950)
        version = register_model(
            mlflow_run_id=tracker.run_id(), training_run=training_run, snapshot=snapshot, dataset=dataset,
            model=fitted.model, predictions=fitted.predictions, report=fitted.report,
            timings={"train_seconds": fitted.train_seconds},
        )  # fmt: skip
    run.begin_phase("registered", done=1000)
    classification = fitted.report.classification
    return {
        "metrics": fitted.report.summary.metrics,
        "primary": fitted.report.primary,
        "confusion": classification.confusion.tolist() if classification else [],
        "labels": dataset.labels,
        **_timings(fitted),
        "device": run.device,
        "baseline": baseline,
        "model": version.name,
        "version": version.version,
        "version_id": version.pk,
    }


def train_baseline(
    recipe: str, fitted: FittedModel, dataset: SnapshotDataset, run: JobRun, annotation_type: str
) -> dict[str, object] | None:
    """Train and evaluate the recipe's baseline on the same examples; None where the recipe has none.

    `difference` is the recipe's primary metric less the baseline's, by the paired bootstrap over the test items.
    """
    spec = recipe_spec(recipe)
    if not spec.baseline:
        return None
    folder = run.workdir / "baseline"
    folder.mkdir(exist_ok=True)
    baseline_run = replace(run, workdir=folder, device="cpu", begin=920, share=0, message="training the baseline")
    params = complete_params(recipe_spec(spec.baseline), {})
    baseline = fit(spec.baseline, params, dataset, baseline_run, annotation_type)
    difference = bootstrap_difference(fitted.report.scores, baseline.report.scores)
    return {
        "recipe": spec.baseline,
        "metrics": baseline.report.summary.metrics,
        **_timings(baseline),
        "difference": difference.as_json(),
    }


def _timings(fitted: FittedModel) -> dict[str, float]:
    return {
        "train_seconds": round(fitted.train_seconds, 1),
        "prediction_ms": round(1000 * fitted.seconds_per_prediction, 3),
    }
