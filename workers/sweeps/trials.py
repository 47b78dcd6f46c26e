"""One trial of a sweep: trained on growing parts of the training labels, evaluated on a fifth of them."""

import time

from labelkit.metrics import evaluate, metrics_of
from plateau.jobs import services as jobs
from plateau.jobs.models import Job
from statkit.learning_curves import nested_order
from workers.catalog import recipe_spec
from workers.recipes.base import Example
from workers.runtime.dataset import SnapshotDataset, fetch_dataset
from workers.runtime.job_run import JobRun
from workers.runtime.recipe_loading import load_recipe, select_device
from workers.sweeps.job_kinds import TrialPayload
from workers.sweeps.models import Sweep, TrialState
from workers.sweeps.services import begin_trial, save_rung

VALIDATION_FRACTION = 0.2
RUNG_FRACTIONS = (0.25, 0.5, 1.0)
MIN_RUNG_LABELS = 10


def validation_split(dataset: SnapshotDataset, seed: int) -> tuple[list[Example], list[Example]]:
    """Training examples in nested, balanced order, and validation examples; the held-out test set stays unused."""
    order = nested_order([example.stratum for example in dataset.train], seed=seed)
    examples = [dataset.train[index] for index in order]
    validation_count = max(1, round(VALIDATION_FRACTION * len(examples)))
    return examples[:-validation_count], examples[-validation_count:]


def run_trial(job: Job, run: JobRun, payload: TrialPayload) -> dict[str, object]:
    """Handler of job kind `trial`, in the trainer process; a later attempt resumes after the last rung."""
    snapshot, dataset = fetch_dataset(payload.snapshot_id, run)
    recipe, annotation_type = load_recipe(payload.recipe), snapshot.annotation_type
    run.device = select_device(payload.recipe)
    sweep = Sweep.objects.get(pk=payload.sweep_id)
    train, validation = validation_split(dataset, sweep.seed)
    trial = begin_trial(sweep_id=sweep.pk, number=payload.number, metric=metrics_of(annotation_type)[0].key)
    params = recipe_spec(payload.recipe).parse(trial.params)
    sizes = sorted({min(len(train), max(MIN_RUNG_LABELS, round(fraction * len(train)))) for fraction in RUNG_FRACTIONS})
    run.total, run.seed = 1000 * len(sizes), sweep.seed
    for step, size in enumerate(sizes):
        if size in [labels for labels, _ in trial.rungs]:
            continue
        run.raise_if_stopped()
        run.begin, run.message = 1000 * step, f"{size} labels"
        started = time.monotonic()
        model = recipe.fit(train[:size], dataset.labels, params, run)
        run.checkpoint.unlink(missing_ok=True)
        predictions = model.predict(validation)
        report = evaluate(
            annotation_type.key, predictions, validation, dataset.labels, training_mean=dataset.training_mean
        )
        seconds = time.monotonic() - started
        trial = save_rung(trial=trial, labels=size, score=report.value, seconds=seconds, is_last=size == sizes[-1])
        jobs.report(claim=run.claim, done=1000 * (step + 1), total=run.total, step=size, values={"score": report.value})
        if trial.state == TrialState.PRUNED:
            break
    return {"sweep_id": sweep.pk, "number": trial.number, "state": trial.state, "value": trial.value}
