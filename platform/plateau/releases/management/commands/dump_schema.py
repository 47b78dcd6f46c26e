"""`manage.py dump_schema`."""

from django.core.management.base import BaseCommand, CommandError

from plateau.releases import schema_dump


class Command(BaseCommand):
    """Run by `make schema`, on a database that every migration was run on."""

    help = "Write the schema of this database to the file that empty databases are made from."

    def handle(self, *args: object, **options: object) -> None:
        """Write it."""
        try:
            schema_dump.write_schema_dump()
        except schema_dump.DumpFailed as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"wrote {schema_dump.FILE.name}")
