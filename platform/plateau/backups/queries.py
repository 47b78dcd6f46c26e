"""What is known of past backups."""

from datetime import datetime

from plateau.backups.models import BackupKind, FinishedBackup


def last_backup_at(kind: BackupKind = BackupKind.FULL) -> datetime | None:
    """When the last backup of this kind ended, or nothing if none ever did."""
    return FinishedBackup.objects.filter(kind=kind).values_list("finished_at", flat=True).first()
