"""Submitting and stopping sweeps, and what a worker writes during a trial."""

from collections.abc import Mapping

from django.db import transaction

from annotation.snapshots.models import Snapshot
from labelkit.messages import Message, in_field
from plateau.access.scopes import Actor
from plateau.audit.services import record
from plateau.http.errors import InvalidInput
from plateau.jobs import services as jobs
from plateau.jobs.models import is_unfinished
from plateau.jobs.queries import find_unfinished_jobs
from workers.catalog import complete_params, recipe_spec
from workers.recipes.spec import ChoiceParam, RecipeSpec
from workers.sweeps.errors import RecipeHasNoParameters, SweepEnded, SweepNeedsMoreLabels
from workers.sweeps.job_kinds import TRIAL, TrialPayload
from workers.sweeps.models import Sweep, Trial, TrialState
from workers.sweeps.optuna_study import SearchSpace, TrialRecord, param_importances, should_prune, suggest_params
from workers.training.services import check_trainable

MIN_LABELS = 40


def complete_space(spec: RecipeSpec, ranges: SearchSpace) -> SearchSpace:
    """`ranges` with the spec's bounds where they leave one out; every parameter of the spec where `ranges` is empty.

    Raises:
        RecipeHasNoParameters: there is nothing to search.
        InvalidInput: an unknown parameter, or a range outside the spec's; the message names the field.
    """
    params = {param.key: param for param in spec.params}
    if not params:
        raise RecipeHasNoParameters(spec.key)
    errors: list[dict[str, str]] = []
    space: SearchSpace = {}
    for key, bounds in (ranges or {key: {} for key in params}).items():
        param = params.get(key)
        if param is None:
            errors.append({"field": f"space.{key}", "message": "is not a parameter of the recipe"})
        elif isinstance(param, ChoiceParam):
            options = bounds.get("options") or list(param.options)
            if not set(options) <= set(param.options):
                errors.append(
                    {"field": f"space.{key}", "message": Message("options are {names}", names=", ".join(param.options))}
                )
            space[key] = {"options": options}
        else:
            lowest = param.min if bounds.get("min") is None else float(bounds["min"])
            highest = param.max if bounds.get("max") is None else float(bounds["max"])
            if not param.min <= lowest <= highest <= param.max:
                errors.append(
                    {
                        "field": f"space.{key}",
                        "message": Message("must be within {min:g} to {max:g}", min=param.min, max=param.max),
                    }
                )
            space[key] = {"min": lowest, "max": highest, "log": param.log, "is_integer": param.is_integer}
    if errors:
        raise InvalidInput(in_field(errors[0]["field"], errors[0]["message"]), errors)
    return space


@transaction.atomic
def create_sweep(
    *,
    actor: Actor,
    snapshot: Snapshot,
    recipe: str,
    method: str,
    trial_count: int,
    pruning_enabled: bool,
    seed: int,
    space: SearchSpace,
    fixed: Mapping[str, object],
) -> Sweep:
    """Submit a sweep: each trial is a job of its own, so that all workers of the queue share them.

    Raises:
        InvalidInput: recipe, ranges or fixed parameters are wrong.
        SnapshotNotReady, SnapshotTooSmall, RecipeNotForProjectType: see `check_trainable`.
        SweepNeedsMoreLabels: too few to hold some of them out for validation.
    """
    spec = recipe_spec(recipe)
    check_trainable(snapshot, spec)
    if snapshot.train_count < MIN_LABELS:
        raise SweepNeedsMoreLabels(minimum=MIN_LABELS, available=snapshot.train_count)
    sweep = Sweep.objects.create(
        project_id=snapshot.project_id,
        snapshot=snapshot,
        recipe=recipe,
        method=method,
        pruning_enabled=pruning_enabled,
        seed=seed,
        space=complete_space(spec, space),
        fixed=complete_params(spec, fixed),
        created_by_id=actor.user_id or None,
    )
    for number in range(trial_count):
        payload = TrialPayload(snapshot_id=snapshot.pk, recipe=recipe, sweep_id=sweep.pk, number=number)
        job = jobs.submit(TRIAL, payload, actor=actor, project_id=snapshot.project_id)
        Trial.objects.create(sweep=sweep, number=number, job=job)
    record(actor=actor, action="sweep.submitted", subject=sweep, recipe=recipe, trials=trial_count, method=method)
    return sweep


@transaction.atomic
def stop_sweep(*, actor: Actor, sweep: Sweep) -> int:
    """Cancel the trials that have not ended; returns how many.

    Raises:
        SweepEnded: every trial has ended.
    """
    unfinished = find_unfinished_jobs(TRIAL, sweep=sweep.pk).order_by("pk")
    if not unfinished:
        raise SweepEnded
    cancelled = [jobs.request_cancel(job=job) for job in unfinished]
    record(actor=actor, action="sweep.stopped", subject=sweep, trials=len(cancelled))
    return len(cancelled)


def trial_history(sweep: Sweep) -> list[TrialRecord]:
    """Trials so far, without those whose job ended before they did."""
    rows = Trial.objects.filter(sweep=sweep).select_related("job").order_by("number")
    return [
        TrialRecord(row.number, row.state, row.params, row.value, [score for _, score in row.rungs])
        for row in rows
        if not (row.state == TrialState.RUNNING and not is_unfinished(row.job))
    ]


@transaction.atomic
def begin_trial(*, sweep_id: int, number: int, metric: str) -> Trial:
    """The trial with its parameters, suggested now from the others' scores; a later attempt keeps them."""
    sweep = Sweep.objects.select_for_update().get(pk=sweep_id)
    trial = Trial.objects.get(sweep=sweep, number=number)
    if not trial.params:
        suggested = suggest_params(
            sweep.space, trial_history(sweep), method=sweep.method, seed=sweep.seed, number=number
        )
        trial.params = {**sweep.fixed, **suggested}
        trial.state = TrialState.RUNNING
        trial.save()
    if sweep.metric != metric:
        sweep.metric = metric
        sweep.save(update_fields=["metric"])
    return trial


@transaction.atomic
def save_rung(*, trial: Trial, labels: int, score: float, seconds: float, is_last: bool) -> Trial:
    """Write a trial's score with so many labels; the trial is done after the last rung, or pruned before."""
    sweep = Sweep.objects.select_for_update().get(pk=trial.sweep_id)
    row = Trial.objects.get(pk=trial.pk)
    if labels not in [rung_labels for rung_labels, _ in row.rungs]:
        row.rungs = [*row.rungs, [labels, score]]
        row.seconds += seconds
    if is_last:
        row.state, row.value = TrialState.DONE, score
    elif sweep.pruning_enabled:
        record_so_far = TrialRecord(row.number, "running", row.params, rungs=[value for _, value in row.rungs])
        if should_prune(sweep.space, trial_history(sweep), record_so_far):
            row.state = TrialState.PRUNED
    row.save()
    if row.state == TrialState.DONE:
        sweep.importance = param_importances(sweep.space, trial_history(sweep))
        sweep.save(update_fields=["importance"])
    return row
