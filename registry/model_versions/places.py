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
WAIT = "20s"
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_MODEL_URI = re.compile(r"models:/+(?P<name>[^/@]+)(?:/(?P<version>\d{1,9})|@(?P<alias>[^/]+))?/*")
_RUN_URI = re.compile(r"runs:/+(?P<run>[^/]+)/*(?P<path>.*)", re.DOTALL)
_MOST_HOPS = 20


class BadPath(ValueError):
    """No path of an artifact."""


def plain_path(path: str) -> str:
    """An artifact's path as MLflow ends up with it: decoded until nothing changes, without empty parts and dots.

    Raises:
        BadPath: it leads out of where it begins, or holds what MLflow takes for something else than a name.
    """
    for _ in range(10):
        decoded = unquote(path)
        if _CONTROL.search(decoded):
            raise BadPath("it holds control characters")
        try:
            decoded = urlunparse(urlparse(decoded.lstrip("/")))
        except ValueError as error:
            raise BadPath(str(error)) from error
        if decoded == path:
            break
        path = decoded
    else:
        raise BadPath("it is encoded too many times")
    if "\\" in path or "#" in path or ".." in path.split("/"):
        raise BadPath("it holds a backslash, # or ..")
    return "/".join(part for part in path.split("/") if part not in ("", "."))


def key_of(path: str) -> str:
    """Where an artifact lies in the storage; see `plain_path`."""
    return f"{ROOT}/{plain_path(path)}"


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


def folders_of(workspace: str, location: str) -> list[str]:
    """Folders of the storage that a version's source, or MLflow's storage location, refers to; the first is its own.

    Empty where it names nothing in this platform's storage. A source `runs:/…` may mean a logged model of that run, a
    folder of the run, or both: MLflow's client looks in both.
    """
    for _ in range(_MOST_HOPS):  # a version may be a copy of a copy
        if location.startswith("mlflow-artifacts:"):
            return _keys([location])
        if run := _RUN_URI.fullmatch(location):
            return _of_run(run["run"], run["path"])
        model = _MODEL_URI.fullmatch(location)
        if model is None:
            return []
        location = _behind(workspace, model)
    return []


def _of_run(run_id: str, path: str) -> list[str]:
    run = TrackedRun.objects.filter(pk=run_id).first()
    name, _, rest = path.strip("/").partition("/")
    models = TrackedLoggedModel.objects.filter(source_run_id=run_id, name=name)
    models = models.order_by("-creation_timestamp_ms")  # as MLflow's client does: the newest comes first
    found = [f"{one.artifact_location}/{rest}" for one in models]
    return _keys([*found, f"{run.artifact_uri}/{path}"] if run and run.artifact_uri else found)


def _behind(workspace: str, model: re.Match[str]) -> str:
    """Where MLflow says that the files of a `models:/…` lie; empty where it knows no such thing."""
    if not model["version"] and not model["alias"]:
        logged = TrackedLoggedModel.objects.filter(pk=model["name"]).first()
        return logged.artifact_location if logged else ""
    number = int(model["version"]) if model["version"] else 0
    if model["alias"]:
        aliases = TrackedAlias.objects.filter(workspace=workspace, name=model["name"], alias=model["alias"])
        number = aliases.values_list("version", flat=True).first() or 0
    row = TrackedVersion.objects.filter(workspace=workspace, name=model["name"], version=number).first()
    return location_of(row) if row else ""


def location_of(row: TrackedVersion) -> str:
    """What MLflow says of a version's files: its storage location, which it resolved when the version was made."""
    return row.storage_location or row.source or ""


def stored_folder(version: ModelVersion) -> str:
    """The folder of the storage that a version is loaded from; empty where its source names none of ours."""
    told = version.facts.get("folder")
    return str(told) if told else next(iter(folders_of(workspace_of(version.project_id), version.source)), "")


def _keys(uris: Iterable[str]) -> list[str]:
    keys = []
    for uri in uris:
        try:
            keys.append(key_of(uri.removeprefix("mlflow-artifacts:")))
        except BadPath:
            continue  # nothing can be stored there
    return list(dict.fromkeys(keys))


