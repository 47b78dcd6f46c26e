"""Tables of backups: when the last ones ended."""

from django.db import models


class BackupKind(models.TextChoices):
    """What a backup can bring back."""

    FULL = "full", "Database and files"
    BASE = "base", "Base of point-in-time recovery"


class FinishedBackup(models.Model):
    """A backup that ended well; those that fail leave no row, so that the age of the last one grows."""

    kind = models.CharField(max_length=8, choices=BackupKind.choices)
    finished_at = models.DateTimeField()
    bytes = models.BigIntegerField()
    encrypted = models.BooleanField(default=False)

    class Meta:
        """Read newest first."""

        ordering = ("-finished_at",)
        indexes = (models.Index(fields=["kind", "-finished_at"], name="backup_by_kind"),)
