"""What Plateau asks and does around MLflow's own calls: approvals, what is in use, quotas, the mirror."""

import re
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q
from plateau.kernel.scopes import Actor

from registry.deployments.queries import deployments_by_alias
from registry.tracking.models import TrackedExperiment, TrackedLoggedModel, TrackedRun
from registry.tracking.store import tracking_store
from registry.versions.guards import approval_of, blocking, was_approved
from registry.versions.mirror import mirror
from registry.versions.models import ModelPolicy, ModelVersion, RegisteredModel, VersionState
from registry.versions.services import record_move

Follow = Callable[[], None]
_defaults: dict[str, str] = {}


class NotAllowed(Exception):
    """Plateau refuses; the message says why and what to do."""

    def __init__(self, message: str, *, conflict: bool = True) -> None:
        super().__init__(message)
        self.conflict = conflict


def _project(workspace: str) -> int:
    return int(workspace.removeprefix("project-"))


def default_experiment(workspace: str) -> str:
    """The workspace's own default experiment, made on first use."""
    if workspace in _defaults:
        return _defaults[workspace]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT experiment_id FROM mlflow.experiments WHERE workspace = %s AND name = 'Default'", [workspace]
        )
        found = cursor.fetchone()
    if found is None:
        with tracking_store(_project(workspace)) as store:
            found = (store.create_experiment("Default"),)
    _defaults[workspace] = str(found[0])
    return _defaults[workspace]


def upload(workspace: str, length: str) -> Follow:
    """Hold an upload against the limits; what follows counts it.

    Raises:
        NotAllowed: it is too large, of unknown size, or more than the project's quota has left.
    """
    if not length.isdigit():
        raise NotAllowed("An upload must say its Content-Length.", conflict=False)
    size = int(length)
    if size > settings.MAX_ARTIFACT_BYTES:
        raise NotAllowed(f"One file may have at most {settings.MAX_ARTIFACT_BYTES >> 30} GiB.", conflict=False)
    project = _project(workspace)
    policy = ModelPolicy.of(project)
    if policy.used_bytes + size > policy.quota_bytes:
        raise NotAllowed(
            f"The project's artifacts may weigh {policy.quota_bytes >> 20} MiB, and {policy.used_bytes >> 20} MiB are "
            "used. Delete versions that nobody needs, or ask a manager for more.",
            conflict=False,
        )

    def count() -> None:
        ModelPolicy.objects.get_or_create(project_id=project)
        ModelPolicy.objects.filter(project_id=project).update(used_bytes=F("used_bytes") + size)

    return count


def check_files_free(workspace: str, inside: str) -> None:
    """Refuse to delete files of a registered version.

    Raises:
        NotAllowed: a version that was not deleted needs them.
    """
    path = f"mlflow/{inside}".rstrip("/")
    live = ModelVersion.objects.filter(project_id=_project(workspace)).exclude(state=VersionState.DELETED)
    for name, number, folder in live.exclude(facts__folder=None).values_list("name", "version", "facts__folder"):
        if f"{folder}/".startswith(f"{path}/") or f"{path}/".startswith(f"{folder}/"):
            raise NotAllowed(f"These files belong to {name} {number}. Delete that version first.")


def follow(method: str, path: str, data: dict[str, Any], workspace: str, actor: Actor) -> Follow | None:
    """Hold a change of the registry against our rules, and say what is to be done once MLflow has made it.

    Raises:
        NotAllowed: see `_check_alias` and `_check_gone`.
    """
    project = _project(workspace)
    call = path.removeprefix("/api/2.0/mlflow/")
    name = str(data.get("name", ""))
    if method == "DELETE" and call.startswith("logged-models/"):
        _check_logged_model(project, call.split("/")[1])
        return None
    if not call.startswith(("registered-models/", "model-versions/")) or call.endswith(
        ("/search", "/get-latest-versions")
    ):
        return None
    if call == "registered-models/alias":
        return _alias(method, data, project, actor)
    if call in ("registered-models/delete", "registered-models/rename", "model-versions/delete"):
        _check_gone(project, name, data.get("version"))
    if call == "registered-models/rename":
        return lambda: _renamed(project, name, str(data.get("new_name", "")))
    if call == "model-versions/create":
        _check_own(workspace, str(data.get("source", "")), str(data.get("run_id", "")))
        return lambda: _made(project, name, actor)
    return lambda: mirror(project, name)


