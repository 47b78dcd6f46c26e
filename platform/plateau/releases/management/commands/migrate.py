"""`manage.py migrate`, on databases of before the apps' labels changed too."""

from django.core.management.commands.migrate import Command as MigrateCommand
from django.db import DEFAULT_DB_ALIAS, transaction

from plateau.releases.app_labels import adopt_present_labels


class Command(MigrateCommand):
    """Django's command, after former labels of apps were replaced by the present ones."""

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
            super().handle(*args, **options)
