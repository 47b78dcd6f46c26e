"""Rows of backups."""

from django.utils import timezone
from factory.declarations import LazyFunction
from factory.django import DjangoModelFactory

from plateau.backups.models import BackupKind, FinishedBackup


class FinishedBackupFactory(DjangoModelFactory):
    """A backup of everything that has just ended."""

    class Meta:
        model = FinishedBackup

    kind = BackupKind.FULL
    finished_at = LazyFunction(timezone.now)
    bytes = 1
