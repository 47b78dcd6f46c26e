"""One trial of a sweep: on growing parts of the labels outside the test set, judged on a fifth of them."""

import time
from typing import Any

from labelkit.annotations import ANNOTATION_TYPES
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
from workers.sweeps.services import begin_trial, record_rung

HELD_OUT = 0.2
RUNGS = (0.25, 0.5, 1.0)
LEAST_RUNG = 10


def sides_of(dataset: SnapshotDataset, seed: int) -> tuple[list[Example], list[Example]]:
    """Labels to learn from in nested, balanced order, and those held out. The held-out test set is not looked at."""
    order = nested_order([example.stratum for example in dataset.train], seed=seed)
    held = max(1, round(HELD_OUT * len(order)))
    return [dataset.train[one] for one in order[:-held]], [dataset.train[one] for one in order[-held:]]


def run_trial(job: Job, run: JobRun, order: TrialPayload) -> dict[str, Any]:
    """Handler of job kind `trial`, in the trainer's process; a later attempt goes on behind the last rung."""
    snapshot, dataset = fetch_dataset(order.snapshot_id, run)
    recipe, kind = load_recipe(order.recipe), snapshot.kind
    run.device = select_device(order.recipe)
    sweep = Sweep.objects.get(pk=order.sweep_id)
    learned, held = sides_of(dataset, sweep.seed)
    trial = begin_trial(sweep_id=sweep.pk, number=order.number, metric=metrics_of(ANNOTATION_TYPES[kind])[0].key)
    params = recipe_spec(order.recipe).parse(trial.params)
    sizes = sorted({min(len(learned), max(LEAST_RUNG, round(share * len(learned)))) for share in RUNGS})
    run.total, run.seed = 1000 * len(sizes), sweep.seed
    for step, n in enumerate(sizes):
        if n in [done for done, _ in trial.rungs]:
            continue
        run.raise_if_stopped()
        run.begin, run.message = 1000 * step, f"{n} labels"
        begun = time.monotonic()
        trained = recipe.fit(learned[:n], dataset.labels, params, run)
        run.checkpoint.unlink(missing_ok=True)
        report = evaluate(kind, trained.predict(held), held, dataset.labels, training_mean=dataset.training_mean)
        trial = record_rung(
            trial=trial, labels=n, score=report.value, seconds=time.monotonic() - begun, last=n == sizes[-1]
        )
        jobs.report(claim=run.claim, done=1000 * (step + 1), total=run.total, step=n, values={"score": report.value})
        if trial.state == TrialState.PRUNED:
            break
    return {"sweep_id": sweep.pk, "number": trial.number, "state": trial.state, "value": trial.value}
