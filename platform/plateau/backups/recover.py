"""`python -m plateau.backups.recover --to TIME`: the embedded database as it was at a moment, out of `WAL_ARCHIVE`.

The database that is there is moved aside, never deleted; segments that it had not archived yet are taken from it.
"""

import argparse
import gzip
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from getpass import getpass
from pathlib import Path
from typing import Any

import psycopg2

from launcher import embedded
from launcher.layout import ROOT, InstallationLayout
from launcher.supervisor import accepts_on_socket, say
from plateau.backups import age_encryption
from plateau.backups.wal_archive import ArchiveError, BaseBackup, base_backups

_SECONDS = 24 * 3600  # in which it must be done


class _OtherTimeline(ArchiveError):
    """The base backup is of a course of events that an earlier recovery left."""


def fitting_bases(archive: Path, moment: datetime | None) -> list[BaseBackup]:
    """Base backups that ended by then, newest first.

    Raises:
        ArchiveError: there is none.
    """
    backups = base_backups(archive)
    fitting = [backup for backup in backups if moment is None or backup.ended_at <= moment]
    if not fitting:
        since = f"the oldest one ended at {backups[0].ended_at.isoformat()}" if backups else "there is none at all"
        raise ArchiveError(f"{archive} holds no base backup from before that time: {since}")
    return fitting[::-1]


def _unpack(base: BaseBackup, folder: Path, identities: Sequence[Any]) -> None:
    with base.path.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != base.sha256:
            raise ArchiveError(f"{base.path} was changed")
    packed = base.path
    if base.encrypted:
        if not identities:
            raise ArchiveError("the base backup is encrypted: give its private key")
        packed = folder.with_name(folder.name + ".tar.gz")
        with packed.open("wb") as target:
            age_encryption.open_into(base.path, target, identities)
    try:
        with gzip.open(packed) as stream, tarfile.open(fileobj=stream, mode="r|") as archive:
            archive.extractall(folder, filter="data")
    finally:
        if packed != base.path:
            packed.unlink()
    folder.chmod(0o700)
    # `pg_verifybackup` of the wheel ends by SIGSEGV: the hash above covers every byte, and this what the server meant.
    listed = json.loads((folder / "backup_manifest").read_text())["Files"]
    for entry in listed:
        path = folder / entry.get("Path", "")
        if not path.is_file() or path.stat().st_size != entry["Size"]:
            raise ArchiveError(f"the base backup is not whole: {path.name} is missing or of another size")


def recover(layout: InstallationLayout, archive: Path, moment: datetime | None, identities: str = "") -> Path | None:
    """Bring the database back as it was at `moment`, or as late as the archive leads; returns where the former one is.

    Raises:
        ArchiveError: it runs, no base backup is old enough, or WAL does not lead so far. What was there is there still.
    """
    socket = layout.run / ".s.PGSQL.5432"
    if accepts_on_socket(socket)():
        raise ArchiveError("the database is running: stop Plateau first")
    bases = fitting_bases(archive, moment)
    keys = age_encryption.parse_identities(identities) if identities else ()
    data, building = layout.postgres_data, layout.home / "postgres.recovering"
    env = dict(os.environ) | {
        "WAL_ARCHIVE": str(archive),
        "RECOVERY_IDENTITY": identities,
        "PYTHONPATH": os.pathsep.join([str(ROOT / "platform"), str(ROOT)]),
    }
    if (data / "pg_wal").exists():
        env["RECOVERY_WAL"] = str(data / "pg_wal")
    for base in bases:
        try:
            _build(base, building, moment, keys, layout, env)
            break
        except _OtherTimeline:
            if base is bases[-1]:
                raise
        finally:
            if not (building / "recovered").exists():
                shutil.rmtree(building, ignore_errors=True)
    (building / "recovered").unlink()
    former = None
    if data.exists():
        former = data.with_name(f"postgres.before-{datetime.now(UTC):%Y%m%dT%H%M%S}")
        data.rename(former)
    building.rename(data)
    return former


