"""`manage.py backup FOLDER`."""

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from plateau.backups import age_encryption, backup


class Command(BaseCommand):
    """Saves everything while people go on working."""

    help = "Save the database and every file into a folder; again into the same folder copies only what is new."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to."""
        parser.add_argument("folder", type=Path)
        parser.add_argument(
            "--encrypt-to", action="append", metavar="AGE1…", help="public key of age; instead of BACKUP_RECIPIENTS"
        )
        parser.add_argument("--identity", type=Path, help="with --check: file with the private key, to open all of it")
        parser.add_argument("--check", action="store_true", help="only read an existing backup again")

    def handle(self, *args: object, folder: Path, check: bool, **options: Any) -> None:
        """Save, and say how much and how long."""
        recipients, identity = options["encrypt_to"] or settings.BACKUP_RECIPIENTS, options["identity"]
        begun = time.monotonic()
        try:
            if check:
                identities = age_encryption.parse_identities(identity.read_text()) if identity else ()
                backup.verify_backup(folder, self.stdout.write, identities)
                sealed = backup.is_encrypted(folder) and not identities
                note = " (not opened: give --identity for that)" if sealed else ""
                self.stdout.write(f"whole{note}; read in {time.monotonic() - begun:.1f} s")
                return
            summary = backup.create_backup(folder, self.stdout.write, recipients=recipients)
        except (backup.BackupError, age_encryption.EncryptionError, OSError) as error:
            raise CommandError(str(error)) from error
        size = summary.bytes / 1e6
        self.stdout.write(f"{summary.files} files, {size:.1f} MB, {summary.rows} in {time.monotonic() - begun:.1f} s")
        self.stdout.write("Keep SECRET_KEY apart from this folder: without it second factors cannot be decrypted.")
