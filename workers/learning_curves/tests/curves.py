"""Snapshots and learning curves as rows, for tests that need a curve and no training."""

from annotation.labeling.models import Annotation, Task
from annotation.labeling.tests.factories import AnnotationFactory
from annotation.projects.tests.factories import LABELS
from annotation.snapshots.models import Snapshot
from annotation.snapshots.tests.factories import SnapshotEntryFactory, SnapshotFactory
from workers.learning_curves.models import LearningCurve
from workers.learning_curves.tests.factories import CurvePointFactory, LearningCurveFactory

PARAMS = {"C": 0.5}


def annotate_task(task: Task) -> Annotation:
    """The task's annotation; a new one where it has none."""
    return Annotation.objects.filter(task=task).first() or AnnotationFactory(task=task)


def create_ready_snapshot(project, version: int, items: int, **counts: int) -> Snapshot:
    """A ready snapshot that holds the first items."""
    snapshot = SnapshotFactory(project=project, version=version, labels=[LABELS[0]], **counts)
    for task in Task.objects.filter(project=project).order_by("pk")[:items]:
        SnapshotEntryFactory(snapshot=snapshot, annotation=annotate_task(task))
    return snapshot


def create_measured_curve(snapshot, *, sizes=(80, 160, 320, 640), seeds=2, top=0.9) -> LearningCurve:
    """A learning curve without noise whose job is done."""
    curve = LearningCurveFactory(
        project=snapshot.project,
        snapshot=snapshot,
        params=PARAMS,
        sizes=list(sizes),
        seeds=list(range(seeds)),
        training_plan=[[n, seed] for n in sizes for seed in range(seeds)],
        job__state="done",
    )
    for n in sizes:
        for seed in range(seeds):
            score = top - 2.0 * n**-0.5 + 0.004 * (seed - 0.5)
            cells = {"apple": [120, round(120 * score)], "pear": [80, round(80 * (score - 0.05))]}
            CurvePointFactory(
                learning_curve=curve,
                n=n,
                seed=seed,
                accuracy=score,
                macro_f1=score,
                per_class=cells,
                metrics={"macro_f1": [score, 0.02], "auroc": [min(score + 0.05, 1), 0.01]},
                slices={"meta:camera=b": [40, round(40 * score)]},
            )
    return curve
