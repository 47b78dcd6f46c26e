"""Archived WAL and base backups of the embedded PostgreSQL: what point-in-time recovery reads. No Django.

    wal/NAME.gz[.age]        each segment once it is full, or a minute old, as `archive_command` hands it over
    base/TIME/base.tar.gz[.age], base.json     copies of the database's files, from which segments lead on

PostgreSQL runs `python -m plateau.backups.wal_archive store PATH NAME`, and `fetch NAME PATH` while it recovers.
A segment is kept until no base backup that is kept needs it.
"""

import gzip
import hashlib
import json
import os
import re
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

_SEGMENT = re.compile(r"[0-9A-F]{24}(\.[0-9A-F]{8}\.backup|\.partial)?")
_NAME = re.compile(r"[0-9A-F]{8}\.history|" + _SEGMENT.pattern)


class ArchiveError(Exception):
    """The message says what is wrong and what to do."""


@dataclass(frozen=True)
class BaseBackup:
    """A copy of the database's files that is whole."""

    folder: Path
    begun_at: datetime
    ended_at: datetime
    first_segment: str
    encrypted: bool
    sha256: str

    @property
    def path(self) -> Path:
        """The archive itself."""
        return self.folder / ("base.tar.gz.age" if self.encrypted else "base.tar.gz")


def base_backups(archive: Path) -> list[BaseBackup]:
    """Every whole base backup, oldest first."""
    backups = []
    for index in sorted((archive / "base").glob("*/base.json")):
        row = json.loads(index.read_text())
        times = datetime.fromisoformat(row["begun_at"]), datetime.fromisoformat(row["ended_at"])
        backups.append(BaseBackup(index.parent, *times, row["first_segment"], row["encrypted"], row["sha256"]))
    return backups


def forget_old(archive: Path, keep: int) -> tuple[int, int]:
    """Remove all but the newest `keep` base backups, and segments older than what these need; returns how many."""
    backups = base_backups(archive)
    old, kept = backups[:-keep], backups[-keep:]
    for backup in old:
        (backup.folder / "base.json").unlink()  # first: what is half removed is no base backup
        shutil.rmtree(backup.folder)
    if not kept:
        return 0, 0
    first = min(backup.first_segment[8:24] for backup in kept)
    segments = [path for path in (archive / "wal").iterdir() if _SEGMENT.match(path.name) and path.name[8:24] < first]
    for path in segments:
        path.unlink()
    return len(old), len(segments)


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ArchiveError(f"{name!r} is no name of a WAL file")
    return name


def store_segment(archive: Path, source: Path, name: str, recipients: Sequence[str]) -> None:
    """Keep a segment; the same one again is fine, another one of the same name is refused.

    Raises:
        ArchiveError: another segment has this name, as when two installations share one archive.
    """
    data = source.read_bytes()
    packed = gzip.compress(data, 1, mtime=0)
    folder = archive / "wal"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest = hashlib.sha256(data).hexdigest()
    path = folder / f"{_checked(name)}.gz{'.age' if recipients else ''}"
    note = folder / f"{name}.sha256"  # so that a host that cannot open a segment can tell whether it is the same
    if path.exists():
        if note.exists() and note.read_text() == digest:
            return
        if not recipients and gzip.decompress(path.read_bytes()) == data:
            return
        raise ArchiveError(f"{path} is another segment: does another installation use this archive?")
    if recipients:
        import pyrage

        from plateau.backups.age_encryption import parse_recipients

        packed = pyrage.encrypt(packed, parse_recipients(recipients))
    for target, content in ((note, digest.encode()), (path, packed)):
        partial = target.with_name(target.name + ".part")
        with partial.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(target)
    descriptor = os.open(folder, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


def fetch_segment(archive: Path, name: str, target: Path, identities: Sequence[Any], beside: Path | None) -> bool:
    """Bring a segment back; False where neither the archive nor `beside`, the former `pg_wal`, has it."""
    plain = archive / "wal" / f"{_checked(name)}.gz"
    sealed = plain.with_name(plain.name + ".age")
    if plain.exists():
        target.write_bytes(gzip.decompress(plain.read_bytes()))
    elif sealed.exists():
        import pyrage

        target.write_bytes(gzip.decompress(pyrage.decrypt(sealed.read_bytes(), list(identities))))
    elif beside is not None and (beside / name).exists():
        shutil.copyfile(beside / name, target)
    else:
        return False
    return True


def main(words: Sequence[str]) -> int:
    """What PostgreSQL runs; its own log has what is printed."""
    archive = Path(os.environ["WAL_ARCHIVE"])
    action, first, second = words
    try:
        if action == "store":
            store_segment(
                archive, Path(first), second, [k for k in os.environ.get("BACKUP_RECIPIENTS", "").split(",") if k]
            )
            return 0
        from plateau.backups.age_encryption import parse_identities

        typed = os.environ.get("RECOVERY_IDENTITY", "")
        beside = os.environ.get("RECOVERY_WAL")
        identities = parse_identities(typed) if typed else ()
        fetched = fetch_segment(archive, first, Path(second), identities, Path(beside) if beside else None)
        return 0 if fetched else 1
    except Exception as error:
        sys.stderr.write(f"WAL archive: {error}\n")
        return 200 if action == "fetch" else 1  # above 125: PostgreSQL ends instead of taking it for the end of WAL


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
