"""Measuring the points of a learning curve, in the trainer's process."""

import time

from labelkit.metrics import evaluate
from plateau.jobs import services as jobs
from plateau.jobs.models import Job
from statkit.learning_curves import nested_order
from workers.catalog import recipe_spec
from workers.learning_curves.job_kinds import LearningCurvePayload
from workers.learning_curves.models import CurvePoint, LearningCurve
from workers.learning_curves.services import finish_learning_curve, save_point
from workers.runtime.dataset import fetch_dataset
from workers.runtime.job_run import JobRun
from workers.runtime.recipe_loading import load_recipe, select_device


def measure_learning_curve(job: Job, run: JobRun, payload: LearningCurvePayload) -> dict[str, object]:
    """Handler of job kind `learning-curve`: train every point of the plan that is missing."""
    snapshot, dataset = fetch_dataset(payload.snapshot_id, run)
    run.device = select_device(payload.recipe)
    curve = LearningCurve.objects.select_related("project").get(pk=payload.learning_curve_id)
    recipe, params = load_recipe(payload.recipe), recipe_spec(payload.recipe).parse(payload.params)
    measured = set(CurvePoint.objects.filter(learning_curve=curve).values_list("n", "seed"))
    strata = [example.stratum for example in dataset.train]
    run.total = 1000 * len(payload.training_plan)
    for number, (n, seed) in enumerate(payload.training_plan):
        run.begin, run.message = 1000 * number, f"{n} labels, seed {seed}"
        run.raise_if_stopped()
        if (n, seed) in measured:
            continue
        subset = [dataset.train[index] for index in nested_order(strata, seed=seed)[:n]]
        run.seed = seed
        run.checkpoint.unlink(missing_ok=True)
        started = time.monotonic()
        trained = recipe.fit(subset, dataset.labels, params, run)
        report = evaluate(
            snapshot.annotation_type.key, trained.predict(dataset.test), dataset.test, dataset.labels,
            training_mean=dataset.training_mean, slices=dataset.test_slices, seed=seed,
        )  # fmt: skip
        classification, summary = report.classification, report.summary
        values = {
            "accuracy": report.value,
            "macro_f1": classification.macro_f1 if classification else 0.0,
            "test_items": report.item_count,
            "per_class": {
                row["label"]: [row["items"], row["correct"]] for row in summary.per_class if "correct" in row
            },
            "metrics": summary.curve,
            "slices": summary.slices,
            "training_seconds": time.monotonic() - started,
        }
        save_point(curve, n, seed, values)
        jobs.report(
            claim=run.claim,
            done=1000 * (number + 1),
            total=run.total,
            message=run.message,
            step=n,
            values={"n": n, "seed": seed, "accuracy": report.value},
        )
    stored = finish_learning_curve(curve)
    return {
        "points": len(payload.training_plan),
        "reused": len(measured),
        "forecast": stored.forecast if stored else None,
    }
