"""`manage.py delete_unused_artifacts`: delete files of deleted versions and runs."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from registry.model_versions.artifact_cleanup import RETENTION_DAYS, delete_unused_artifacts


class Command(BaseCommand):
    """Runs by itself once a day; by hand where the disk is full."""

    help = "Delete artifacts of deleted versions and runs."

    def add_arguments(self, parser: CommandParser) -> None:
        """How long deleted things are kept, and whether to look only."""
        parser.add_argument("--days", type=int, default=RETENTION_DAYS, help="deleted at least so many days ago")
        parser.add_argument("--dry-run", action="store_true", help="say what would be deleted")

    def handle(self, *args: object, **options: Any) -> None:
        """Sweep."""
        deleted = delete_unused_artifacts(days=options["days"], dry_run=options["dry_run"])
        for folder in deleted.folders:
            self.stdout.write(folder)
        verb = "would be" if options["dry_run"] else "were"
        self.stdout.write(f"{deleted.file_count} files of {deleted.size_bytes / 1e6:.1f} MB {verb} deleted")
