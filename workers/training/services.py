"""Ordering trainings."""

from typing import Any

from django.db import transaction

from annotation.snapshots.models import Snapshot, SnapshotState
from plateau.access.scopes import Actor
from plateau.audit.services import record
from plateau.http.errors import Conflict, InvalidInput
from plateau.jobs import services as jobs
from workers.catalog import complete_params, recipe_spec
from workers.recipes.spec import RecipeSpec
from workers.training.job_kinds import TRAIN, TrainPayload
from workers.training.models import TrainingRun


def check_trainable(snapshot: Snapshot, spec: RecipeSpec) -> None:
    """Refuse what cannot be trained.

    Raises:
        Conflict: the snapshot is not ready, or too small to train and to judge.
        InvalidInput: the recipe is for another kind.
    """
    if snapshot.state != SnapshotState.READY:
        raise Conflict("The snapshot is not ready yet.")
    if not spec.takes(snapshot.kind):
        message = f"{spec.key} does not take {snapshot.kind}"
        raise InvalidInput(f"recipe: {message}", [{"field": "recipe", "message": message}])
    if snapshot.train_count < 2 or snapshot.test_count < 1:
        raise Conflict(
            f"The snapshot has {snapshot.train_count} labels to train on and {snapshot.test_count} held-out ones to "
            "evaluate on. Label more first."
        )


@transaction.atomic
def submit_training(*, actor: Actor, snapshot: Snapshot, recipe: str, params: dict[str, Any], seed: int) -> TrainingRun:
    """Order a training; a worker runs it.

    Raises:
        InvalidInput: recipe or parameters are wrong.
        Conflict: see `check_trainable`.
    """
    spec = recipe_spec(recipe)
    complete = complete_params(spec, params)
    check_trainable(snapshot, spec)
    run = jobs.submit_with(
        TRAIN,
        row=lambda job: TrainingRun.objects.create(
            project_id=snapshot.project_id,
            snapshot=snapshot,
            recipe=recipe,
            params=complete,
            seed=seed,
            job=job,
            created_by_id=actor.user_id or None,
        ),
        payload=lambda made: TrainPayload(
            run_id=made.pk, snapshot_id=snapshot.pk, recipe=recipe, seed=seed, params=complete
        ),
        actor=actor,
        project_id=snapshot.project_id,
    )
    record(actor=actor, action="run.ordered", subject=run, recipe=recipe, snapshot=snapshot.pk, seed=seed)
    return run
