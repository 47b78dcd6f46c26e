"""`manage.py restore FOLDER`."""

import sys
import time
from argparse import ArgumentParser
from getpass import getpass
from pathlib import Path

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from plateau.backups import age_encryption, backup


class Command(BaseCommand):
    """Brings a backup back, checks it, and migrates what an older version wrote."""

    help = "Restore a backup into an empty database and storage."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where from."""
        parser.add_argument("folder", type=Path)
        parser.add_argument("--identity", type=Path, help="file with the private key of age; asked for without it")
        parser.add_argument("--other-key", action="store_true", help="SECRET_KEY is another one, on purpose")

    def handle(self, *args: object, folder: Path, other_key: bool, identity: Path | None, **options: object) -> None:
        """Restore, then migrate."""
        begun = time.monotonic()
        try:
            text = identity.read_text() if identity else ""
            if backup.is_encrypted(folder) and not identity and sys.stdin.isatty():
                text = getpass("Private key of age (AGE-SECRET-KEY-1…): ")
            identities = age_encryption.parse_identities(text) if text else ()
            summary = backup.restore_backup(folder, self.stdout.write, other_key=other_key, identities=identities)
        except (backup.BackupError, age_encryption.EncryptionError, OSError) as error:
            raise CommandError(str(error)) from error
        call_command("prepare")
        size = summary.bytes / 1e6
        self.stdout.write(f"{summary.files} files, {size:.1f} MB, {summary.rows} in {time.monotonic() - begun:.1f} s")
