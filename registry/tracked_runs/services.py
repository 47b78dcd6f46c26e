"""Changing runs, through MLflow's own store."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from annotation.projects.models import Project
from plateau.access.scopes import Actor
from plateau.audit.services import record
from registry.mlflow_store.errors import MlflowRejected
from registry.mlflow_store.models import TrackedRun
from registry.mlflow_store.store import tracking_store
from registry.tracked_runs.queries import NOTE_TAG, project_id_of


@contextmanager
def locked_note(run: TrackedRun) -> Iterator[None]:
    """Nobody else changes the run's note until the end of the block. The row itself is MLflow's to lock."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"note of {run.pk}"])
        yield


def set_note(*, actor: Actor, run: TrackedRun, text: str) -> None:
    """Write the run's note.

    Raises:
        MlflowRejected: MLflow refuses; its words are the message.
        ProjectArchived: the run's project is archived.
    """
    project_id = project_id_of(run)
    project = Project.objects.visible_to(actor).get_active(pk=project_id)
    with tracking_store(project_id) as store:
        from mlflow.entities import RunTag
        from mlflow.exceptions import MlflowException

        try:
            store.set_tag(run.pk, RunTag(NOTE_TAG, text))
        except MlflowException as error:
            raise MlflowRejected(f"MLflow: {error.message}") from error
    record(actor=actor, action="run.note_changed", subject=project, mlflow_run=run.pk)
