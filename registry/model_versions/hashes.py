"""The hash of a version's files: recorded once it is registered, compared whenever they are loaded.

From the moment MLflow has a version, nobody may write to its files (`immutability.py`), so the hash need not be made
within the request that registers it: folders up to half a gigabyte are hashed there, larger ones by a task of the next
minute, or by whoever loads them first. Versions of releases that recorded none are caught up with in the same two ways;
of those it is known only that their files are what they were at that moment.
"""

import hashlib
import logging
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.core.files.storage import default_storage
from django.db import DatabaseError, connection, transaction

from labelkit.messages import Message
from registry.model_versions.artifact_paths import list_folder, stored_folder
from registry.model_versions.errors import FilesChanged
from registry.model_versions.models import ModelFile, ModelVersion, VersionState

MAX_IMMEDIATE_BYTES = 512 * 1024 * 1024  # half a second
MAX_IMMEDIATE_FILES = 1000
TASK_SECONDS = 40.0
_PIECE = 1024 * 1024
_TASK_LOCK = 4_711_005
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class FileHash:
    """A file: its path below the folder, its size in bytes, its SHA-256 in hexadecimal."""

    path: str
    size: int
    sha256: str


def content_hash(files: Iterable[FileHash]) -> str:
    """SHA-256 over a folder: of each file, ordered by its path's bytes, the path, NUL and its SHA-256 as 32 bytes."""
    digest = hashlib.sha256()
    for file in sorted(files, key=lambda file: file.path.encode()):
        digest.update(file.path.encode() + b"\0" + bytes.fromhex(file.sha256))
    return digest.hexdigest()


def stored_files(folder: str) -> Iterator[tuple[str, str]]:
    """Every file below a folder of the storage: its path there, and its key.

    Raises:
        FileNotFoundError: there is no such folder.
    """
    pending = [""]
    while pending:
        relative_folder = pending.pop()
        folders, names = list_folder(f"{folder}/{relative_folder}".rstrip("/"))
        pending += [f"{relative_folder}{subfolder}/" for subfolder in folders]
        for name in names:
            yield f"{relative_folder}{name}", f"{folder}/{relative_folder}{name}"


def _hash_file(path: str, file: IO[bytes]) -> FileHash:
    digest, size = hashlib.sha256(), 0
    while chunk := file.read(_PIECE):
        digest.update(chunk)
        size += len(chunk)
    return FileHash(path, size, digest.hexdigest())


def _hash_stored_folder(folder: str) -> list[FileHash]:
    hashes = []
    try:
        for path, key in stored_files(folder):
            with default_storage.open(key) as file:
                hashes.append(_hash_file(path, file))
    except FileNotFoundError:
        if hashes:
            raise  # a file went away while it was read
    return hashes


def _hash_local_folder(home: Path) -> list[FileHash]:
    hashes = []
    for path in home.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                hashes.append(_hash_file(path.relative_to(home).as_posix(), file))
    return hashes


def is_small(folder: str) -> bool:
    """Whether a folder of the storage may be hashed while somebody waits; only sizes are looked at."""
    size = 0
    try:
        for number, (_, key) in enumerate(stored_files(folder), 1):
            size += default_storage.size(key)
            if number > MAX_IMMEDIATE_FILES or size > MAX_IMMEDIATE_BYTES:
                return False
    except FileNotFoundError:
        return True
    return True


def record_hash(version: ModelVersion) -> None:
    """Read a version's files and write down their hashes; where these are known already, nothing is read.

    Where there are no files, nothing is written down either: a storage that is not mounted looks like that, and its
    models would be refused once it is back.
    """
    folder = stored_folder(version)
    if not folder or not ModelVersion.objects.filter(pk=version.pk, content_hash="").exists():
        version.refresh_from_db(fields=["content_hash"])
        return
    files = _hash_stored_folder(folder)
    if not files:
        return
    with transaction.atomic():
        rows = ModelVersion.objects.filter(pk=version.pk, content_hash="")
        if rows.update(content_hash=content_hash(files)):  # whoever comes second compares instead
            ModelFile.objects.bulk_create(
                [
                    ModelFile(version=version, path=file.path, size_bytes=file.size, sha256=file.sha256)
                    for file in files
                ],
                batch_size=1000,
            )
    version.refresh_from_db(fields=["content_hash"])


def record_hash_if_small(version: ModelVersion) -> None:
    """Record what is small while somebody waits; all else, and what cannot be read now, is left to the task.

    MLflow has the version already: an error here would only make the client register it once more.
    """
    folder = stored_folder(version)
    try:
        if folder and is_small(folder):
            record_hash(version)
    except DatabaseError:
        raise
    except Exception:
        logger.exception("the files of version %s cannot be read", version.pk)


def check_folder(version: ModelVersion, home: Path) -> None:
    """Compare a version's files on local disk with what was recorded; recorded first where nothing was.

    Raises:
        FilesChanged: a file differs, is missing, or was added.
    """
    if not version.content_hash:
        record_hash(version)
    local_files = _hash_local_folder(home)
    if content_hash(local_files) == version.content_hash:
        return
    recorded = dict(ModelFile.objects.filter(version=version).values_list("path", "sha256"))
    local = {file.path: file.sha256 for file in local_files}
    differing = sorted(path for path in recorded.keys() | local.keys() if recorded.get(path) != local.get(path))
    path = differing[0] if differing else ""
    if not path:
        raise _changed(version, "", "the recorded hashes of its files are inconsistent")
    if path not in local:
        raise _changed(version, path, Message("{path} is missing", path=path))
    template = "{path} was changed" if path in recorded else "{path} was added"
    raise _changed(version, path, Message(template, path=path))


def _changed(version: ModelVersion, path: str, reason: str) -> FilesChanged:
    return FilesChanged(
        Message(
            "The files of {name} version {version} differ from those that were registered: {reason}. "
            "The version is not loaded. Restore the files from a backup, or register the model as a "
            "new version.",
            name=version.name,
            version=version.version,
            reason=reason,
        ),
        model=version.name,
        version=version.version,
        file=path,
    )


def record_missing_hashes() -> int:
    """Record hashes of versions that have none, for at most `TASK_SECONDS` and a version; how many were recorded.

    One process at a time does it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_TASK_LOCK])
        if not cursor.fetchone()[0]:
            return 0
    try:
        return _record_missing_hashes(time.monotonic() + TASK_SECONDS)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_TASK_LOCK])


def _record_missing_hashes(until: float) -> int:
    rows = ModelVersion.objects.filter(content_hash="", facts__has_key="folder").exclude(facts__folder="")
    # In no order, so that those whose files are not there keep nobody from their turn.
    version_ids: Any = rows.exclude(state=VersionState.DELETED).order_by("?").values_list("pk", flat=True)
    recorded = 0
    for pk in list(version_ids[:5000]):
        if time.monotonic() > until:
            break
        version = ModelVersion.objects.filter(pk=pk).first()
        if version is None:
            continue
        try:
            record_hash(version)
        except DatabaseError:
            raise
        except Exception:  # a storage has errors of its own; the other versions are not kept waiting
            logger.exception("the files of version %s cannot be read", pk)
        recorded += bool(version.content_hash)
    return recorded
