"""What Plateau asks and does around MLflow's own calls: approvals, what is in use, quotas, the mirror."""

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q

from plateau.access.scopes import Actor
from registry.mlflow_proxy.uploads import Body, length_said, stream_of
from registry.mlflow_store.models import TrackedLoggedModel
from registry.mlflow_store.refusals import NotAllowed
from registry.mlflow_store.store import tracking_store
from registry.model_versions.guards import approval_of, blocking, was_approved
from registry.model_versions.hooks import served_by_alias
from registry.model_versions.mirror import mirror
from registry.model_versions.models import ModelPolicy, ModelVersion, RegisteredModel, VersionState
from registry.model_versions.places import (
    folders_of,
    holder_of,
    holder_of_run_model,
    key_of,
    lock_to_register,
    lock_to_write,
    run_folder,
)
from registry.model_versions.services import record_move

Follow = Callable[[], None]
_defaults: dict[str, str] = {}


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


def upload(environ: dict[str, Any], workspace: str, inside: str, held: ExitStack) -> Follow:
    """Hold an upload against the limits and what is registered, while it is read; what follows counts it.

    Args:
        environ: The request; its body is replaced by one that is looked at.
        workspace: The caller's project.
        inside: The artifact's plain path.
        held: Closed once MLflow has written the file.

    Raises:
        NotAllowed: it is too large, or more than the project's quota has left; or a version holds the files there.
    """
    said = length_said(environ)
    project, key = _project(workspace), key_of(inside)
    policy = ModelPolicy.of(project)
    left = policy.quota_bytes - policy.used_bytes

    def too_large() -> NotAllowed:
        if left > settings.MAX_ARTIFACT_BYTES:
            return NotAllowed(f"One file may have at most {settings.MAX_ARTIFACT_BYTES >> 30} GiB.", conflict=False)
        return NotAllowed(
            f"The project's artifacts may weigh {policy.quota_bytes >> 20} MiB, and {policy.used_bytes >> 20} MiB are "
            "used. Delete versions that nobody needs, or ask a manager for more.",
            conflict=False,
        )

    most = max(0, min(settings.MAX_ARTIFACT_BYTES, left))
    if said is not None and said > most:
        raise too_large()
    _check_free(project, key, "write to")  # before MLflow makes any folder; once more when the body has ended

    def at_end() -> None:
        lock_to_write(key)
        _check_free(project, key, "write to")

    body = Body(stream_of(environ, said), said=said, most=most, too_large=too_large, at_end=at_end, held=held)
    environ["wsgi.input"], environ["wsgi.input_terminated"] = body, True

    def count() -> None:
        ModelPolicy.objects.get_or_create(project_id=project)
        ModelPolicy.objects.filter(project_id=project).update(used_bytes=F("used_bytes") + body.size)

    return count


def delete_files(workspace: str, inside: str, held: ExitStack) -> Follow:
    """Refuse to delete files of a registered version; none is registered until `held` is closed.

    Raises:
        NotAllowed: a version that was not deleted needs them.
    """
    project, key = _project(workspace), key_of(inside)
    held.enter_context(transaction.atomic())
    lock_to_write(key, whole=True)
    _check_free(project, key, "delete")
    return _nothing


def _nothing() -> None:
    """What follows a call that is only waited for."""


def _check_free(project: int, key: str, act: str) -> None:
    if holder := holder_of(project, key):
        name, number = holder
        raise NotAllowed(
            f"These files belong to {name} {number}, and files of a registered version never change: you cannot {act} "
            "them. Log the model anew and register that as the next version, or delete this version first."
        )


def follow(
    method: str, path: str, data: dict[str, Any], workspace: str, actor: Actor, held: ExitStack
) -> Follow | None:
    """Hold a change of the registry against our rules, and say what is to be done once MLflow has made it.

    `held` is closed after that.

    Raises:
        NotAllowed: see `_check_alias` and `_check_gone`.
    """
    project = _project(workspace)
    call = path.removeprefix("/api/2.0/mlflow/")
    name = str(data.get("name", ""))
    if method == "DELETE" and call.startswith("logged-models/"):
        _check_logged_model(project, call.split("/")[1])
        return None
    if method == "POST" and call == "logged-models":
        _check_run_model(project, str(data.get("source_run_id") or ""), str(data.get("name") or ""), held)
        return _nothing
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
        held.enter_context(transaction.atomic())
        lock_to_register(folders_of(workspace, str(data.get("source", ""))))
        return lambda: _made(project, name, actor)
    return lambda: mirror(project, name)


def _alias(method: str, data: dict[str, Any], project: int, actor: Actor) -> Follow:
    name, alias = str(data.get("name", "")), str(data.get("alias", ""))
    if method == "DELETE":
        if serving := served_by_alias(project, name, alias):
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
    logged = TrackedLoggedModel.objects.filter(pk=model).first()
    for folder in folders_of("", logged.artifact_location) if logged else []:
        if holder := holder_of(project, folder):
            name, number = holder
            raise NotAllowed(f"This model is registered as {name} {number}. Delete that version first.")


def _check_run_model(project: int, run: str, name: str, held: ExitStack) -> None:
    """A version may be registered as `runs:/<run>/<name>`; a new model of that name would add to its files."""
    if not (run and name and (folder := run_folder(run, name))):
        return
    held.enter_context(transaction.atomic())
    lock_to_write(folder, whole=True)
    if holder := holder_of_run_model(project, run, name):
        raise NotAllowed(f"{holder[0]} {holder[1]} is registered as runs:/{run}/{name}. Give this model another name.")


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
