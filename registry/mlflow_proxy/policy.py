"""Plateau's rules around MLflow's calls: approvals, dependents, quotas, and hooks that mirror the registry."""

import re
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import Any
from wsgiref.types import WSGIEnvironment

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F

from plateau.access.scopes import Actor, Scope
from registry.mlflow_proxy.uploads import LimitedBody, body_stream, content_length
from registry.mlflow_store.errors import PolicyViolation
from registry.mlflow_store.models import TrackedLoggedModel
from registry.mlflow_store.store import tracking_store
from registry.model_versions.artifact_paths import (
    ROOT,
    artifact_folders,
    folder_with_mlmodel,
    lock_to_register,
    lock_to_write,
    run_artifact_folder,
    storage_key,
    version_holding,
    version_of_run_model,
)
from registry.model_versions.errors import FilesRegistered
from registry.model_versions.guards import approval_of, blocking_uses, lock_model, stage_of, was_approved
from registry.model_versions.hooks import served_by_alias
from registry.model_versions.immutability import check_unregistered
from registry.model_versions.mlflow_sync import sync_model
from registry.model_versions.models import ModelPolicy, ModelVersion, RegisteredModel, VersionState
from registry.model_versions.services import record_alias_change

AfterRequestHook = Callable[[], None]
_default_experiments: dict[str, str] = {}


def _project(workspace: str) -> int:
    return int(workspace.removeprefix("project-"))


def default_experiment(workspace: str) -> str:
    """The workspace's own default experiment, made on first use."""
    if workspace in _default_experiments:
        return _default_experiments[workspace]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT experiment_id FROM mlflow.experiments WHERE workspace = %s AND name = 'Default'", [workspace]
        )
        row = cursor.fetchone()
    if row is None:
        with tracking_store(_project(workspace)) as store:
            row = (store.create_experiment("Default"),)
    _default_experiments[workspace] = str(row[0])
    return _default_experiments[workspace]


def upload_hook(environ: WSGIEnvironment, workspace: str, artifact_path: str) -> AfterRequestHook:
    """Hold an upload to the limits while it is read; the hook counts its bytes.

    Files of registered versions are guarded by the storage; they are asked for here too, before anything is read.

    Args:
        environ: The request; its body is replaced by a `LimitedBody`.
        workspace: The caller's project.
        artifact_path: Plain path of the artifact.

    Raises:
        PolicyViolation: it is too large, or more than the project's quota has left; or a version holds the files there.
    """
    length = content_length(environ)
    project = _project(workspace)
    policy = ModelPolicy.for_project(project)
    remaining_bytes = policy.quota_bytes - policy.used_bytes

    def too_large() -> PolicyViolation:
        if remaining_bytes > settings.MAX_ARTIFACT_BYTES:
            return PolicyViolation(
                f"One file may have at most {settings.MAX_ARTIFACT_BYTES >> 30} GiB.", is_conflict=False
            )
        return PolicyViolation(
            f"The project's artifacts may weigh {policy.quota_bytes >> 20} MiB, and {policy.used_bytes >> 20} MiB are "
            "used. Delete versions that nobody needs, or ask a manager for more.",
            is_conflict=False,
        )

    max_bytes = max(0, min(settings.MAX_ARTIFACT_BYTES, remaining_bytes))
    if length is not None and length > max_bytes:
        raise too_large()
    check_artifact_unregistered(workspace, artifact_path)
    body = LimitedBody(
        body_stream(environ, length),
        length=length,
        max_bytes=max_bytes,
        too_large_error=too_large,
    )
    environ["wsgi.input"], environ["wsgi.input_terminated"] = body, True

    def count_bytes() -> None:
        ModelPolicy.objects.get_or_create(project_id=project)
        ModelPolicy.objects.filter(project_id=project).update(used_bytes=F("used_bytes") + body.size)

    return count_bytes


def check_artifact_unregistered(workspace: str, artifact_path: str) -> None:
    """Refuse to change files of a registered version before MLflow begins to.

    Raises:
        PolicyViolation: a version that was not deleted needs them.
    """
    try:
        check_unregistered(_project(workspace), storage_key(artifact_path))
    except FilesRegistered as error:
        raise PolicyViolation(str(error.detail)) from error


def _do_nothing() -> None:
    """Hook of a call whose response is waited for without more to do."""


