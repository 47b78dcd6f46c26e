"""Submitting learning curves, saving forecasts, and backtesting them when the labels arrive."""

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from annotation.projects.models import Project
from annotation.snapshots.models import Snapshot, SnapshotEntry
from plateau.access.scopes import Actor
from plateau.audit.services import record
from plateau.jobs import services as jobs
from statkit.learning_curves import pool_seeds
from statkit.learning_curves.planner import PlannedTrainings, plan_trainings, size_grid
from workers.catalog import complete_params, recipe_spec
from workers.learning_curves import queries
from workers.learning_curves.errors import (
    AblationNeedsMoreLabels,
    CurveNeedsMoreLabels,
    ParameterNotComparable,
    SimulationNeedsMoreLabels,
)
from workers.learning_curves.job_kinds import (
    ACTIVE_LEARNING_SIMULATION,
    LEARNING_CURVE,
    LearningCurvePayload,
    SimulationPayload,
)
from workers.learning_curves.models import (
    Ablation,
    ActiveLearningSimulation,
    CurvePoint,
    ForecastBacktest,
    LearningCurve,
    LearningCurveSchedule,
    ProjectCostModel,
    StoredForecast,
)
from workers.recipes.spec import ChoiceParam, RecipeSpec
from workers.training.errors import RecipeNotForProjectType
from workers.training.services import check_trainable

MIN_TRAIN = 40
MIN_TRAIN_OF_SIMULATION = 100
MAX_SIZES = 7
ABLATION_SIZES = 3
SIMULATION_SEEDS = [0, 1, 2, 3, 4]
# How many earlier curves are looked through for points that can be reused.
MAX_REUSED_CURVES = 5
# Only sizes at least so many times as large as the last measured one are backtested.
MIN_EXTRAPOLATION = 1.1


def choose_trainings(spec: RecipeSpec, train: int, compute_budget: float | None) -> list[PlannedTrainings]:
    """Sizes and seeds that narrow the forecast most for a budget in trainings on all labels."""
    sizes = size_grid(train)[-MAX_SIZES:]
    return plan_trainings(sizes, compute_budget or spec.curve_budget, floor=spec.min_cost_labels)


@transaction.atomic
def submit_learning_curve(
    *,
    actor: Actor,
    snapshot: Snapshot,
    recipe: str,
    params: Mapping[str, object],
    compute_budget: float | None = None,
    is_scheduled: bool = False,
) -> LearningCurve:
    """Enqueue a learning curve up to all labels of a snapshot, within a compute budget.

    Points that an earlier curve measured, of the same recipe on a snapshot whose labels are all in this one, are
    reused.

    Raises:
        InvalidInput: recipe or parameters are wrong.
        SnapshotNotReady, SnapshotTooSmall, RecipeNotForProjectType: see `check_trainable`.
        CurveNeedsMoreLabels: it is too small for three sizes.
    """
    spec = recipe_spec(recipe)
    complete = complete_params(spec, params)
    check_trainable(snapshot, spec)
    if snapshot.train_count < MIN_TRAIN:
        raise CurveNeedsMoreLabels(minimum=MIN_TRAIN, available=snapshot.train_count)
    curve = _create_learning_curve(
        actor,
        snapshot,
        spec,
        complete,
        choose_trainings(spec, snapshot.train_count, compute_budget),
        compute_budget=compute_budget or spec.curve_budget,
        is_scheduled=is_scheduled,
    )
    reuse_points(curve)
    record(actor=actor, action="learning_curve.submitted", subject=curve, recipe=recipe, sizes=curve.sizes)
    return curve


def _create_learning_curve(
    actor: Actor,
    snapshot: Snapshot,
    spec: RecipeSpec,
    complete: dict[str, Any],
    planned: Sequence[PlannedTrainings],
    **fields: object,
) -> LearningCurve:
    """Create a curve and its job; a worker claims it once the transaction is through."""
    recipe = spec.key
    seed_count = max(trainings.seeds for trainings in planned)
    # Seed by seed, the largest size first: the sooner a worker is stopped, the more of a curve there is.
    training_plan = [
        [trainings.n, seed] for seed in range(seed_count) for trainings in reversed(planned) if seed < trainings.seeds
    ]
    return jobs.submit_with(
        LEARNING_CURVE,
        row=lambda job: LearningCurve.objects.create(
            project_id=snapshot.project_id,
            snapshot=snapshot,
            recipe=recipe,
            params=complete,
            sizes=[trainings.n for trainings in planned],
            seeds=list(range(seed_count)),
            training_plan=training_plan,
            job=job,
            created_by_id=actor.user_id or None,
            **fields,
        ),
        payload=lambda curve: LearningCurvePayload(
            learning_curve_id=curve.pk,
            snapshot_id=snapshot.pk,
            recipe=recipe,
            training_plan=training_plan,
            params=complete,
        ),
        actor=actor,
        project_id=snapshot.project_id,
    )


