"""Files that a run logged: its own folder, and the models that MLflow keeps apart from it, as folders named after them.

A path names a file below the run; one that begins with `@` and the id of a logged model, a file of that model.
"""

import mimetypes
from typing import IO

from django.core.files.storage import default_storage

from plateau.http.errors import NotFound
from registry.mlflow_store.models import TrackedLoggedModel, TrackedRun
from registry.model_versions.artifact_paths import InvalidArtifactPath, list_folder, plain_path, storage_key
from registry.model_versions.immutability import check_stored_file
from registry.tracked_runs.schemas import ArtifactOut, ArtifactsOut

MOST_ENTRIES = 1000
_SCHEME = "mlflow-artifacts:"
# What a page may show in place; anything else is downloaded.
_PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")


def list_artifacts(run: TrackedRun, path: str) -> ArtifactsOut:
    """What lies in a folder of a run; the root where `path` is empty.

    Raises:
        NotFound: the path is none of the run's.
    """
    folder = _key(run, path)
    try:
        folders, names = list_folder(folder)
    except FileNotFoundError:
        folders, names = [], []
    below = f"{path}/" if path else ""
    entries = [ArtifactOut(path=below + name, name=name, is_folder=True, size_bytes=None) for name in sorted(folders)]
    if not path:
        entries += [
            ArtifactOut(path=f"@{model.pk}", name=model.name, is_folder=True, size_bytes=None)
            for model in TrackedLoggedModel.objects.filter(source_run_id=run.pk).order_by("creation_timestamp_ms")
        ]
    has_more = len(entries) + len(names) > MOST_ENTRIES
    for name in sorted(names)[: max(0, MOST_ENTRIES - len(entries))]:
        size = default_storage.size(f"{folder}/{name}")
        entries.append(ArtifactOut(path=below + name, name=name, is_folder=False, size_bytes=size))
    return ArtifactsOut(path=path, entries=entries[:MOST_ENTRIES], has_more=has_more)


def open_artifact(run: TrackedRun, path: str) -> tuple[IO[bytes], str, str]:
    """A file, its name, and the media type as which a browser may take it.

    Raises:
        NotFound: there is no such file.
        FilesChanged: it belongs to a registered version, and is not what was registered.
    """
    key = _key(run, path)
    name = key.rpartition("/")[2]
    try:
        check_stored_file(key)
        file = default_storage.open(key)
        file.size  # noqa: B018  # storages find out here that there is none
    except OSError as error:
        raise NotFound("The run has no such file.") from error
    guessed = mimetypes.guess_type(name)[0]
    return file, name, guessed if guessed in _PICTURES else "application/octet-stream"


def _key(run: TrackedRun, path: str) -> str:
    """Where a path of the run lies in the storage."""
    home, rest = run.artifact_uri or "", path
    if path.startswith("@"):
        model_id, _, rest = path[1:].partition("/")
        logged = TrackedLoggedModel.objects.filter(pk=model_id, source_run_id=run.pk).first()
        home = logged.artifact_location if logged else ""
    workspace = f"workspaces/{run.experiment.workspace}/"
    try:
        folder = plain_path(home.removeprefix(_SCHEME))
        plain = plain_path(rest)
    except InvalidArtifactPath as error:
        raise NotFound("The run has no such file.") from error
    if not home.startswith(_SCHEME) or not f"{folder}/".startswith(workspace):
        raise NotFound("The run's files do not lie in this storage.")
    return storage_key(f"{folder}/{plain}" if plain else folder)
