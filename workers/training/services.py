"""Submitting trainings."""

from collections.abc import Mapping

from django.db import transaction

from annotation.snapshots.errors import SnapshotNotReady
from annotation.snapshots.models import Snapshot, SnapshotState
from labelkit.messages import Message
from plateau.access.scopes import Actor
from plateau.audit.services import record
from plateau.jobs import services as jobs
from workers.catalog import complete_params, recipe_spec
from workers.recipes.spec import RecipeSpec
from workers.training.errors import RecipeNotForProjectType, SnapshotTooSmall
from workers.training.job_kinds import TRAIN, TrainPayload
from workers.training.models import TrainingRun


def check_trainable(snapshot: Snapshot, spec: RecipeSpec) -> None:
    """Raise unless the recipe can be trained and evaluated on the snapshot.

    Raises:
        SnapshotNotReady: it is still being written.
        RecipeNotForProjectType: the recipe does not take projects of its type.
        SnapshotTooSmall: it has fewer than two labels to train on, or none to evaluate on.
    """
    if snapshot.state != SnapshotState.READY:
        raise SnapshotNotReady(
            Message(
                "Snapshot {version} is not ready for training: its state is {state}.",
                version=snapshot.version,
                state=snapshot.state,
            )
        )
    if not spec.takes(snapshot.project_type):
        raise RecipeNotForProjectType(recipe=spec.key, project_type=snapshot.kind)
    if snapshot.train_count < 2 or snapshot.test_count < 1:
        raise SnapshotTooSmall(train=snapshot.train_count, test=snapshot.test_count)


@transaction.atomic
def submit_training(
    *, actor: Actor, snapshot: Snapshot, recipe: str, params: Mapping[str, object], seed: int
) -> TrainingRun:
    """Submit a training; a worker runs it.

    Raises:
        InvalidInput: recipe or parameters are wrong.
        SnapshotNotReady, SnapshotTooSmall, RecipeNotForProjectType: see `check_trainable`.
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
        payload=lambda run: TrainPayload(
            run_id=run.pk, snapshot_id=snapshot.pk, recipe=recipe, seed=seed, params=complete
        ),
        actor=actor,
        project_id=snapshot.project_id,
    )
    record(actor=actor, action="run.submitted", subject=run, recipe=recipe, snapshot=snapshot.pk, seed=seed)
    return run
