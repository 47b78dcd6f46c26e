"""`manage.py prepare`: bring every schema up to date, from one place, under one lock."""

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.backends.utils import CursorWrapper

from registry.mlflow_store.server import upgrade

LOCK = 7_301_552_900_411


class Command(BaseCommand):
    """Safe to run from several hosts at once: the second one waits and finds nothing to do."""

    help = "Migrate Django's tables and MLflow's."

    def handle(self, *args: object, **options: object) -> None:
        """Take the advisory lock, migrate both, let go."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
            try:
                self._drop_unfinished(cursor)
                call_command("migrate", verbosity=0, interactive=False)
                upgrade()
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])

    def _drop_unfinished(self, cursor: CursorWrapper) -> None:
        """Indexes that a run before this one was building when it was ended: their migration builds them again."""
        cursor.execute(
            "SELECT format('DROP INDEX CONCURRENTLY %I.%I', n.nspname, c.relname) FROM pg_index i "
            "JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE NOT i.indisvalid AND n.nspname IN ('public', 'mlflow')"
        )
        for (statement,) in cursor.fetchall():
            self.stdout.write(statement)
            cursor.execute(statement)
