"""Ordering the queue by a query strategy: a model of the labels so far scores the unlabeled items."""

import hashlib
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import F
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from annotation.labeling.job_kinds import SelectionPayload
from annotation.labeling.models import Task
from annotation.projects.models import Project
from annotation.snapshots.split import is_drawn
from plateau.jobs.handlers import Running
from workers.selection import STRATEGIES, Pool
from workers.training.image_features import compute_features, fetch_task_rows, is_held_out

MIN_LABELS = 10
CONTROL_FRACTION = 0.1


def run_selection(running: Running[SelectionPayload]) -> dict[str, object]:
    """Handler of job kind `selection`: writes the positions of open tasks.

    Held-out items take no part: they stay at random positions among the others, so that the held-out test set remains
    a random sample whatever the strategy. So does the control arm, a tenth of the others: what the strategy gains can
    only be measured against labels that it did not choose.
    """
    project = Project.objects.get(pk=running.payload.project_id)
    strategy, seed = running.payload.strategy, running.payload.seed
    rng = np.random.default_rng(seed)
    labeled = [row for row in fetch_task_rows(project, states=("done", "review")) if not is_held_out(project, row)]
    # Open tasks that have an annotation keep their position.
    unlabeled = [row for row in fetch_task_rows(project, states=("open",)) if row["annotation_count"] == 0]
    held_out = [row for row in unlabeled if is_held_out(project, row)]
    trainable = [row for row in unlabeled if not is_held_out(project, row)]
    control = [row for row in trainable if is_control(project, row)]
    pool = [row for row in trainable if not is_control(project, row)]
    running.report(done=0, total=3, message="extracting features")
    strata = [project.annotation_type.strata(row["annotation__value"]) for row in labeled]
    if len(labeled) < MIN_LABELS or len(set(strata)) < 2 or not pool:  # a model needs two classes
        scores = rng.random(len(pool))
        applied_strategy = f"at random: fewer than {MIN_LABELS} labels, or one class only"
    else:
        labeled_features, pool_features = compute_features(labeled), compute_features(pool)
        running.report(done=1, total=3, message="training the model")
        scaler = StandardScaler().fit(labeled_features)
        labeled_features, pool_features = scaler.transform(labeled_features), scaler.transform(pool_features)
        model = LogisticRegression(max_iter=300, C=0.01).fit(labeled_features, strata)
        probabilities = model.predict_proba(pool_features)
        scores = STRATEGIES[strategy](Pool(probabilities, pool_features, labeled_features, rng))
        applied_strategy = strategy
    running.report(done=2, total=3, message="writing")
    _write_positions(project, pool, scores, held_out + control, rng)
    running.report(done=3, total=3, message="")
    return {
        "strategy": applied_strategy,
        "seed": seed,
        "ordered": len(pool),
        "left_random": len(held_out),
        "control": len(control),
        "learned_from": len(labeled),
    }


def is_control(project: Project, row: dict[str, Any]) -> bool:
    """Whether the item is in the control arm; drawn by the project's secret key, and so the same at every call."""
    key = hashlib.sha256(f"{project.split_seed}:control".encode()).hexdigest()
    return is_drawn(key, row["item__asset__sha256"], fraction=CONTROL_FRACTION)


@transaction.atomic
def _write_positions(
    project: Project,
    pool: list[dict[str, Any]],
    scores: NDArray[np.float64],
    random_rows: list[dict[str, Any]],
    rng: np.random.Generator,
) -> None:
    """Write positions from −1 (dispatched first) to 0: of `pool` by falling score, of `random_rows` at random."""
    positions = np.empty(len(pool))
    positions[np.argsort(-scores, kind="stable")] = np.arange(len(pool)) / max(1, len(pool)) - 1
    rows = [Task(pk=row["pk"], position=float(position)) for row, position in zip(pool, positions, strict=True)]
    rows += [Task(pk=row["pk"], position=float(rng.random() - 1)) for row in random_rows]
    Task.objects.bulk_update(rows, ["position"], batch_size=1000)
    Project.objects.filter(pk=project.pk).update(queue_version=F("queue_version") + 1)
