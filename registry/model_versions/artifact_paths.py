"""Where the files of versions lie in the storage, and who holds them: nobody writes below a registered version.

MLflow's registry is asked, not our mirror of it alone, so that a version holds its files from the moment MLflow has it.
Whoever writes and whoever registers lock folders against each other until they are done (advisory locks of the
transaction), so that an upload which began before a registration cannot end after it unseen.
"""

import errno
import re
from collections.abc import Iterable
from pathlib import PurePosixPath
from urllib.parse import unquote, urlparse, urlunparse

from django.core.files.storage import default_storage
from django.db import connection

from annotation.projects.mlflow_workspace import workspace_of
from registry.mlflow_store.models import DELETED_STAGE, TrackedAlias, TrackedLoggedModel, TrackedRun, TrackedVersion
from registry.model_versions.models import ModelVersion, VersionState

ROOT = "mlflow"
LOCK_TIMEOUT = "20s"
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_MODEL_URI = re.compile(r"models:/+(?P<name>[^/@]+)(?:/(?P<version>\d{1,9})|@(?P<alias>[^/]+))?/*")
_RUN_URI = re.compile(r"runs:/+(?P<run>[^/]+)/*(?P<path>.*)", re.DOTALL)
_PROJECT_KEY = re.compile(rf"{ROOT}/workspaces/project-(\d{{1,18}})/")
_MAX_HOPS = 20


class InvalidArtifactPath(ValueError):
    """No path of an artifact."""


def plain_path(path: str) -> str:
    """An artifact's path as MLflow ends up with it: decoded until nothing changes, without empty parts and dots.

    Raises:
        BadPath: it leads out of where it begins, or holds what MLflow takes for something else than a name.
    """
    for _ in range(10):
        decoded = unquote(path)
        if _CONTROL.search(decoded):
            raise InvalidArtifactPath("it holds control characters")
        try:
            decoded = urlunparse(urlparse(decoded.lstrip("/")))
        except ValueError as error:
            raise InvalidArtifactPath(str(error)) from error
        if decoded == path:
            break
        path = decoded
    else:
        raise InvalidArtifactPath("it is encoded too many times")
    if "\\" in path or "#" in path or ".." in path.split("/"):
        raise InvalidArtifactPath("it holds a backslash, # or ..")
    return "/".join(part for part in path.split("/") if part not in ("", "."))


def storage_key(path: str) -> str:
    """Where an artifact lies in the storage; see `plain_path`."""
    return f"{ROOT}/{plain_path(path)}"


def project_of_key(key: str) -> int | None:
    """The project whose artifacts a key of the storage belongs to, as a file or a folder; None where it is no such."""
    match = _PROJECT_KEY.match(f"{key}/")
    return int(match[1]) if match else None


def list_folder(folder: str) -> tuple[list[str], list[str]]:
    """Names of the folders and of the files in a folder of the storage.

    Raises:
        FileNotFoundError: there is no such folder; a file may have its name, or none can.
    """
    try:
        folders, names = default_storage.listdir(folder)
    except OSError as error:
        if error.errno in (errno.ENOTDIR, errno.ENAMETOOLONG):
            raise FileNotFoundError(errno.ENOENT, "there is no such folder", folder) from error
        raise
    return folders, names


def artifact_folders(workspace: str, location: str) -> list[str]:
    """Folders of the storage that a version's source, or MLflow's storage location, refers to; the first is its own.

    Empty where it names nothing in this platform's storage. A source `runs:/…` may mean a logged model of that run, a
    folder of the run, or both: MLflow's client looks in both.
    """
    for _ in range(_MAX_HOPS):  # a version may be a copy of a copy
        if location.startswith("mlflow-artifacts:"):
            return _storage_keys([location])
        if run := _RUN_URI.fullmatch(location):
            return _run_folders(run["run"], run["path"])
        model = _MODEL_URI.fullmatch(location)
        if model is None:
            return []
        location = _resolve_model_uri(workspace, model)
    return []


def _run_folders(run_id: str, path: str) -> list[str]:
    run = TrackedRun.objects.filter(pk=run_id).first()
    name, _, rest = path.strip("/").partition("/")
    models = TrackedLoggedModel.objects.filter(source_run_id=run_id, name=name)
    models = models.order_by("-creation_timestamp_ms")  # as MLflow's client does: the newest comes first
    locations = [f"{logged_model.artifact_location}/{rest}" for logged_model in models]
    return _storage_keys([*locations, f"{run.artifact_uri}/{path}"] if run and run.artifact_uri else locations)


def folder_with_mlmodel(folders: list[str]) -> str:
    """The first folder that holds a model; the first at all where none does, and empty where there is none."""
    candidates = (folder for folder in folders if default_storage.exists(f"{folder}/MLmodel"))
    return next(candidates, next(iter(folders), ""))


def _resolve_model_uri(workspace: str, model: re.Match[str]) -> str:
    """Where MLflow says that the files of a `models:/…` lie; empty where it knows no such thing."""
    if not model["version"] and not model["alias"]:
        logged = TrackedLoggedModel.objects.filter(pk=model["name"]).first()
        return logged.artifact_location if logged else ""
    number = int(model["version"]) if model["version"] else 0
    if model["alias"]:
        aliases = TrackedAlias.objects.filter(workspace=workspace, name=model["name"], alias=model["alias"])
        number = aliases.values_list("version", flat=True).first() or 0
    row = TrackedVersion.objects.filter(workspace=workspace, name=model["name"], version=number).first()
    return artifact_location(row) if row else ""


