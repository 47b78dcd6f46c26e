"""Backup and restore, one call each.

A backup is a folder: `database.dump` (pg_dump's own format, one consistent snapshot, MLflow's schema with it), `files/`
(every file of the storage) and, written last, `manifest.json` with the hash of each. Without the manifest it is no
backup. Files are copied after the dump: whatever the dump names was there before it. A second backup into the same
folder copies only files that it does not have yet.

Encrypted to public keys of age, no plain byte reaches the folder: the database, each file and the manifest are streams
of their own. Names of files are keyed hashes, since those of the storage tell hashes of contents. `index.json` says
without a private key what lies there, so that a host that cannot open its backups can still add to them and check them;
a code made with `SECRET_KEY` in it tells a manifest of ours from one that somebody else encrypted to the same key.
"""

import hashlib
import hmac
import io
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from django.conf import settings
from django.core.cache import cache
from django.db import ProgrammingError, connection
from django.utils import timezone

from plateau.backups import age_encryption, services
from plateau.backups.age_encryption import SUFFIX, EncryptionError, StoredStream
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


@contextmanager
def output_of(name: str, *words: str, database: bool = True) -> Iterator[IO[bytes]]:
    """What a program writes, as it writes it; `database`: it is told of ours, or of the server alone.

    Raises:
        BackupError: it failed.
    """
    address, env = _address()
    command = [_program(name), *(address if database else address[2:]), *words]
    with (
        tempfile.TemporaryFile() as errors,
        subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=errors) as process,
    ):
        try:
            yield cast("IO[bytes]", _CheckedOutput(process, errors, name))
        except BaseException:
            process.kill()
            raise


class _CheckedOutput:
    """The output of a program: its end is one only where the program succeeded."""

    def __init__(self, process: "subprocess.Popen[bytes]", errors: IO[bytes], name: str) -> None:
        self.process, self.errors, self.name = process, errors, name

    def read(self, size: int = -1) -> bytes:
        assert self.process.stdout is not None  # for the type checker
        piece = self.process.stdout.read(size)
        if not piece and self.process.wait():
            self.errors.seek(0)
            said = self.errors.read().decode(errors="replace").strip()[-2000:]
            raise BackupError(f"{self.name} failed: {said}")
        return piece


def _restore_database(source: Callable[[Any], None]) -> None:
    """Have `pg_restore` read what `source` writes: in one transaction, which ends well only with all of it."""
    address, env = _address()
    words = ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"]
    command = [_program("pg_restore"), *address, *words]
    with tempfile.TemporaryFile() as errors:
        with subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stderr=errors) as process:
            assert process.stdin is not None  # for the type checker
            try:
                source(process.stdin)
            except BrokenPipeError:
                pass  # it failed, and says why
            except BaseException:
                process.kill()
                raise
            with suppress(BrokenPipeError):
                process.stdin.close()
        errors.seek(0)
        if process.returncode:
            raise BackupError(f"pg_restore failed: {errors.read().decode(errors='replace').strip()[-2000:]}")


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _code(content: bytes, key: str) -> str:
    return hmac.new(b"plateau-backup:" + key.encode(), content, hashlib.sha256).hexdigest()


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


