"""`manage.py backup FOLDER`."""

import time
from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from plateau.backups import backup


class Command(BaseCommand):
    """Saves everything while people go on working."""

    help = "Save the database and every file into a folder; again into the same folder copies only what is new."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to."""
        parser.add_argument("folder", type=Path)
        parser.add_argument("--check", action="store_true", help="only read an existing backup again")

    def handle(self, *args: object, folder: Path, check: bool, **options: object) -> None:
        """Save, and say how much and how long."""
        begun = time.monotonic()
        try:
            if check:
                backup.verify_backup(folder, self.stdout.write)
                self.stdout.write(f"whole; read in {time.monotonic() - begun:.1f} s")
                return
            summary = backup.create_backup(folder, self.stdout.write)
        except backup.BackupError as error:
            raise CommandError(str(error)) from error
        size = summary.bytes / 1e6
        self.stdout.write(f"{summary.files} files, {size:.1f} MB, {summary.rows} in {time.monotonic() - begun:.1f} s")
        self.stdout.write("Keep SECRET_KEY apart from this folder: without it second factors cannot be decrypted.")
