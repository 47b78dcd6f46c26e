"""`manage.py prepare`: bring every schema up to date, from one place, under one lock."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection

from registry.tracking.server import upgrade

LOCK = 7_301_552_900_411


class Command(BaseCommand):
    """Safe to run from several hosts at once: the second one waits and finds nothing to do."""

    help = "Migrate Django's tables and MLflow's."

    def handle(self, *args: Any, **options: Any) -> None:
        """Take the advisory lock, migrate both, let go."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
            try:
                call_command("migrate", verbosity=0, interactive=False)
                upgrade()
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