def after_request_hook(
    method: str, path: str, body: Mapping[str, object], workspace: str, actor: Actor, exit_stack: ExitStack
) -> AfterRequestHook | None:
    """Check a change of the registry, and return what is to run once MLflow has made it.

    `exit_stack` is closed after the hook.

    Raises:
        PolicyViolation: see `_alias_hook` and `_check_deletable`.
    """
    project = _project(workspace)
    call = path.removeprefix("/api/2.0/mlflow/")
    name = str(body.get("name", ""))
    if method == "DELETE" and re.fullmatch(r"logged-models/[^/]+", call):
        _check_logged_model(project, call.split("/")[1], "Delete that version first.")
        return None
    # What the client writes while it logs a model; metrics and tags come later too.
    if (method, re.sub(r"^logged-models/[^/]+", "model", call)) in (("PATCH", "model"), ("POST", "model/params")):
        _check_logged_model(project, call.split("/")[1], "Its status and parameters stay as they were then.")
        return None
    if method == "POST" and call == "logged-models":
        _check_run_model(project, str(body.get("source_run_id") or ""), str(body.get("name") or ""), exit_stack)
        return _do_nothing
    if not call.startswith(("registered-models/", "model-versions/")) or call.endswith(
        ("/search", "/get-latest-versions")
    ):
        return None
    for changed in sorted({name, str(body.get("new_name") or name)}):
        exit_stack.enter_context(transaction.atomic())
        lock_model(project, changed)
    if call in ("registered-models/create", "registered-models/rename"):
        # A model of that name may be gone by a call whose process died: its versions are not those that come now.
        sync_model(project, str(body.get("new_name") or name))
    if call == "registered-models/alias":
        return _alias_hook(method, body, project, actor)
    if call == "model-versions/transition-stage":
        return _stage_hook(body, project, actor)
    if call in ("registered-models/delete", "registered-models/rename", "model-versions/delete"):
        _check_deletable(project, name, body.get("version"))
    if call == "registered-models/rename":
        return lambda: _record_rename(project, name, str(body.get("new_name", "")))
    if call == "model-versions/create":
        exit_stack.enter_context(transaction.atomic())
        lock_to_register(artifact_folders(workspace, str(body.get("source", ""))))
        return lambda: _record_creation(project, name, actor)
    return lambda: sync_model(project, name)


def _alias_hook(method: str, data: Mapping[str, object], project: int, actor: Actor) -> AfterRequestHook:
    name, alias = str(data.get("name", "")), str(data.get("alias", ""))
    if method == "DELETE":
        if serving := served_by_alias(project, name, alias):
            raise PolicyViolation(f"“{alias}” is served by {', '.join(serving)}. Point the deployment elsewhere first.")
        if ModelPolicy.for_project(project).protects(alias):
            raise PolicyViolation(
                f"“{alias}” is protected. Point it at another approved version, or let a manager remove it on the "
                "version's page in Plateau."
            )
        return lambda: _record_alias_change(project, name, alias, None, None, actor)
    version = _find_version(project, name, data.get("version"))
    evaluation_id = _check_approved(project, alias, version)
    return lambda: _record_alias_change(project, name, alias, version, evaluation_id, actor)


def _find_version(project: int, name: str, number: object) -> ModelVersion | None:
    live = ModelVersion.objects.exclude(state=VersionState.DELETED)
    matching = live.filter(project_id=project, name=name, version=_number(number))
    version = matching.first()
    if version is None:  # a process died before it was mirrored, or there is none
        sync_model(project, name)
        version = matching.first()
    return version


def _check_approved(project: int, alias: str, version: ModelVersion | None) -> int | None:
    """The evaluation that approved of a version for an alias or a stage; None where none is needed.

    Raises:
        PolicyViolation: the name is protected, and nobody approved of the version; or it is archived.
    """
    evaluation_id = approval_of(version) if version else None
    if version is not None and version.state == VersionState.ARCHIVED:
        raise PolicyViolation(f"{version.name} {version.version} is archived. Restore it in Plateau first.")
    if ModelPolicy.for_project(project).protects(alias) and (
        version is None or (evaluation_id is None and not was_approved(version, alias))
    ):
        raise PolicyViolation(
            f"“{alias}” is protected: this version has passed no acceptance contract. Let a contract judge it, or let "
            "a manager make an exception on the version's page in Plateau."
        )
    return evaluation_id