def above(folder: str) -> list[str]:
    """Every folder that this one lies in, from a project's own down."""
    return [str(one) for one in reversed(PurePosixPath(folder).parents) if len(one.parts) > 2]


def marks_of(folders: Iterable[str]) -> list[str]:
    """What `ModelVersion.places` holds for folders: each, and with a slash at the end those above it.

    So one look into an index tells whether a path is in, or above, anything that is held.
    """
    folders = list(folders)
    return sorted({*folders, *(f"{one}/" for folder in folders for one in above(folder))})


def holder_of(project_id: int, key: str) -> tuple[str, int] | None:
    """A version (name, number) that was not deleted whose files lie at, below or above `key`; None where none does."""
    asked = {key, f"{key}/", *above(key)}
    rows = ModelVersion.objects.filter(project_id=project_id, places__overlap=sorted(asked))
    held = rows.exclude(state=VersionState.DELETED).values_list("name", "version").first()
    if held is not None:
        return held
    for row in _unseen(project_id):
        if asked.intersection(marks_of(folders_of(row.workspace, location_of(row)))):
            return row.name, row.version
    return None


def holder_of_run_model(project_id: int, run_id: str, name: str) -> tuple[str, int] | None:
    """A version whose source is `runs:/<run>/<name>…`: a new logged model of that name would add files to it."""
    rows = TrackedVersion.objects.filter(workspace=workspace_of(project_id), run_id=run_id, source__startswith="runs:/")
    for row in rows.exclude(current_stage=DELETED_STAGE):
        run = _RUN_URI.fullmatch(row.source or "")
        if run and run["path"].strip("/").partition("/")[0] == name:
            return row.name, row.version
    return None


def run_folder(run_id: str, name: str) -> str:
    """Where a run keeps what it calls `name`; empty where there is no such run."""
    uri = TrackedRun.objects.filter(pk=run_id).values_list("artifact_uri", flat=True).first()
    return next(iter(_keys([f"{uri}/{name}"])), "") if uri else ""


_UNSEEN = """
    SELECT v.workspace, v.name, v.version, v.source, v.storage_location
    FROM mlflow.model_versions v
    LEFT JOIN model_versions_modelversion o
           ON o.project_id = %s AND o.name = v.name AND o.version = v.version
          AND o.state <> 'deleted' AND o.places IS NOT NULL
    WHERE v.workspace = %s AND v.current_stage IS DISTINCT FROM 'Deleted_Internal' AND o.id IS NULL
"""


def _unseen(project_id: int) -> list[TrackedVersion]:
    """Versions whose places our rows do not know yet: those just made, and those of an earlier release."""
    with connection.cursor() as cursor:
        cursor.execute(_UNSEEN, [project_id, workspace_of(project_id)])
        names = [column[0] for column in cursor.description]
        return [TrackedVersion(**dict(zip(names, row, strict=True))) for row in cursor.fetchall()]


def lock_to_write(key: str, *, whole: bool = False) -> None:
    """Until the transaction ends nobody registers what `key` lies in; with `whole`, nor what lies in `key`.

    Raises:
        OperationalError: a registration took too long.
    """
    _lock(shared=above(key) if whole else [*above(key), key], alone=[key] if whole else [])


def lock_to_register(folders: Iterable[str]) -> None:
    """Until the transaction ends nobody writes into these folders, or deletes one that they lie in.

    Raises:
        OperationalError: an upload took too long.
    """
    folders = list(folders)
    _lock(shared=[one for folder in folders for one in above(folder)], alone=folders)


def _lock(*, shared: Iterable[str], alone: Iterable[str]) -> None:
    alone = set(alone)
    wanted = sorted({*shared, *alone})  # by one order, so that no two wait for each other
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [WAIT])
        cursor.execute(
            "SELECT CASE WHEN alone THEN pg_advisory_xact_lock(key)::text ELSE pg_advisory_xact_lock_shared(key)::text "
            "END FROM (SELECT hashtextextended(name, 0) AS key, alone FROM unnest(%s::text[], %s::boolean[]) "
            "AS asked(name, alone)) AS locks",
            [[f"artifacts:{one}" for one in wanted], [one in alone for one in wanted]],
        )
