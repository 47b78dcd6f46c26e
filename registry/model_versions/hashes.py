"""The hash of a version's files: recorded once it is registered, compared whenever they are loaded.

From the moment MLflow has a version, nobody may write to its files (`places.py`), so the hash need not be made within
the request that registers it: small folders are hashed there, large ones by a task of the next minute, or by whoever
loads them first. Versions of releases that recorded none are caught up with in the same two ways; of those it is known
only that their files are what they were at that moment.
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

from plateau.http.errors import FilesChanged
from registry.model_versions.models import ModelFile, ModelVersion, VersionState
from registry.model_versions.places import list_folder, stored_folder

AT_ONCE_BYTES = 32 * 1024 * 1024
AT_ONCE_FILES = 100
TASK_SECONDS = 40.0
_PIECE = 1024 * 1024
_TASK_LOCK = 4_711_005
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Hashed:
    """A file: its path below the folder, its size in bytes, its SHA-256 in hexadecimal."""

    path: str
    size: int
    sha256: str


def content_hash(files: Iterable[Hashed]) -> str:
    """SHA-256 over a folder: of each file, ordered by its path's bytes, the path, NUL and its SHA-256 as 32 bytes."""
    whole = hashlib.sha256()
    for file in sorted(files, key=lambda one: one.path.encode()):
        whole.update(file.path.encode() + b"\0" + bytes.fromhex(file.sha256))
    return whole.hexdigest()


def stored_files(folder: str) -> Iterator[tuple[str, str]]:
    """Every file below a folder of the storage: its path there, and its key.

    Raises:
        FileNotFoundError: there is no such folder.
    """
    waiting = [""]
    while waiting:
        inside = waiting.pop()
        folders, names = list_folder(f"{folder}/{inside}".rstrip("/"))
        waiting += [f"{inside}{one}/" for one in folders]
        for name in names:
            yield f"{inside}{name}", f"{folder}/{inside}{name}"


def _hashed(path: str, file: IO[bytes]) -> Hashed:
    digest, size = hashlib.sha256(), 0
    while piece := file.read(_PIECE):
        digest.update(piece)
        size += len(piece)
    return Hashed(path, size, digest.hexdigest())


def _of_storage(folder: str) -> list[Hashed]:
    found = []
    try:
        for path, key in stored_files(folder):
            with default_storage.open(key) as file:
                found.append(_hashed(path, file))
    except FileNotFoundError:
        if found:
            raise  # a file went away while it was read
    return found


def _of_disk(home: Path) -> list[Hashed]:
    found = []
    for path in home.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                found.append(_hashed(path.relative_to(home).as_posix(), file))
    return found


def is_small(folder: str) -> bool:
    """Whether a folder of the storage may be hashed while somebody waits; only sizes are looked at."""
    size = 0
    try:
        for number, (_, key) in enumerate(stored_files(folder), 1):
            size += default_storage.size(key)
            if number > AT_ONCE_FILES or size > AT_ONCE_BYTES:
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
    files = _of_storage(folder)
    if not files:
        return
    with transaction.atomic():
        rows = ModelVersion.objects.filter(pk=version.pk, content_hash="")
        if rows.update(content_hash=content_hash(files)):  # whoever comes second compares instead
            ModelFile.objects.bulk_create(
                [ModelFile(version=version, path=one.path, size=one.size, sha256=one.sha256) for one in files],
                batch_size=1000,
            )
    version.refresh_from_db(fields=["content_hash"])


def record_hash_at_once(version: ModelVersion) -> None:
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
    found = _of_disk(home)
    if content_hash(found) == version.content_hash:
        return
    known = dict(ModelFile.objects.filter(version=version).values_list("path", "sha256"))
    there = {one.path: one.sha256 for one in found}
    differing = sorted(path for path in known.keys() | there.keys() if known.get(path) != there.get(path))
    path = differing[0] if differing else ""
    if not path:
        raise _changed(version, "", "the recorded hashes of its files do not fit each other")
    if path not in there:
        raise _changed(version, path, f"{path} is missing")
    raise _changed(version, path, f"{path} was {'changed' if path in known else 'added'}")


def _changed(version: ModelVersion, path: str, what: str) -> FilesChanged:
    return FilesChanged(
        f"The files of {version.name} version {version.version} are not those that were registered: {what}. It is not "
        "loaded. Restore the files from a backup, or register the model again as a new version.",
        model=version.name,
        version=version.version,
        file=path,
    )


def record_waiting() -> int:
    """Record hashes of versions that have none, for at most `TASK_SECONDS` and a version; how many were recorded.

    One process at a time does it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_TASK_LOCK])
        if not cursor.fetchone()[0]:
            return 0
    try:
        return _record_waiting(time.monotonic() + TASK_SECONDS)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_TASK_LOCK])


def _record_waiting(until: float) -> int:
    rows = ModelVersion.objects.filter(content_hash="", facts__has_key="folder").exclude(facts__folder="")
    # In no order, so that those whose files are not there keep nobody from their turn.
    waiting: Any = rows.exclude(state=VersionState.DELETED).order_by("?").values_list("pk", flat=True)
    done = 0
    for pk in list(waiting[:5000]):
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
        done += bool(version.content_hash)
    return done
