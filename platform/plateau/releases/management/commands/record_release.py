"""`manage.py record_release 0.2.0 COMMIT`."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from plateau.releases import releases


class Command(BaseCommand):
    """Part of making a release: later code can bring an installation back to it."""

    help = "Write down the newest migrations of this code as those of a release."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which."""
        parser.add_argument("version")
        parser.add_argument("commit")

    def handle(self, *args: object, version: str, commit: str, **options: object) -> None:
        """Write it."""
        try:
            path = releases.save_release(version, commit)
        except releases.IncompleteInstallation as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"wrote {path.name}")
