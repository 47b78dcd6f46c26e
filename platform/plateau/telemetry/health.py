"""Live: the process answers. Ready: what it needs answers, too."""

from collections.abc import Callable

from django.core.cache import cache
from django.core.files.storage import default_storage
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return ""


def _schema() -> str:
    """Migrations that this version needs and nobody ran yet; ones that a newer version ran do not matter."""
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return f"{len(missing)} migrations were not run: `manage.py prepare`" if missing else ""


def _broker() -> str:
    cache.set("plateau-ready", "1", 5)
    return "" if cache.get("plateau-ready") == "1" else "it forgets"


def _storage() -> str:
    default_storage.exists("plateau-ready")
    return ""


def _foreign_schemas() -> str:
    """What other parts need of the database (MLflow's tables); each registers its check."""
    return "; ".join(why for check in SCHEMAS if (why := check()))


SCHEMAS: list[Callable[[], str]] = []
CHECKS: dict[str, Callable[[], str]] = {
    "database": _database,
    "schema": _schema,
    "mlflow": _foreign_schemas,
    "broker": _broker,
    "storage": _storage,
}
# Without these little works; labeling goes on without the broker and, for cached pictures, without the storage.
NEEDED = ("database", "schema", "mlflow")


def readiness() -> dict[str, str]:
    """What is wrong with each thing that is needed; empty where nothing is."""
    problems = {}
    for name, check in CHECKS.items():
        try:
            problems[name] = check()
        except Exception as error:
            problems[name] = type(error).__name__
    return problems
