"""Ordering sweeps, and what a worker writes while it tries."""

from typing import Any

from django.db import transaction

from annotation.snapshots.models import Snapshot
from plateau.access.scopes import Actor
from plateau.audit.services import record
from plateau.http.errors import Conflict, InvalidInput
from plateau.jobs import services as jobs
from plateau.jobs.models import is_unfinished
from plateau.jobs.queries import find_unfinished_jobs
from workers.catalog import complete_params, recipe_spec
from workers.recipes.spec import ChoiceParam, RecipeSpec
from workers.sweeps.job_kinds import TRIAL, TrialPayload
from workers.sweeps.models import Sweep, Trial, TrialState
from workers.sweeps.proposing import PastTrial, importance_of, propose, should_prune
from workers.training.services import check_trainable

LEAST_LABELS = 40


def space_from(spec: RecipeSpec, wanted: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The ranges to sweep: those asked for, or those of the spec where none are.

    Raises:
        InvalidInput: an unknown parameter, or a range that leaves the spec's; the message names the field.
    """
    known = {param.key: param for param in spec.params}
    if not known:
        raise InvalidInput(f"recipe: {spec.key} has no parameters to sweep", [])
    errors: list[dict[str, str]] = []
    space: dict[str, dict[str, Any]] = {}
    for key, given in (wanted or {key: {} for key in known}).items():
        param = known.get(key)
        if param is None:
            errors.append({"field": f"space.{key}", "message": "is no parameter of the recipe"})
        elif isinstance(param, ChoiceParam):
            options = given.get("options") or list(param.options)
            if not set(options) <= set(param.options):
                errors.append({"field": f"space.{key}", "message": f"options are {', '.join(param.options)}"})
            space[key] = {"options": options}
        else:
            lowest = param.min if given.get("min") is None else float(given["min"])
            highest = param.max if given.get("max") is None else float(given["max"])
            if not param.min <= lowest <= highest <= param.max:
                errors.append({"field": f"space.{key}", "message": f"must lie within {param.min:g} to {param.max:g}"})
            space[key] = {"min": lowest, "max": highest, "log": param.log, "is_integer": param.is_integer}
    if errors:
        raise InvalidInput(f"{errors[0]['field']}: {errors[0]['message']}", errors)
    return space


@transaction.atomic
def create_sweep(
    *,
    actor: Actor,
    snapshot: Snapshot,
    recipe: str,
    method: str,
    trials: int,
    pruning_enabled: bool,
    seed: int,
    space: dict[str, dict[str, Any]],
    fixed: dict[str, Any],
) -> Sweep:
    """Order a sweep; each trial is a job of its own, so that all workers of the queue share them.

    Raises:
        InvalidInput: recipe, ranges or fixed parameters are wrong.
        Conflict: the snapshot cannot be trained on, or is too small to hold some labels out.
    """
    spec = recipe_spec(recipe)
    check_trainable(snapshot, spec)
    if snapshot.train_count < LEAST_LABELS:
        raise Conflict(
            f"A sweep needs at least {LEAST_LABELS} labels outside the test set; there are {snapshot.train_count}."
        )
    ranges = space_from(spec, space)
    sweep = Sweep.objects.create(
        project_id=snapshot.project_id,
        snapshot=snapshot,
        recipe=recipe,
        method=method,
        pruning_enabled=pruning_enabled,
        seed=seed,
        space=ranges,
        fixed=complete_params(spec, fixed),
        created_by_id=actor.user_id or None,
    )
    for number in range(trials):
        order = TrialPayload(snapshot_id=snapshot.pk, recipe=recipe, sweep_id=sweep.pk, number=number)
        job = jobs.submit(TRIAL, order, actor=actor, project_id=snapshot.project_id)
        Trial.objects.create(sweep=sweep, number=number, job=job)
    record(actor=actor, action="sweep.ordered", subject=sweep, recipe=recipe, trials=trials, method=method)
    return sweep


@transaction.atomic
def stop_sweep(*, actor: Actor, sweep: Sweep) -> int:
    """Cancel the trials that are not over; how many. Those that are done stay.

    Raises:
        Conflict: all are over.
    """
    waiting = find_unfinished_jobs(TRIAL, sweep=sweep.pk).order_by("pk")
    if not waiting:
        raise Conflict("Every trial of this sweep is over.")
    stopped = [jobs.request_cancel(job=job) for job in waiting]
    record(actor=actor, action="sweep.stopped", subject=sweep, trials=len(stopped))
    return len(stopped)


def history_of(sweep: Sweep) -> list[PastTrial]:
    """Trials so far; running ones whose job is over count as never begun."""
    rows = Trial.objects.filter(sweep=sweep).select_related("job").order_by("number")
    return [
        PastTrial(row.number, row.state, row.params, row.value, [score for _, score in row.rungs])
        for row in rows
        if not (row.state == TrialState.RUNNING and not is_unfinished(row.job))
    ]


@transaction.atomic
def begin_trial(*, sweep_id: int, number: int, metric: str) -> Trial:
    """The trial with its parameters, chosen now from what the others found; a later attempt keeps them."""
    sweep = Sweep.objects.select_for_update().get(pk=sweep_id)
    trial = Trial.objects.get(sweep=sweep, number=number)
    if not trial.params:
        chosen = propose(sweep.space, history_of(sweep), method=sweep.method, seed=sweep.seed, number=number)
        trial.params = {**sweep.fixed, **chosen}
        trial.state = TrialState.RUNNING
        trial.save()
    if sweep.metric != metric:
        sweep.metric = metric
        sweep.save(update_fields=["metric"])
    return trial


@transaction.atomic
def record_rung(*, trial: Trial, labels: int, score: float, seconds: float, last: bool) -> Trial:
    """Write what a trial reached with so many labels; it is done after the last rung, or pruned before."""
    sweep = Sweep.objects.select_for_update().get(pk=trial.sweep_id)
    row = Trial.objects.get(pk=trial.pk)
    if labels not in [n for n, _ in row.rungs]:
        row.rungs = [*row.rungs, [labels, score]]
        row.seconds += seconds
    if last:
        row.state, row.value = TrialState.DONE, score
    elif sweep.pruning_enabled:
        mine = PastTrial(row.number, "running", row.params, rungs=[value for _, value in row.rungs])
        if should_prune(sweep.space, history_of(sweep), mine):
            row.state = TrialState.PRUNED
    row.save()
    if row.state == TrialState.DONE:
        sweep.importance = importance_of(sweep.space, history_of(sweep))
        sweep.save(update_fields=["importance"])
    return row