def _stage_hook(data: Mapping[str, object], project: int, actor: Actor) -> AfterRequestHook:
    """`models:/<name>/<stage>` loads what is in a stage: entering or leaving a protected one asks as an alias does."""
    name, stage = str(data.get("name", "")), str(data.get("stage", "")).strip()
    version = _find_version(project, name, data.get("version"))
    current = stage_of(version) if version else ""
    if current.casefold() != stage.casefold():
        policy = ModelPolicy.for_project(project)
        if policy.protects(stage):
            _check_approved(project, stage, version)
        if policy.protects(current) and not actor.may(Scope.MODELS_APPROVE):
            raise PolicyViolation(f"“{current}” is protected: only a manager or an admin takes a version out of it.")

    def sync() -> None:
        sync_model(project, name)

    return sync


def _number(value: object) -> int:
    text = str(value)
    return int(text) if text.isdigit() and len(text) < 10 else 0


def _record_alias_change(
    project: int, name: str, alias: str, version: ModelVersion | None, evaluation_id: int | None, actor: Actor
) -> None:
    with transaction.atomic():
        record_alias_change(
            actor=actor,
            project_id=project,
            name=name,
            alias=alias,
            version=version,
            contract_evaluation_id=evaluation_id,
        )
    sync_model(project, name)


def _check_deletable(project: int, name: str, version: object) -> None:
    number = _number(version) if version is not None else None
    if dependents := blocking_uses(project, name, number):
        raise PolicyViolation(f"{name} is needed by: {', '.join(dependents)}. Point these elsewhere first.")


def _check_logged_model(project: int, model: str, advice: str) -> None:
    logged = TrackedLoggedModel.objects.filter(pk=model).first()
    for folder in artifact_folders("", logged.artifact_location) if logged else []:
        if holder := version_holding(project, folder):
            name, version = holder
            raise PolicyViolation(f"This model is registered as {name} {version}. {advice}")


def with_one_folder(workspace: str, body: dict[str, Any]) -> dict[str, Any]:
    """A registration whose source `runs:/…` is the one folder that it means now.

    MLflow's client merges a folder of the run with a logged model of the same name whenever it loads such a version, so
    that what runs would be neither what was evaluated nor fixed. It sends the folder itself where it registers; so
    does this for calls that do not.
    """
    run_id, source = body.get("run_id"), str(body.get("source") or "")
    if not source.startswith(f"runs:/{run_id}/") or body.get("model_id"):
        return body  # MLflow refuses a run's folder without its run
    folders = artifact_folders(workspace, source)
    folder = folder_with_mlmodel(folders)
    if not folder:
        return body
    copy = body | {"source": f"mlflow-artifacts:/{folder.removeprefix(f'{ROOT}/')}"}
    for model in TrackedLoggedModel.objects.filter(source_run_id=run_id):
        if any(f"{folder}/".startswith(f"{home}/") for home in artifact_folders(workspace, model.artifact_location)):
            return copy | {"model_id": model.pk}
    return copy


def _check_run_model(project: int, run: str, name: str, exit_stack: ExitStack) -> None:
    """A version may be registered as `runs:/<run>/<name>`; a new model of that name would add to its files."""
    if not (run and name and (folder := run_artifact_folder(run, name))):
        return
    exit_stack.enter_context(transaction.atomic())
    lock_to_write(folder, whole=True)
    if holder := version_of_run_model(project, run, name):
        raise PolicyViolation(
            f"{holder[0]} {holder[1]} is registered as runs:/{run}/{name}. Give this model another name."
        )


def _record_rename(project: int, name: str, new_name: str) -> None:
    with transaction.atomic():
        live = ModelVersion.objects.filter(project_id=project, name=name).exclude(state=VersionState.DELETED)
        live.update(name=new_name)  # the record of what was deleted keeps its name
        RegisteredModel.objects.filter(project_id=project, name=name).delete()
    sync_model(project, name)
    sync_model(project, new_name)


def _record_creation(project: int, name: str, actor: Actor) -> None:
    sync_model(project, name)
    ModelVersion.objects.filter(project_id=project, name=name, created_by=None).update(created_by=actor.user_id or None)
