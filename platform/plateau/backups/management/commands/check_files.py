"""`manage.py check_files`."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from plateau.backups.file_check import check_files


class Command(BaseCommand):
    """Names files that the database has and the storage lacks."""

    help = "Compare the files that the database names with those of the storage."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How thoroughly."""
        parser.add_argument("--hashes", action="store_true", help="read the files, and compare hashes")

    def handle(self, *args: object, hashes: bool, **options: object) -> None:
        """Name each file that does not fit, and fail where there is one."""
        check = check_files(hashes=hashes)
        for line in check.missing:
            self.stdout.write(f"missing  {line}")
        for line in check.changed:
            self.stdout.write(f"changed  {line}")
        self.stdout.write(
            f"{check.named} files named, {len(check.missing)} missing, {len(check.changed)} changed; "
            f"{check.extra} others in the storage"
        )
        if check.missing or check.changed:
            raise CommandError("copy these files back from a backup (`files/` holds them under the same keys)")
