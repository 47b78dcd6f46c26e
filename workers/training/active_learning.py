"""The queue by a query strategy: a model of the labels so far says what to ask next."""

import hashlib
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import F
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from annotation.labeling.job_kinds import SelectionPayload
from annotation.labeling.models import Task
from annotation.projects.models import Project
from annotation.snapshots.split import draw
from labelkit.annotations import ANNOTATION_TYPES
from plateau.jobs.handlers import Running
from workers.selection import STRATEGIES, Pool
from workers.training.image_features import features_of, is_sealed, rows_of

LEAST = 10
CONTROL_SHARE = 0.1


def run_ordering(running: Running[SelectionPayload]) -> dict[str, Any]:
    """Handler of job kind `selection`: writes the positions of open tasks.

    Items of the sealed side take no part: they stay strewn at random among the others, so that the sealed
    labels remain a random sample whatever the strategy. So does the control arm, a tenth of the others: what the
    strategy is worth can only be told against labels that nobody chose.
    """
    project = Project.objects.get(pk=running.payload.project_id)
    strategy, seed = running.payload.strategy, running.payload.seed
    rng = np.random.default_rng(seed)
    done = [row for row in rows_of(project, states=("done", "review")) if not is_sealed(project, row)]
    waiting = [
        row for row in rows_of(project, states=("open",)) if row["annotation_count"] == 0
    ]  # others keep their place
    sealed = [row for row in waiting if is_sealed(project, row)]
    free = [row for row in waiting if not is_sealed(project, row)]
    control = [row for row in free if is_control(project, row)]
    pool = [row for row in free if not is_control(project, row)]
    running.report(done=0, total=3, message="features")
    strata = [ANNOTATION_TYPES[project.kind].strata(row["annotation__value"]) for row in done]
    if len(done) < LEAST or len(set(strata)) < 2 or not pool:  # a model needs two classes
        scores, told = rng.random(len(pool)), f"at random: fewer than {LEAST} labels, or one class only"
    else:
        known, unknown = features_of(done), features_of(pool)
        running.report(done=1, total=3, message="model")
        scale = StandardScaler().fit(known)
        known, unknown = scale.transform(known), scale.transform(unknown)
        model = LogisticRegression(max_iter=300, C=0.01).fit(known, strata)
        scores = STRATEGIES[strategy](Pool(model.predict_proba(unknown), unknown, known, rng))
        told = strategy
    running.report(done=2, total=3, message="writing")
    _place(project, pool, scores, sealed + control, rng)
    running.report(done=3, total=3, message="")
    return {
        "strategy": told,
        "seed": seed,
        "ordered": len(pool),
        "left_random": len(sealed),
        "control": len(control),
        "learned_from": len(done),
    }


def is_control(project: Project, row: dict[str, Any]) -> bool:
    """Whether the picture is in the control arm; fixed by the project's secret key, so it stays so from day to day."""
    key = hashlib.sha256(f"{project.split_seed}:control".encode()).hexdigest()
    return draw(key, row["item__asset__sha256"], share=CONTROL_SHARE) == "sealed"


@transaction.atomic
def _place(project: Project, pool: list[Any], scores: Any, by_chance: list[Any], rng: np.random.Generator) -> None:
    """Positions from −1 (asked first) to 0."""
    places = np.empty(len(pool))
    places[np.argsort(-np.asarray(scores), kind="stable")] = np.arange(len(pool)) / max(1, len(pool)) - 1
    rows = [Task(pk=row["pk"], position=float(place)) for row, place in zip(pool, places, strict=True)]
    rows += [Task(pk=row["pk"], position=float(rng.random() - 1)) for row in by_chance]
    Task.objects.bulk_update(rows, ["position"], batch_size=1000)
    Project.objects.filter(pk=project.pk).update(queue_version=F("queue_version") + 1)