def _alias(method: str, data: dict[str, Any], project: int, actor: Actor) -> Follow:
    name, alias = str(data.get("name", "")), str(data.get("alias", ""))
    if method == "DELETE":
        if serving := deployments_by_alias(project, name, alias):
            raise NotAllowed(f"“{alias}” is served by {', '.join(serving)}. Point the deployment elsewhere first.")
        return lambda: _moved(project, name, alias, None, None, actor)
    wanted = ModelVersion.objects.filter(project_id=project, name=name, version=_number(data.get("version")))
    version = wanted.first()
    if version is None:  # a process died before it was mirrored, or there is none
        mirror(project, name)
        version = wanted.first()
    look = approval_of(version) if version else None
    if version is not None and version.state == VersionState.ARCHIVED:
        raise NotAllowed(f"{name} {version.version} is archived. Restore it in Plateau first.")
    if alias in ModelPolicy.of(project).protected and (
        version is None or (look is None and not was_approved(version, alias))
    ):
        raise NotAllowed(
            f"“{alias}” is protected: this version has passed no acceptance contract. Let a contract judge it, or let "
            "a manager make an exception on the version's page in Plateau."
        )
    return lambda: _moved(project, name, alias, version, look, actor)


def _number(value: Any) -> int:
    text = str(value)
    return int(text) if text.isdigit() and len(text) < 10 else 0


def _moved(project: int, name: str, alias: str, version: ModelVersion | None, look: int | None, actor: Actor) -> None:
    with transaction.atomic():
        record_move(actor=actor, project_id=project, name=name, alias=alias, version=version, look_id=look)
    mirror(project, name)


def _check_gone(project: int, name: str, version: Any) -> None:
    number = _number(version) if version is not None else None
    if found := blocking(project, name, number):
        raise NotAllowed(f"{name} is needed by: {', '.join(found)}. Point these elsewhere first.")


def _check_logged_model(project: int, model: str) -> None:
    live = ModelVersion.objects.filter(project_id=project, source=f"models:/{model}").exclude(state="deleted").first()
    if live is not None:
        raise NotAllowed(f"This model is registered as {live.name} {live.version}. Delete that version first.")


def _check_own(workspace: str, source: str, run: str) -> None:
    """MLflow takes a version's run and a `runs:/` source as they are told; both must be the project's own.

    Raises:
        NotAllowed: they are not.
    """
    own = TrackedExperiment.objects.filter(workspace=workspace).values("experiment_id")
    runs = {run} if run else set()
    if source.startswith("runs:/"):
        runs.add(source.removeprefix("runs:/").split("/")[0])
    if runs and TrackedRun.objects.filter(pk__in=runs, experiment_id__in=own).count() < len(runs):
        raise NotAllowed("There is no such run in this project.")
    model = re.fullmatch(r"models:/(m-\w+)", source)
    if model and not TrackedLoggedModel.objects.filter(pk=model[1], experiment_id__in=own).exists():
        raise NotAllowed("There is no such model in this project.")


def _renamed(project: int, name: str, new: str) -> None:
    with transaction.atomic():
        gone = Q(project_id=project, name=new, state=VersionState.DELETED)
        if not ModelVersion.objects.filter(gone).exists():  # else the record of what was deleted keeps the name
            ModelVersion.objects.filter(project_id=project, name=name).update(name=new)
        RegisteredModel.objects.filter(project_id=project, name=name).delete()
    mirror(project, name)
    mirror(project, new)


def _made(project: int, name: str, actor: Actor) -> None:
    mirror(project, name)
    ModelVersion.objects.filter(project_id=project, name=name, created_by=None).update(created_by=actor.user_id or None)