def _build(
    base: BaseBackup,
    building: Path,
    moment: datetime | None,
    keys: Sequence[Any],
    layout: InstallationLayout,
    env: dict[str, str],
) -> None:
    """Unpack a base backup and have PostgreSQL replay WAL up to `moment`; the file `recovered` says that it did."""
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(mode=0o700)
    _unpack(base, building, keys)
    lines = [
        f"""restore_command = '"{sys.executable}" -m plateau.backups.wal_archive fetch %f "%p"'""",
        "recovery_target_action = 'promote'",
        "recovery_target_timeline = 'latest'",
    ]
    if moment is not None:
        lines.append(f"recovery_target_time = '{moment.astimezone(UTC).isoformat()}'")
    settings = building / "postgresql.auto.conf"
    written = settings.read_text() if settings.exists() else ""
    settings.write_text(written + "\n".join(lines) + "\n")
    (building / "recovery.signal").touch()
    _replay(building, layout, env)
    settings.write_text(written)  # a later start must not look for a moment of the past
    (building / "recovered").touch()


def _replay(data: Path, layout: InstallationLayout, env: dict[str, str]) -> None:
    log = layout.home / "log" / "recovery.log"
    log.parent.mkdir(mode=0o700, exist_ok=True)
    with log.open("wb") as output:
        server = subprocess.Popen(
            embedded.postgres_command(data, layout.run, archives=True),  # its new timeline goes to the archive
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        deadline = time.monotonic() + _SECONDS
        while time.monotonic() < deadline:
            if server.poll() is not None:
                words = log.read_text(errors="replace")
                if "is not a child of this server's history" in words:
                    raise _OtherTimeline(f"no base backup leads to that time; see {log}")
                if "before configured recovery target was reached" in words:
                    raise ArchiveError(
                        "the archived WAL does not lead to that time: choose an earlier one, or leave --to out to "
                        f"recover as late as it leads\n{_last_time(words)}"
                    )
                raise ArchiveError(f"PostgreSQL ended while it recovered; see {log}:\n{words[-1500:]}")
            try:
                connection = psycopg2.connect(host=str(layout.run), user="plateau", dbname="postgres")
            except psycopg2.OperationalError:
                time.sleep(0.1)
                continue
            with connection, connection.cursor() as cursor:
                cursor.execute("SELECT pg_is_in_recovery()")
                recovering = cursor.fetchone()[0]
            connection.close()
            if not recovering:
                return
            time.sleep(0.1)
        raise ArchiveError("the recovery did not end within a day")
    finally:
        if server.poll() is None:
            server.send_signal(signal.SIGINT)
            server.wait()


def _last_time(words: str) -> str:
    lines = [line for line in words.splitlines() if "last completed transaction was at log time" in line]
    return lines[-1].split("LOG:")[-1].strip() if lines else ""


def main() -> None:
    """Recover, and say what to do next."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--to", help="the moment, with its time zone: 2026-01-31T09:30:00+09:00; else the latest")
    parser.add_argument(
        "--identity", type=Path, help="file with the private key of age, where the archive is encrypted"
    )
    options = parser.parse_args()
    if not (archive := os.environ.get("WAL_ARCHIVE")):
        raise SystemExit("WAL_ARCHIVE is not set: it names the folder of base backups and WAL")
    moment = None
    if options.to:
        try:
            moment = datetime.fromisoformat(options.to)
        except ValueError as error:
            raise SystemExit(f"--to: {error}") from error
        if moment.tzinfo is None:
            raise SystemExit("--to needs a time zone, such as +00:00")
    begun = time.monotonic()
    try:
        identities = options.identity.read_text() if options.identity else ""
        if not identities and sys.stdin.isatty() and any(base.encrypted for base in base_backups(Path(archive))):
            identities = getpass("Private key of age (AGE-SECRET-KEY-1…): ")
        former = recover(InstallationLayout.from_environment(), Path(archive), moment, identities)
    except (ArchiveError, age_encryption.EncryptionError, OSError) as error:
        raise SystemExit(str(error)) from error
    say(f"Recovered in {time.monotonic() - begun:.1f} s." + (f" The former database is in {former}." if former else ""))
    say("Now run `make check-files`: it names files that the database has and the storage lacks.")


if __name__ == "__main__":
    main()
