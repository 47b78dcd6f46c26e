"""Ordering curves, keeping forecasts, and scoring them when the labels arrive."""

import itertools
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from annotation.projects.models import Project
from annotation.snapshots.models import Snapshot, SnapshotEntry
from plateau.access.scopes import Actor
from plateau.audit.services import record
from plateau.http.errors import Conflict, Invalid
from plateau.jobs import services as jobs
from statkit.learning_curves import pool_seeds
from statkit.learning_curves.planner import PlannedTrainings, plan_trainings, size_grid
from workers.catalog import complete_params, recipe_spec
from workers.learning_curves import queries
from workers.learning_curves.job_kinds import REPLAY, STUDY, ReplayOrder, StudyOrder
from workers.learning_curves.models import (
    CurvePoint,
    Economics,
    ForecastOutcome,
    ForecastRecord,
    LivePlan,
    Replay,
    Study,
    Ways,
)
from workers.recipes.spec import ChoiceParam, RecipeSpec
from workers.training.services import check_trainable

MIN_TRAIN = 40
MOST_SIZES = 7
WAYS_SIZES = 3


def planned_for(spec: RecipeSpec, train: int, budget: float | None) -> list[PlannedTrainings]:
    """Which sizes, with how many seeds: what narrows the forecast most for that many trainings on all labels."""
    sizes = size_grid(train)[-MOST_SIZES:]
    return plan_trainings(sizes, budget or spec.curve_budget, floor=spec.min_cost_labels)


@transaction.atomic
def order_study(
    *,
    actor: Actor,
    snapshot: Snapshot,
    recipe: str,
    params: dict[str, Any],
    budget: float | None = None,
    live: bool = False,
) -> Study:
    """Order a learning curve up to all labels of a snapshot, within a compute budget.

    Points that an earlier study measured, of the same recipe on a snapshot whose labels are all in this one, are used
    again.

    Raises:
        Invalid: recipe or parameters are wrong.
        Conflict: the snapshot cannot be trained on, or is too small for three sizes.
    """
    spec = recipe_spec(recipe)
    complete = complete_params(spec, params)
    check_trainable(snapshot, spec)
    if snapshot.train < MIN_TRAIN:
        raise Conflict(
            f"A curve needs at least {MIN_TRAIN} labels outside the sealed split; there are {snapshot.train}."
        )
    planned = planned_for(spec, snapshot.train, budget)
    study = _start_study(actor, snapshot, spec, complete, planned, budget=budget or spec.curve_budget, live=live)
    reuse_points(study)
    record(actor=actor, action="study.ordered", subject=study, recipe=recipe, sizes=study.sizes)
    return study


def _start_study(
    actor: Actor,
    snapshot: Snapshot,
    spec: RecipeSpec,
    complete: dict[str, Any],
    planned: Sequence[PlannedTrainings],
    **facts: Any,
) -> Study:
    """A study and its job; a worker takes it once the transaction is through."""
    recipe = spec.key
    most = max(one.seeds for one in planned)
    # Seed by seed, the largest size first: the sooner a worker is stopped, the more of a curve there is.
    order_of = [[one.n, seed] for seed in range(most) for one in reversed(planned) if seed < one.seeds]
    sizes = [one.n for one in planned]
    return jobs.submit_with(
        STUDY,
        row=lambda job: Study.objects.create(
            project_id=snapshot.project_id,
            snapshot=snapshot,
            recipe=recipe,
            params=complete,
            sizes=sizes,
            seeds=list(range(most)),
            plan=order_of,
            job=job,
            created_by_id=actor.user_id or None,
            **facts,
        ),
        payload=lambda made: StudyOrder(
            study_id=made.pk, snapshot_id=snapshot.pk, recipe=recipe, plan=order_of, params=complete
        ),
        actor=actor,
        project_id=snapshot.project_id,
    )


@transaction.atomic
def order_ways(
    *, actor: Actor, snapshot: Snapshot, recipe: str, choice: str, params: dict[str, Any], seeds: int
) -> Ways:
    """Train in every way that a choice of a recipe offers, on the same growing labels with the same seeds.

    Raises:
        Invalid: recipe or parameters are wrong, or the recipe offers no such choice.
        Conflict: the snapshot cannot be trained on, or is too small for three sizes.
    """
    spec = recipe_spec(recipe)
    options = next((one.options for one in spec.params if isinstance(one, ChoiceParam) and one.key == choice), None)
    if options is None:
        message = f"{spec.title} offers no such choice"
        raise Invalid(f"choice: {message}", [{"field": "choice", "message": message}])
    sizes = size_grid(snapshot.train)[-WAYS_SIZES:]
    check_trainable(snapshot, spec)
    if snapshot.train < MIN_TRAIN or len(sizes) < WAYS_SIZES:
        raise Conflict(
            f"Ways are compared on at least {MIN_TRAIN} labels outside the sealed split; there are {snapshot.train}."
        )
    row = Ways.objects.create(
        project_id=snapshot.project_id, snapshot=snapshot, recipe=recipe, choice=choice,
        created_by_id=actor.user_id or None,
    )  # fmt: skip
    planned = [PlannedTrainings(n, seeds) for n in sizes]
    for option in options:
        complete = complete_params(spec, params | {choice: option})
        _start_study(actor, snapshot, spec, complete, planned, ways=row)
    record(actor=actor, action="ways.ordered", subject=row, recipe=recipe, choice=choice, sizes=sizes, seeds=seeds)
    return row