@transaction.atomic
def submit_ablation(
    *, actor: Actor, snapshot: Snapshot, recipe: str, parameter: str, params: dict[str, Any], seeds: int
) -> Ablation:
    """Enqueue a learning curve for each option of a recipe's parameter, on the same labels with the same seeds.

    Raises:
        InvalidInput: recipe or other parameters are wrong.
        ParameterNotComparable: the recipe has no such parameter with options.
        SnapshotNotReady, SnapshotTooSmall, RecipeNotForProjectType: see `check_trainable`.
        AblationNeedsMoreLabels: it is too small for three sizes.
    """
    spec = recipe_spec(recipe)
    choices = {param.key: param.options for param in spec.params if isinstance(param, ChoiceParam)}
    if parameter not in choices:
        raise ParameterNotComparable(recipe=spec.title, field="parameter")
    sizes = size_grid(snapshot.train_count)[-ABLATION_SIZES:]
    check_trainable(snapshot, spec)
    if snapshot.train_count < MIN_TRAIN or len(sizes) < ABLATION_SIZES:
        raise AblationNeedsMoreLabels(minimum=MIN_TRAIN, available=snapshot.train_count)
    ablation = Ablation.objects.create(
        project_id=snapshot.project_id,
        snapshot=snapshot,
        recipe=recipe,
        parameter=parameter,
        created_by_id=actor.user_id or None,
    )
    planned = [PlannedTrainings(n, seeds) for n in sizes]
    for option in choices[parameter]:
        complete = complete_params(spec, params | {parameter: option})
        _create_learning_curve(actor, snapshot, spec, complete, planned, ablation=ablation)
    details = {"recipe": recipe, "parameter": parameter, "sizes": sizes, "seeds": seeds}
    record(actor=actor, action="ablation.submitted", subject=ablation, **details)
    return ablation


def reuse_points(curve: LearningCurve) -> int:
    """Copy points of earlier curves; how many.

    Whether an earlier snapshot only grew is asked of the database: none of its entries may be missing from this one.
    A point from fewer labels is as good a sample of that size as any, and its standard error knows its test items.
    """
    earlier = LearningCurve.objects.filter(project_id=curve.project_id, recipe=curve.recipe, params=curve.params)
    earlier = earlier.filter(ablation=None).exclude(pk=curve.pk).select_related("snapshot").order_by("-pk")
    missing = {(n, seed) for n, seed in curve.training_plan}
    reused = 0
    for previous in earlier[:MAX_REUSED_CURVES]:
        if previous.snapshot.kind != curve.snapshot.kind or previous.snapshot.labels != curve.snapshot.labels:
            continue
        current = SnapshotEntry.objects.filter(snapshot=curve.snapshot).values("annotation_id")
        if SnapshotEntry.objects.filter(snapshot=previous.snapshot).exclude(annotation_id__in=current).exists():
            continue
        for point in previous.points.all():
            if (point.n, point.seed) in missing:
                missing.discard((point.n, point.seed))
                point.pk, point.learning_curve, point.is_reused = None, curve, True
                point.save()
                reused += 1
    return reused


def save_forecast(*, curve: LearningCurve, target: float) -> StoredForecast | None:
    """Store the present forecast, to be backtested when the labels arrive; None while there is none."""
    forecast = queries.cached_forecast(curve, list(curve.points.all()), target=target)
    if forecast is None:
        return None
    return StoredForecast.objects.create(learning_curve=curve, target=target, forecast=forecast)