def create_backup(folder: Path, report: Reporter, *, recipients: Sequence[str] = ()) -> BackupSummary:
    """Save everything into `folder`, encrypted to the public keys of age in `recipients`.

    Raises:
        BackupError: the database could not be dumped, the folder holds a backup of the other sort, or a key is none.
    """
    keys = parse_keys(recipients)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    index = folder / ("index.json" if keys else "manifest.json")
    if (folder / ("manifest.json" if keys else "index.json")).exists():
        sort = "unencrypted" if keys else "encrypted"
        raise BackupError(f"{folder} holds an {sort} backup: choose another folder")
    before = _files_before(index, recipients)
    index.unlink(missing_ok=True)
    report("database …")
    begun, rows = timezone.now(), _row_counts()
    with output_of("pg_dump", "--format=custom", "--no-owner", "--no-privileges") as output:
        dump = age_encryption.store(output, _database_path(folder, encrypted=bool(keys)), keys)
    report("files …")
    files: dict[str, dict[str, Any]] = {}
    for key, size in walk.every_file():
        if key.endswith(".part") or key.startswith("work/"):  # checkpoints of trainings under way, old in a minute
            continue
        name = _stored_name(key) if keys else f"files/{key}"
        path = _inside(folder, name)
        known = before.get(name)
        if known and known["plain_bytes"] == size and path.exists() and path.stat().st_size == known["bytes"]:
            files[key] = known
            continue
        try:
            with walk.opened(key) as source:
                files[key] = _entry(age_encryption.store(source, path, keys), name)
        except FileNotFoundError:  # swept between the list and the copy: the dump knows no such file any more
            continue
    names = {file["name"] for file in files.values()}
    for path in list((folder / "files").rglob("*")):
        if path.is_file() and path.relative_to(folder).as_posix() not in names:
            path.unlink()
    content: dict[str, Any] = {
        "format": FORMAT,
        "at": begun.isoformat(),
        "key": _key_fingerprint(),
        "rows": rows,
        "database": _entry(dump, _database_path(folder, encrypted=bool(keys)).name),
        "files": files,
    }
    if keys:
        content = _sealed(folder, content, keys, recipients)
    partial = index.with_suffix(".part")
    partial.write_text(json.dumps(content))
    partial.replace(index)
    size = sum(file["plain_bytes"] for file in files.values())
    try:
        services.record_backup(BackupKind.FULL, size=size + dump.plain_bytes, encrypted=bool(keys))
    except ProgrammingError:  # before an upgrade, of a database that this release has not migrated
        report("not recorded: the database is of an earlier release")
    return BackupSummary(len(files), size, rows)


def parse_keys(keys: Sequence[str]) -> list[Any]:
    """The public keys to encrypt to.

    Raises:
        BackupError: one of them is none.
    """
    try:
        return age_encryption.parse_recipients(keys)
    except EncryptionError as error:
        raise BackupError(str(error)) from error


def _entry(stored: StoredStream, name: str) -> dict[str, Any]:
    return {"name": name, "bytes": stored.bytes, "sha256": stored.sha256, "plain_bytes": stored.plain_bytes}


def _database_path(folder: Path, *, encrypted: bool) -> Path:
    return folder / ("database.dump" + SUFFIX * encrypted)


def _stored_name(key: str) -> str:
    hidden = _code(b"name:" + key.encode(), settings.SECRET_KEY)
    return f"files/{hidden[:2]}/{hidden}{SUFFIX}"


def _files_before(index: Path, recipients: Sequence[str]) -> dict[str, dict[str, Any]]:
    """By name in the folder: what an earlier backup left there, as long as the same keys open it."""
    if not index.exists():
        return {}
    content = json.loads(index.read_text())
    if sorted(content.get("recipients", ())) != sorted(recipients):
        return {}
    if index.name == "index.json":
        return {str(file["name"]): file for file in content["files"]}
    files = ((f"files/{key}", file) for key, file in content["files"].items())
    return {name: {"name": name, "plain_bytes": file["bytes"]} | file for name, file in files}


def _sealed(folder: Path, manifest: dict[str, Any], keys: list[Any], recipients: Sequence[str]) -> dict[str, Any]:
    """Encrypt the manifest; returns what may be known without a private key."""
    path = folder / f"manifest.json{SUFFIX}"
    stored = age_encryption.store(io.BytesIO(json.dumps(manifest).encode()), path, keys)
    return {
        "format": FORMAT,
        "at": manifest["at"],
        "recipients": list(recipients),
        "manifest": _entry(stored, path.name) | {"code": _code(path.read_bytes(), settings.SECRET_KEY)},
        "database": manifest["database"],
        "files": list(manifest["files"].values()),
    }


def is_encrypted(folder: Path) -> bool:
    """Whether a private key is needed to open the backup in `folder`."""
    return (folder / "index.json").exists()


