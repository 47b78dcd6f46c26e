"""`manage.py go_back 0.1.0`."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from plateau.releases import releases


class Command(BaseCommand):
    """Run by the newer code, with the web service and the workers stopped; then the older code is started."""

    help = "Bring the schema back to what an earlier release knows; what came after is lost."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """To which, and whether that was thought over."""
        parser.add_argument("version", choices=releases.list_versions())
        parser.add_argument("--yes", action="store_true", help="do it; without this the migrations are only listed")

    def handle(self, *args: object, version: str, yes: bool, **options: object) -> None:
        """Tell the way; go it where asked to."""
        release = releases.load_release(version)
        migrations = releases.migrations_to_undo(release)
        for migration in migrations:
            self.stdout.write(f"undo {migration}")
        if not migrations:
            self.stdout.write(f"The schema is that of {version} already.")
        elif yes:
            releases.go_back(release)
            self.stdout.write(f"The schema is that of {version} (commit {release.commit[:12]}). Start that code now.")
        else:
            raise CommandError("Nothing was changed. Make a backup, stop the services, and say --yes.")
