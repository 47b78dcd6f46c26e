"""Files of a registered version never change: the guard of the storage, and the look at each file that is handed out.

The guard is asked by our storage and by MLflow's, so that it holds whichever door somebody comes through. What writes
to the folder or bucket itself is found out by hash: no file is handed out, and no version loaded, that is not what was
registered.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.core.files.storage import default_storage
from django.db import transaction

from labelkit.messages import Message
from registry.model_versions.artifact_paths import lock_to_write, parent_folders, project_of_key, version_holding
from registry.model_versions.errors import FilesChanged, FilesRegistered
from registry.model_versions.models import BrowserExport, ModelFile, ModelVersion, VersionState

_PIECE = 1024 * 1024


@contextmanager
def unregistered(key: str) -> Iterator[None]:
    """Guard of the storage: nobody registers what lies at, above or below `key` until the block ends.

    Raises:
        FilesRegistered: a version holds it.
    """
    project = project_of_key(key)
    if project is None:
        yield
        return
    with transaction.atomic():
        lock_to_write(key, whole=True)
        check_unregistered(project, key)
        yield


def check_unregistered(project: int, key: str) -> None:
    """Refuse to change what a version holds.

    Raises:
        FilesRegistered: one does.
    """
    if holder := version_holding(project, key):
        name, version = holder
        raise FilesRegistered(
            Message(
                "These files belong to {name} {version}, and files of a registered version never change. Log the "
                "model anew and register that as the next version, or delete this version first.",
                name=name,
                version=version,
            )
        )


def sha256_of(file: IO[bytes]) -> str:
    """SHA-256 of what is left of a file, in hexadecimal."""
    digest = hashlib.sha256()
    while chunk := file.read(_PIECE):
        digest.update(chunk)
    return digest.hexdigest()


def check_local_file(key: str, path: Path) -> None:
    """Compare a file that lies on local disk with what was recorded of `key`, if a version holds that.

    Raises:
        FilesChanged: it is not what was registered.
    """
    if recorded := _recorded(key):
        with path.open("rb") as file:
            _compare(recorded, file)


def check_stored_file(key: str) -> None:
    """As `check_local_file`, of the file in the storage.

    Raises:
        FilesChanged: it is not what was registered.
    """
    if recorded := _recorded(key):
        with default_storage.open(key) as file:
            _compare(recorded, file)


def check_export(row: BrowserExport) -> None:
    """Compare an export with what the worker wrote; exports of earlier releases have nothing to compare with.

    Raises:
        FilesChanged: it is something else.
    """
    if not row.sha256:
        return
    with default_storage.open(row.storage_key) as file:
        if sha256_of(file) != row.sha256:
            raise _changed(row.version.name, row.version.version, f"{row.variant}.onnx")


def _recorded(key: str) -> list[ModelFile]:
    """The files of versions that lie at `key`; one without a hash where a version has no such file."""
    project = project_of_key(key)
    if project is None:
        return []
    holding = ModelVersion.objects.filter(project_id=project, artifact_paths__overlap=[key, *parent_folders(key)])
    files = []
    for version in (
        holding.exclude(state=VersionState.DELETED).exclude(content_hash="").only("name", "version", "facts")
    ):
        folder = f"{version.facts.get('folder')}/"
        if key.startswith(folder):
            path = key.removeprefix(folder)
            file = ModelFile.objects.filter(version=version, path=path).first()
            files.append(file or ModelFile(version=version, path=path, sha256=""))
    return files


def _compare(recorded: list[ModelFile], file: IO[bytes]) -> None:
    sha256 = sha256_of(file)
    for entry in recorded:
        if entry.sha256 != sha256:
            raise _changed(entry.version.name, entry.version.version, entry.path)


def _changed(name: str, version: int, path: str) -> FilesChanged:
    return FilesChanged(
        Message(
            "{path} of {name} version {version} differs from what was registered, and is not handed out. Restore it "
            "from a backup, or register the model as a new version.",
            path=path,
            name=name,
            version=version,
        ),
        model=name,
        version=version,
        file=path,
    )