def _read_json(path: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(path.read_text())
    except FileNotFoundError as error:
        raise BackupError(f"{path.parent} holds no {path.name}: the backup was not finished") from error
    except ValueError as error:
        raise BackupError(f"{path.name} was changed: {error}") from error
    if content.get("format") != FORMAT:
        raise BackupError(f"this backup has format {content.get('format')}; this version reads {FORMAT}")
    return content


def read_manifest(folder: Path, identities: Sequence[Any] = (), *, other_key: bool = False) -> dict[str, Any]:
    """The manifest of a finished backup.

    Raises:
        BackupError: there is none, it is of another format, no private key opens it, or it is not of this installation.
    """
    if not is_encrypted(folder):
        return _read_json(folder / "manifest.json")
    index = _read_json(folder / "index.json")
    if not identities:
        raise BackupError(f"this backup is encrypted to {', '.join(index['recipients'])}: give its private key")
    path, plain = folder / f"manifest.json{SUFFIX}", io.BytesIO()
    try:
        sealed = path.read_bytes()
        age_encryption.open_into(path, plain, identities)
    except FileNotFoundError as error:
        raise BackupError(f"{path.name} is missing") from error
    except EncryptionError as error:
        raise BackupError(str(error)) from error
    manifest: dict[str, Any] = json.loads(plain.getvalue())
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    ours = any(hmac.compare_digest(_code(sealed, key), str(index["manifest"]["code"])) for key in secrets)
    if not ours and not other_key and manifest["key"] == _key_fingerprint():
        raise BackupError("the manifest was not written by this installation: its code is wrong")
    return manifest


def verify_backup(
    folder: Path, report: Reporter, identities: Sequence[Any] = (), *, other_key: bool = False
) -> dict[str, Any]:
    """Read every byte of a backup again; with a private key, open an encrypted one as well.

    Raises:
        BackupError: a file is missing or was changed; each is named, up to ten.
    """
    opened = bool(identities) or not is_encrypted(folder)
    manifest = read_manifest(folder, identities, other_key=other_key) if opened else _read_json(folder / "index.json")
    database = manifest["database"]
    expected = {database.get("name", "database.dump"): database}
    if opened:
        expected |= {file.get("name", f"files/{key}"): file for key, file in manifest["files"].items()}
    else:
        expected |= {file["name"]: file for file in [manifest["manifest"], *manifest["files"]]}
    report(f"checking {len(expected)} files …")
    problems = []
    for name, file in expected.items():
        path = _inside(folder, name)
        if not path.exists():
            problems.append(f"{name} is missing")
        elif path.stat().st_size != file["bytes"] or _hash(path) != file["sha256"]:
            problems.append(f"{name} was changed")
        elif opened and name.endswith(SUFFIX) and is_encrypted(folder):
            with Path(os.devnull).open("wb") as nowhere:
                try:
                    age_encryption.open_into(path, nowhere, identities)
                except EncryptionError as error:
                    problems.append(str(error))
    if problems:
        more = f" and {len(problems) - 10} more" if len(problems) > 10 else ""
        raise BackupError("; ".join(problems[:10]) + more)
    return manifest


def _copy_into(path: Path, target: Any, identities: Sequence[Any]) -> None:
    if identities:
        age_encryption.open_into(path, target, identities)
        return
    with path.open("rb") as source:
        shutil.copyfileobj(source, target, age_encryption.PIECE)


def restore_backup(
    folder: Path, report: Reporter, *, other_key: bool = False, identities: Sequence[Any] = ()
) -> BackupSummary:
    """Bring a backup back into an empty database and storage; `identities` are private keys of an encrypted one.

    Raises:
        BackupError: the backup is not whole, the database is not empty, or `SECRET_KEY` is another one.
    """
    keys = identities if is_encrypted(folder) else ()
    if is_encrypted(folder) and not keys:
        read_manifest(folder)  # which says what key is missing
    manifest = verify_backup(folder, report, keys, other_key=other_key)
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
    database = _database_path(folder, encrypted=bool(keys))
    _restore_database(lambda target: _copy_into(database, target, keys))
    report("files …")
    for key, file in manifest["files"].items():
        path = _inside(folder, file.get("name", f"files/{key}"))
        if not keys:
            with path.open("rb") as source:
                walk.put(key, source)
            continue
        with tempfile.TemporaryFile(dir=settings.PLATEAU_HOME) as plain:
            age_encryption.open_into(path, plain, keys)
            plain.seek(0)
            walk.put(key, plain)
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
    size = sum(file.get("plain_bytes", file["bytes"]) for file in manifest["files"].values())
    return BackupSummary(len(manifest["files"]), size, restored)
