"""Base backups: copies of the database's files from which archived WAL leads to any later moment."""

import json
from collections.abc import Sequence
from pathlib import Path

from django.db import connection
from django.utils import timezone

from plateau.backups import age_encryption, services
from plateau.backups.backup import BackupError, Reporter, output_of, parse_keys
from plateau.backups.models import BackupKind
from plateau.backups.wal_archive import BaseBackup, base_backups, forget_old

_SEGMENT_BYTES = 16 * 1024 * 1024


def create_base_backup(archive: Path, report: Reporter, *, keep: int = 2, recipients: Sequence[str] = ()) -> BaseBackup:
    """Add a base backup to the archive; then older ones than the newest `keep` go, and WAL that none of these needs.

    Raises:
        BackupError: the server archives no WAL, or `pg_basebackup` failed; nothing was removed.
    """
    if keep < 1:
        raise BackupError("--keep: at least one base backup must stay")
    keys = parse_keys(recipients)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('archive_mode'), pg_walfile_name(pg_current_wal_lsn())")
        mode, segment = cursor.fetchone()
    if mode == "off":
        raise BackupError("the server archives no WAL: set WAL_ARCHIVE and restart it")
    begun = timezone.now()
    folder = archive / "base" / f"{begun:%Y%m%dT%H%M%S%f}"
    path = folder / ("base.tar.gz" + age_encryption.SUFFIX * bool(keys))
    report("copying the database's files …")
    words = ["--pgdata=-", "--format=tar", "--gzip", "--wal-method=fetch", "--checkpoint=fast"]
    try:
        with output_of("pg_basebackup", *words, database=False) as output:
            stored = age_encryption.store(output, path, keys)
    except BaseException:
        if folder.exists():
            folder.rmdir()
        raise
    row = {
        "begun_at": begun.isoformat(),
        "ended_at": timezone.now().isoformat(),
        "first_segment": segment,
        "encrypted": bool(keys),
        "bytes": stored.bytes,
        "sha256": stored.sha256,
    }
    partial = folder / "base.part"
    partial.write_text(json.dumps(row))
    partial.replace(folder / "base.json")
    services.record_backup(BackupKind.BASE, size=stored.bytes, encrypted=bool(keys))
    backups, segments = forget_old(archive, keep)
    report(f"{stored.bytes / 1e6:.1f} MB; {backups} older base backups and {segments} segments of WAL removed")
    return base_backups(archive)[-1]
