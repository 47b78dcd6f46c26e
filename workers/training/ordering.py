"""The queue by a query strategy: a model of the labels so far says what to ask next."""

from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import F
from plateau.jobs.handlers import Running
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from annotation.labeling.models import Task
from annotation.projects.models import Project
from workers.selection import STRATEGIES, Pool
from workers.training.material import features_of, is_sealed, rows_of

LEAST = 10


def run_ordering(running: Running) -> dict[str, Any]:
    """Handler of job kind `selection`: writes the positions of open tasks.

    Items of the sealed side take no part: they stay strewn at random among the others, so that the sealed
    labels remain a random sample whatever the strategy.
    """
    project = Project.objects.get(pk=running.payload["project_id"])
    strategy, seed = running.payload["strategy"], int(running.payload["seed"])
    rng = np.random.default_rng(seed)
    done = [row for row in rows_of(project, states=("done", "review")) if not is_sealed(project, row)]
    waiting = [row for row in rows_of(project, states=("open",)) if row["given"] == 0]  # others keep their place
    sealed = [row for row in waiting if is_sealed(project, row)]
    pool = [row for row in waiting if not is_sealed(project, row)]
    running.report(done=0, total=3, message="features")
    labels = [_label(row) for row in done]
    if len(done) < LEAST or len(set(labels)) < 2 or not pool:  # a model needs two classes
        scores, told = rng.random(len(pool)), f"at random: fewer than {LEAST} labels, or one class only"
    else:
        known, unknown = features_of(done), features_of(pool)
        running.report(done=1, total=3, message="model")
        scale = StandardScaler().fit(known)
        known, unknown = scale.transform(known), scale.transform(unknown)
        model = LogisticRegression(max_iter=300, C=0.01).fit(known, labels)
        scores = STRATEGIES[strategy](Pool(model.predict_proba(unknown), unknown, known, rng))
        told = strategy
    running.report(done=2, total=3, message="writing")
    _place(project, pool, scores, sealed, rng)
    running.report(done=3, total=3, message="")
    return {"strategy": told, "seed": seed, "ordered": len(pool), "left_random": len(sealed), "learned_from": len(done)}


def _label(row: dict[str, Any]) -> str:
    value = row["annotation__value"]
    return str(value.get("label", ""))


@transaction.atomic
def _place(project: Project, pool: list[Any], scores: Any, sealed: list[Any], rng: np.random.Generator) -> None:
    """Positions from −1 (asked first) to 0."""
    places = np.empty(len(pool))
    places[np.argsort(-np.asarray(scores), kind="stable")] = np.arange(len(pool)) / max(1, len(pool)) - 1
    rows = [Task(pk=row["pk"], position=float(place)) for row, place in zip(pool, places, strict=True)]
    rows += [Task(pk=row["pk"], position=float(rng.random() - 1)) for row in sealed]
    Task.objects.bulk_update(rows, ["position"], batch_size=1000)
    Project.objects.filter(pk=project.pk).update(queue_epoch=F("queue_epoch") + 1)
