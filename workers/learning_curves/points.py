"""Measuring the points of a learning curve, in the trainer's process."""

import time
from typing import Any

from plateau.jobs import services as jobs
from plateau.jobs.models import Job
from statkit.learning_curves import nested_order
from workers.catalog import recipe_spec
from workers.learning_curves.job_kinds import StudyOrder
from workers.learning_curves.models import CurvePoint, Study
from workers.learning_curves.services import finish_study, keep_point
from workers.metrics import report_on
from workers.recipes.base import CHECKPOINT, check_run
from workers.runtime.context import JobRun
from workers.runtime.material import fetch_material
from workers.runtime.recipe import device_for, recipe_of


def study(job: Job, run: JobRun, order: StudyOrder) -> dict[str, Any]:
    """Handler of job kind `study`: every point of the plan that is missing."""
    snapshot, material = fetch_material(order.snapshot_id, run)
    run.device = device_for(order.recipe)
    study_row = Study.objects.select_related("project").get(pk=order.study_id)
    recipe, params = recipe_of(order.recipe), recipe_spec(order.recipe).parse(order.params)
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
        trained = recipe.fit(subset, material.labels, params, run)
        report = report_on(
            snapshot.kind, trained.predict(material.sealed), material.sealed, material.labels, usual=material.usual,
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
