"""`manage.py migrate`, on databases of before the apps' labels changed too, and quickly on empty ones."""

from django.core.management.base import CommandParser
from django.core.management.commands.migrate import Command as MigrateCommand
from django.db import DEFAULT_DB_ALIAS, transaction

from plateau.releases.app_labels import adopt_present_labels
from plateau.releases.schema_dump import load_schema_dump


class Command(MigrateCommand):
    """Django's command, after former labels of apps were replaced by the present ones, or an empty database filled."""

    def add_arguments(self, parser: CommandParser) -> None:
        """Django's, and one of ours."""
        super().add_arguments(parser)
        parser.add_argument("--no-dump", action="store_true", help="Run every migration on an empty database, too.")

    def handle(self, *args: object, **options: object) -> None:
        """Without the replacement Django would find a history that contradicts itself."""
        if options.get("database", DEFAULT_DB_ALIAS) != DEFAULT_DB_ALIAS:
            super().handle(*args, **options)
        elif options.get("plan") or options.get("check_unapplied"):
            with transaction.atomic():
                adopt_present_labels()
                super().handle(*args, **options)
                transaction.set_rollback(True)
        else:
            for label in adopt_present_labels():
                self.stdout.write(f"  Replaced the former app label {label}")
            is_whole_and_real = not (options.get("app_label") or options.get("fake") or options.get("no_dump"))
            if is_whole_and_real and load_schema_dump() and options.get("verbosity", 1):
                self.stdout.write("  Made the schema from its dump")
            super().handle(*args, **options)
