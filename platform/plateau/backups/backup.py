"""Backup and restore, one call each.

A backup is a folder: `database.dump` (pg_dump's own format, one consistent snapshot, MLflow's schema with it), `files/`
(every file of the storage) and, written last, `manifest.json` with the hash of each. Without the manifest it is no
backup. Files are copied after the dump: whatever the dump names was there before it. A second backup into the same
folder copies only files that it does not have yet.
"""

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import ProgrammingError, connection
from django.utils import timezone

from plateau.backups import services
from plateau.backups.models import BackupKind
from plateau.storage import walk

FORMAT = 1
# What must be as many rows after a restore as before; the rest hangs on these. Contexts above add their own.
COUNTED_TABLES = ["identity_user", "datalake_item", "audit_auditevent", "jobs_job"]
Reporter = Callable[[str], None]


class BackupError(Exception):
    """The message says what is wrong and what to do."""


@dataclass(frozen=True)
class BackupSummary:
    """What was saved or brought back."""

    files: int
    bytes: int
    rows: dict[str, int]


def _program(name: str) -> str:
    """`pg_dump` and `pg_restore`: those of the wheel that `make up` runs on read older servers, too."""
    from launcher.embedded import postgres_bin

    try:
        return str(postgres_bin() / name)
    except RuntimeError:
        return shutil.which(name) or name


def _address() -> tuple[list[str], dict[str, str]]:
    database = settings.DATABASES["default"]
    words = ["--dbname", str(database["NAME"])]
    host = database.get("HOST") or database.get("OPTIONS", {}).get("host")
    for flag, value in (("--host", host), ("--port", database.get("PORT")), ("--username", database.get("USER"))):
        if value:
            words += [flag, str(value)]
    env = dict(os.environ)
    if database.get("PASSWORD"):
        env["PGPASSWORD"] = str(database["PASSWORD"])
    return words, env


def _run(name: str, *words: str) -> None:
    address, env = _address()
    completed = subprocess.run([_program(name), *address, *words], env=env, capture_output=True, text=True, check=False)
    if completed.returncode:
        raise BackupError(f"{name} failed: {completed.stderr.strip()[-2000:]}")


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _key_fingerprint() -> str:
    """Tells whether two installations have the same `SECRET_KEY`, without telling the key."""
    return hashlib.sha256(b"plateau-backup:" + settings.SECRET_KEY.encode()).hexdigest()[:16]


def _row_counts() -> dict[str, int]:
    with connection.cursor() as cursor:
        counts = {}
        for table in COUNTED_TABLES:
            cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608  # names of ours
            counts[table] = int(cursor.fetchone()[0])
    return counts


def _inside(folder: Path, key: str) -> Path:
    path = (folder / key).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise BackupError(f"{key!r} leads out of the backup's folder")
    return path


def create_backup(folder: Path, report: Reporter) -> BackupSummary:
    """Save everything into `folder`.

    Raises:
        BackupError: the database could not be dumped, or a file vanished while it was copied.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    manifest = folder / "manifest.json"
    before: dict[str, Any] = json.loads(manifest.read_text())["files"] if manifest.exists() else {}
    manifest.unlink(missing_ok=True)
    report("database …")
    begun, rows = timezone.now(), _row_counts()
    dump = folder / "database.dump"
    _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={dump}")
    report("files …")
    files: dict[str, dict[str, Any]] = {}
    for key, size in walk.every_file():
        if key.endswith(".part") or key.startswith("work/"):  # checkpoints of trainings under way, old in a minute
            continue
        path = _inside(folder / "files", key)
        known = before.get(key)
        if known and known["bytes"] == size and path.exists() and path.stat().st_size == size:
            files[key] = known
            continue
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            with path.open("wb") as target:
                walk.fetch(key, target)
        except FileNotFoundError:  # swept between the list and the copy: the dump knows no such file any more
            path.unlink(missing_ok=True)
            continue
        files[key] = {"bytes": path.stat().st_size, "sha256": _hash(path)}
    copied = list((folder / "files").rglob("*")) if (folder / "files").exists() else []
    for path in copied:
        if path.is_file() and path.relative_to(folder / "files").as_posix() not in files:
            path.unlink()
    content = {
        "format": FORMAT,
        "at": begun.isoformat(),
        "key": _key_fingerprint(),
        "rows": rows,
        "database": {"bytes": dump.stat().st_size, "sha256": _hash(dump)},
        "files": files,
    }
    partial = folder / "manifest.part"
    partial.write_text(json.dumps(content))
    partial.replace(manifest)
    size = sum(file["bytes"] for file in files.values())
    try:
        services.record_backup(BackupKind.FULL, size=size + dump.stat().st_size)
    except ProgrammingError:  # before an upgrade, of a database that this release has not migrated
        report("not recorded: the database is of an earlier release")
    return BackupSummary(len(files), size, rows)


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a finished backup.

    Raises:
        BackupError: there is none, or it is of another format.
    """
    try:
        manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text())
    except FileNotFoundError as error:
        raise BackupError(f"{folder} holds no manifest.json: the backup was not finished") from error
    if manifest.get("format") != FORMAT:
        raise BackupError(f"this backup has format {manifest.get('format')}; this version reads {FORMAT}")
    return manifest


def verify_backup(folder: Path, report: Reporter) -> dict[str, Any]:
    """Read every byte of a backup again.

    Raises:
        BackupError: a file is missing or was changed; each is named, up to ten.
    """
    manifest = read_manifest(folder)
    expected = {"database.dump": manifest["database"]}
    expected |= {f"files/{key}": file for key, file in manifest["files"].items()}
    report(f"checking {len(expected)} files …")
    problems = []
    for name, file in expected.items():
        path = _inside(folder, name)
        if not path.exists():
            problems.append(f"{name} is missing")
        elif path.stat().st_size != file["bytes"] or _hash(path) != file["sha256"]:
            problems.append(f"{name} was changed")
    if problems:
        more = f" and {len(problems) - 10} more" if len(problems) > 10 else ""
        raise BackupError("; ".join(problems[:10]) + more)
    return manifest


def restore_backup(folder: Path, report: Reporter, *, other_key: bool = False) -> BackupSummary:
    """Bring a backup back into an empty database and storage.

    Raises:
        BackupError: the backup is not whole, the database is not empty, or `SECRET_KEY` is another one.
    """
    manifest = verify_backup(folder, report)
    if manifest["key"] != _key_fingerprint() and not other_key:
        raise BackupError(
            "SECRET_KEY is not the one of the backup: second factors, single sign-on and sessions would not open. "
            "Set the old one (or put it into SECRET_KEY_FALLBACKS and pass --other-key)."
        )
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'")
        if cursor.fetchone()[0]:
            raise BackupError("the database is not empty: restore into a new one")
    report("database …")
    _run("pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction",
         str(folder / "database.dump"))  # fmt: skip
    report("files …")
    for key in manifest["files"]:
        with _inside(folder / "files", key).open("rb") as source:
            walk.put(key, source)
    restored = _row_counts()
    if restored != manifest["rows"]:
        # Rows that were written while the backup ran are in the dump and not in the count before it: never fewer.
        fewer = {
            table: (manifest["rows"][table], count)
            for table, count in restored.items()
            if count < manifest["rows"][table]
        }
        if fewer:
            raise BackupError(f"rows are missing after the restore (table: expected, restored): {fewer}")
    cache.clear()
    size = sum(file["bytes"] for file in manifest["files"].values())
    return BackupSummary(len(manifest["files"]), size, restored)