def artifact_location(row: TrackedVersion) -> str:
    """What MLflow says of a version's files: its storage location, which it resolved when the version was made."""
    return row.storage_location or row.source or ""


def stored_folder(version: ModelVersion) -> str:
    """The folder of the storage that a version is loaded from; empty where its source names none of ours."""
    recorded = version.facts.get("folder")
    return (
        str(recorded)
        if recorded
        else next(iter(artifact_folders(workspace_of(version.project_id), version.source)), "")
    )


def _storage_keys(uris: Iterable[str]) -> list[str]:
    keys = []
    for uri in uris:
        try:
            keys.append(storage_key(uri.removeprefix("mlflow-artifacts:")))
        except InvalidArtifactPath:
            continue  # nothing can be stored there
    return list(dict.fromkeys(keys))


def parent_folders(folder: str) -> list[str]:
    """Every folder that this one lies in, from a project's own down."""
    return [str(parent) for parent in reversed(PurePosixPath(folder).parents) if len(parent.parts) > 2]


def indexed_paths(folders: Iterable[str]) -> list[str]:
    """What `ModelVersion.artifact_paths` holds for folders: each, and with a slash at the end those above it.

    So one look into an index tells whether a path is in, or above, anything that is held.
    """
    folders = list(folders)
    return sorted({*folders, *(f"{parent}/" for folder in folders for parent in parent_folders(folder))})


def version_holding(project_id: int, key: str) -> tuple[str, int] | None:
    """A version (name, number) that was not deleted whose files lie at, below or above `key`; None where none does."""
    paths = {key, f"{key}/", *parent_folders(key)}
    rows = ModelVersion.objects.filter(project_id=project_id, artifact_paths__overlap=sorted(paths))
    holder = rows.exclude(state=VersionState.DELETED).values_list("name", "version").first()
    if holder is not None:
        return holder
    for row in _unmirrored_versions(project_id):
        if paths.intersection(indexed_paths(artifact_folders(row.workspace, artifact_location(row)))):
            return row.name, row.version
    return None


def version_of_run_model(project_id: int, run_id: str, name: str) -> tuple[str, int] | None:
    """A version whose source is `runs:/<run>/<name>…`: a new logged model of that name would add files to it."""
    rows = TrackedVersion.objects.filter(workspace=workspace_of(project_id), run_id=run_id, source__startswith="runs:/")
    for row in rows.exclude(current_stage=DELETED_STAGE):
        run = _RUN_URI.fullmatch(row.source or "")
        if run and run["path"].strip("/").partition("/")[0] == name:
            return row.name, row.version
    return None


def run_artifact_folder(run_id: str, name: str) -> str:
    """Where a run keeps what it calls `name`; empty where there is no such run."""
    uri = TrackedRun.objects.filter(pk=run_id).values_list("artifact_uri", flat=True).first()
    return next(iter(_storage_keys([f"{uri}/{name}"])), "") if uri else ""


_UNMIRRORED = """
    SELECT v.workspace, v.name, v.version, v.source, v.storage_location
    FROM mlflow.model_versions v
    LEFT JOIN model_versions_modelversion o
           ON o.project_id = %s AND o.name = v.name AND o.version = v.version
          AND o.state <> 'deleted' AND o.artifact_paths IS NOT NULL
    WHERE v.workspace = %s AND v.current_stage IS DISTINCT FROM 'Deleted_Internal' AND o.id IS NULL
"""


def _unmirrored_versions(project_id: int) -> list[TrackedVersion]:
    """Versions whose paths our rows do not know yet: those just made, and those of an earlier release."""
    with connection.cursor() as cursor:
        cursor.execute(_UNMIRRORED, [project_id, workspace_of(project_id)])
        names = [column[0] for column in cursor.description]
        return [TrackedVersion(**dict(zip(names, row, strict=True))) for row in cursor.fetchall()]


def lock_to_write(key: str, *, whole: bool = False) -> None:
    """Until the transaction ends nobody registers what `key` lies in; with `whole`, nor what lies in `key`.

    Raises:
        OperationalError: a registration took too long.
    """
    _lock(shared=parent_folders(key) if whole else [*parent_folders(key), key], exclusive=[key] if whole else [])


def lock_to_register(folders: Iterable[str]) -> None:
    """Until the transaction ends nobody writes into these folders, or deletes one that they lie in.

    Raises:
        OperationalError: an upload took too long.
    """
    folders = list(folders)
    _lock(shared=[parent for folder in folders for parent in parent_folders(folder)], exclusive=folders)


def _lock(*, shared: Iterable[str], exclusive: Iterable[str]) -> None:
    exclusive = set(exclusive)
    folders = sorted({*shared, *exclusive})  # by one order, so that no two wait for each other
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [LOCK_TIMEOUT])
        cursor.execute(
            "SELECT CASE WHEN alone THEN pg_advisory_xact_lock(key)::text ELSE pg_advisory_xact_lock_shared(key)::text "
            "END FROM (SELECT hashtextextended(name, 0) AS key, alone FROM unnest(%s::text[], %s::boolean[]) "
            "AS asked(name, alone)) AS locks",
            [[f"artifacts:{folder}" for folder in folders], [folder in exclusive for folder in folders]],
        )
