"""What changes the record of backups."""

from django.utils import timezone

from plateau.backups.models import BackupKind, FinishedBackup

_ROWS_KEPT = 100  # of each kind


def record_backup(kind: BackupKind, *, size: int, encrypted: bool = False) -> FinishedBackup:
    """Note that a backup has just ended well, and forget the oldest of its kind.

    Raises:
        ProgrammingError: the database is of an earlier release, which has no such table.
    """
    finished = FinishedBackup.objects.create(kind=kind, finished_at=timezone.now(), bytes=size, encrypted=encrypted)
    recent = FinishedBackup.objects.filter(kind=kind).values("pk")[:_ROWS_KEPT]
    FinishedBackup.objects.filter(kind=kind).exclude(pk__in=list(recent.values_list("pk", flat=True))).delete()
    return finished
