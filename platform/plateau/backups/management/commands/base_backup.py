"""`manage.py base_backup`."""

import time
from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from plateau.backups.backup import BackupError
from plateau.backups.base_backup import create_base_backup


class Command(BaseCommand):
    """Adds a base backup to `WAL_ARCHIVE` while people go on working."""

    help = "Add a base backup to WAL_ARCHIVE, and remove WAL that no kept base backup needs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How many stay."""
        parser.add_argument("--keep", type=int, default=2, help="base backups that stay, this one among them")

    def handle(self, *args: object, keep: int, **options: object) -> None:
        """Copy, and say how long it took."""
        if not settings.WAL_ARCHIVE:
            raise CommandError("WAL_ARCHIVE is not set: it names the folder of base backups and WAL")
        begun = time.monotonic()
        try:
            create_base_backup(
                Path(settings.WAL_ARCHIVE), self.stdout.write, keep=keep, recipients=settings.BACKUP_RECIPIENTS
            )
        except (BackupError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"done in {time.monotonic() - begun:.1f} s")
