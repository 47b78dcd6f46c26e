"""`manage.py sweep_artifacts`: delete files of versions and runs that were deleted, and say how much that freed."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from registry.model_versions.sweep import KEPT_DAYS, sweep


class Command(BaseCommand):
    """Runs by itself once a day; by hand where the disk is full."""

    help = "Delete artifacts of deleted versions and runs."

    def add_arguments(self, parser: CommandParser) -> None:
        """How long deleted things are kept, and whether to look only."""
        parser.add_argument("--days", type=int, default=KEPT_DAYS, help="deleted at least so many days ago")
        parser.add_argument("--dry-run", action="store_true", help="say what would be deleted")

    def handle(self, *args: Any, **options: Any) -> None:
        """Sweep."""
        found = sweep(days=options["days"], dry_run=options["dry_run"])
        for folder in found.folders:
            self.stdout.write(folder)
        verb = "would be" if options["dry_run"] else "were"
        self.stdout.write(f"{found.files} files of {found.size / 1e6:.1f} MB {verb} deleted")