def backtest_forecasts(curve: LearningCurve) -> int:
    """Compare earlier forecasts of the same recipe with the sizes that this curve measured; how many comparisons.

    Only sizes beyond what a forecast had seen count, and only up to the end of its band.
    """
    points = queries.metric_points([point for point in curve.points.all() if not point.is_reused], "accuracy")
    measured = pool_seeds(points) if points else []
    forecasts = StoredForecast.objects.filter(
        learning_curve__project_id=curve.project_id,
        learning_curve__recipe=curve.recipe,
        learning_curve__params=curve.params,
    ).exclude(learning_curve=curve)
    backtests = []
    for stored, point in itertools.product(forecasts, measured):
        forecast = stored.forecast
        band = forecast.get("band") or []
        if not band or "p2_5" not in band[0]:
            continue
        if not forecast["current_labels"] * MIN_EXTRAPOLATION < point.n <= band[-1]["n"]:
            continue
        low_95, low_80, median, high_80, high_95 = queries.interpolate_band(band, point.n)
        half_width = (high_80 - median) if point.score > median else (median - low_80)
        backtests.append(
            ForecastBacktest(
                stored_forecast=stored,
                n=point.n,
                score=point.score,
                low_80=low_80,
                median=median,
                high_80=high_80,
                scaled_error=abs(point.score - median) / max(half_width, 1e-9),
                is_in_80=low_80 <= point.score <= high_80,
                is_in_95=low_95 <= point.score <= high_95,
            )
        )
    ForecastBacktest.objects.bulk_create(backtests, ignore_conflicts=True)
    return len(backtests)


def finish_learning_curve(curve: LearningCurve) -> StoredForecast | None:
    """After the last point: backtest earlier forecasts, then store a new one; ablations are only compared."""
    if curve.ablation_id is not None:
        return None
    backtest_forecasts(curve)
    return save_forecast(curve=curve, target=curve.project.target)


def save_point(curve: LearningCurve, n: int, seed: int, values: Mapping[str, object]) -> CurvePoint:
    """Save a point; the same point again is the same row."""
    return CurvePoint.objects.get_or_create(learning_curve=curve, n=n, seed=seed, defaults=values)[0]


@transaction.atomic
def set_learning_curve_schedule(
    *, actor: Actor, project: Project, recipe: str, every_labels: int, every_hours: int | None, enabled: bool
) -> LearningCurveSchedule:
    """Create or replace the schedule by which a project's curve is measured again.

    Raises:
        InvalidInput: no such recipe.
        RecipeNotForProjectType: the recipe does not take projects of its type.
    """
    spec = recipe_spec(recipe)
    if not spec.takes(project.project_type):
        raise RecipeNotForProjectType(recipe=spec.key, project_type=project.kind)
    schedule, _ = LearningCurveSchedule.objects.update_or_create(
        project=project,
        defaults={
            "recipe": recipe,
            "params": complete_params(spec, {}),
            "every_labels": every_labels,
            "every_hours": every_hours,
            "enabled": enabled,
            "last_error": "",
            "created_by_id": actor.user_id or None,
        },
    )
    details = {"recipe": recipe, "every_labels": every_labels, "enabled": enabled}
    record(actor=actor, action="learning_curve_schedule.set", subject=project, **details)
    return schedule


@transaction.atomic
def set_cost_model(*, actor: Actor, project: Project, values: Mapping[str, object]) -> ProjectCostModel:
    """Enter what labels and errors of a project cost."""
    cost_model, _ = ProjectCostModel.objects.update_or_create(project=project, defaults=values)
    record(actor=actor, action="cost_model.set", subject=project)
    return cost_model


@transaction.atomic
def submit_simulation(*, actor: Actor, snapshot: Snapshot) -> ActiveLearningSimulation:
    """Enqueue a simulation of every query strategy on the labels of a snapshot.

    Raises:
        SnapshotNotReady, SnapshotTooSmall, RecipeNotForProjectType: see `check_trainable`.
        SimulationNeedsMoreLabels: it is too small to tell strategies apart.
    """
    check_trainable(snapshot, recipe_spec("image_probe"))
    if snapshot.train_count < MIN_TRAIN_OF_SIMULATION:
        raise SimulationNeedsMoreLabels(minimum=MIN_TRAIN_OF_SIMULATION, available=snapshot.train_count)
    payload = SimulationPayload(snapshot_id=snapshot.pk, seeds=SIMULATION_SEEDS)
    job = jobs.submit(ACTIVE_LEARNING_SIMULATION, payload, actor=actor, project_id=snapshot.project_id)
    simulation = ActiveLearningSimulation.objects.create(
        project_id=snapshot.project_id, snapshot=snapshot, job=job, created_by_id=actor.user_id or None
    )
    record(actor=actor, action="active_learning_simulation.submitted", subject=simulation)
    return simulation
