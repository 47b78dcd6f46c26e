"""Snapshots and learning curves as rows, for tests that need a curve and no training."""

import uuid

from annotation.labeling.models import Annotation, Task
from annotation.snapshots.models import Snapshot, SnapshotEntry
from conftest import queued_job
from workers.learning_curves.models import CurvePoint, LearningCurve

PARAMS = {"C": 0.5}


def annotate_task(task: Task) -> Annotation:
    """The task's annotation; a new one where it has none."""
    values = {"project": task.project, "value": {"label": "apple"}, "client_id": uuid.uuid4()}
    annotation = Annotation.objects.filter(task=task).first()
    return annotation or Annotation.objects.create(task=task, schema_version=1, guideline_version=1, **values)


def create_ready_snapshot(project, version: int, items: int, **more) -> Snapshot:
    """A ready snapshot that holds the first items."""
    values = {"train_count": 640, "test_count": 200, "item_count": 840, "content_hash": "x", "state": "ready"} | more
    labels = [{"id": "apple", "name": "Apple", "color": "#b91c1c", "key": "1"}]
    row = Snapshot.objects.create(
        project=project, version=version, kind="classification", labels=labels, schema_version=1, **values
    )
    for task in Task.objects.filter(project=project).order_by("pk")[:items]:
        SnapshotEntry.objects.create(snapshot=row, item=task.item, annotation=annotate_task(task), split="train")
    return row


def create_measured_curve(people, snapshot, *, sizes=(80, 160, 320, 640), seeds=2, top=0.9) -> LearningCurve:
    """A learning curve without noise whose job is done."""
    job = queued_job(people.actor(), "learning-curve", project_id=snapshot.project_id, state="done")
    curve = LearningCurve.objects.create(
        project=snapshot.project,
        snapshot=snapshot,
        recipe="image_probe",
        params=PARAMS,
        sizes=list(sizes),
        seeds=list(range(seeds)),
        training_plan=[[n, seed] for n in sizes for seed in range(seeds)],
        job=job,
    )
    for n in sizes:
        for seed in range(seeds):
            score = top - 2.0 * n**-0.5 + 0.004 * (seed - 0.5)
            cells = {"apple": [120, round(120 * score)], "pear": [80, round(80 * (score - 0.05))]}
            CurvePoint.objects.create(
                learning_curve=curve,
                n=n,
                seed=seed,
                accuracy=score,
                macro_f1=score,
                test_items=200,
                per_class=cells,
                metrics={"macro_f1": [score, 0.02], "auroc": [min(score + 0.05, 1), 0.01]},
                slices={"meta:camera=b": [40, round(40 * score)]},
                training_seconds=1.0,
            )
    return curve