def reuse_points(study: Study) -> int:
    """Take over points of earlier studies; how many.

    Whether an earlier snapshot only grew is asked of the database: none of its entries may be missing from this one.
    A point from fewer labels is as good a sample of that size as any, and its standard error knows its sealed items.
    """
    earlier = Study.objects.filter(project_id=study.project_id, recipe=study.recipe, params=study.params)
    earlier = earlier.filter(ways=None).exclude(pk=study.pk).select_related("snapshot").order_by("-pk")
    wanted = {(n, seed) for n, seed in study.plan}
    taken = 0
    for old in earlier[:5]:
        if old.snapshot.kind != study.snapshot.kind or old.snapshot.labels != study.snapshot.labels:
            continue
        now = SnapshotEntry.objects.filter(snapshot=study.snapshot).values("annotation_id")
        if SnapshotEntry.objects.filter(snapshot=old.snapshot).exclude(annotation_id__in=now).exists():
            continue
        for point in old.points.all():
            if (point.n, point.seed) in wanted:
                wanted.discard((point.n, point.seed))
                point.pk, point.study, point.reused = None, study, True
                point.save()
                taken += 1
    return taken


def store_forecast(*, study: Study, target: float) -> ForecastRecord | None:
    """Keep what is forecast now, to be scored when the labels arrive."""
    body = queries.forecast_body(study, list(study.points.all()), target=target)
    if body is None:
        return None
    return ForecastRecord.objects.create(study=study, target=target, body=body)


def score_forecasts(study: Study) -> int:
    """Hold earlier forecasts of the same recipe against the sizes that this study measured; how many were scored.

    Only sizes beyond what a forecast had seen count, and only up to the end of its band.
    """
    rows = queries.rows_of([point for point in study.points.all() if not point.reused], "accuracy")
    measured = pool_seeds(rows) if rows else []
    records = ForecastRecord.objects.filter(
        study__project_id=study.project_id, study__recipe=study.recipe, study__params=study.params
    ).exclude(study=study)
    made = []
    for one, point in itertools.product(records, measured):
        body = one.body
        band = body.get("band") or []
        if not band or "p2_5" not in band[0] or not body["labels_now"] * 1.1 < point.n <= band[-1]["n"]:
            continue
        low95, low, middle, high, high95 = queries.band_at(band, point.n)
        half = (high - middle) if point.score > middle else (middle - low)
        made.append(
            ForecastOutcome(
                record=one,
                n=point.n,
                score=point.score,
                low=low,
                middle=middle,
                high=high,
                distance=abs(point.score - middle) / max(half, 1e-9),
                inside80=low <= point.score <= high,
                inside95=low95 <= point.score <= high95,
            )
        )
    ForecastOutcome.objects.bulk_create(made, ignore_conflicts=True)
    return len(made)


def finish_study(study: Study) -> ForecastRecord | None:
    """After the last point: score what was forecast before, then forecast anew; ways of training are only compared."""
    if study.ways_id is not None:
        return None
    score_forecasts(study)
    return store_forecast(study=study, target=study.project.target)


def keep_point(study: Study, n: int, seed: int, values: dict[str, Any]) -> CurvePoint:
    """Write a point; the same point again is the same row."""
    return CurvePoint.objects.get_or_create(study=study, n=n, seed=seed, defaults=values)[0]


@transaction.atomic
def set_live_plan(
    *, actor: Actor, project: Project, recipe: str, every_labels: int, every_hours: int | None, enabled: bool
) -> LivePlan:
    """When the curve gets its next point by itself.

    Raises:
        Invalid: no such recipe.
        Conflict: the recipe does not take the project's kind.
    """
    spec = recipe_spec(recipe)
    if not spec.takes(project.kind):
        raise Conflict(f"{spec.title} does not take {project.kind}.")
    row, _ = LivePlan.objects.update_or_create(
        project=project,
        defaults={
            "recipe": recipe,
            "params": complete_params(spec, {}),
            "every_labels": every_labels,
            "every_hours": every_hours,
            "enabled": enabled,
            "problem": "",
            "created_by_id": actor.user_id or None,
        },
    )
    record(actor=actor, action="live_plan.set", subject=project, recipe=recipe, every=every_labels, enabled=enabled)
    return row


@transaction.atomic
def set_economics(*, actor: Actor, project: Project, values: dict[str, Any]) -> Economics:
    """What labels and mistakes cost."""
    row, _ = Economics.objects.update_or_create(project=project, defaults=values)
    record(actor=actor, action="economics.set", subject=project)
    return row


@transaction.atomic
def order_replay(*, actor: Actor, snapshot: Snapshot) -> Replay:
    """Try the query strategies on the labels of a snapshot; a worker does it.

    Raises:
        Conflict: the snapshot is not ready, of another kind than classes, or too small to tell strategies apart.
    """
    check_trainable(snapshot, recipe_spec("image_probe"))
    if snapshot.train < 100:
        raise Conflict(
            f"Strategies are compared on at least 100 labels outside the sealed split; there are {snapshot.train}."
        )
    order = ReplayOrder(snapshot_id=snapshot.pk, seeds=[0, 1, 2, 3, 4])
    job = jobs.submit(REPLAY, order, actor=actor, project_id=snapshot.project_id)
    row = Replay.objects.create(
        project_id=snapshot.project_id, snapshot=snapshot, job=job, created_by_id=actor.user_id or None
    )
    record(actor=actor, action="replay.ordered", subject=row)
    return row
