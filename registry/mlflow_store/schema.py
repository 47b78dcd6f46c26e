"""Whether MLflow's tables are those that the installed MLflow expects; told without loading MLflow."""

import importlib.util
import re
from functools import lru_cache
from pathlib import Path

from django.db import connection

_REVISION = re.compile(r"^(down_)?revision(?:: *[\w |]+)? *= *(.+)$", re.MULTILINE)


@lru_cache(maxsize=1)
def expected() -> str:
    """The newest revision of MLflow's migrations, read from their files.

    Raises:
        RuntimeError: there is not exactly one.
    """
    spec = importlib.util.find_spec("mlflow")
    if spec is None or spec.origin is None:
        raise RuntimeError("mlflow is not installed")
    made: set[str] = set()
    followed: set[str] = set()
    for path in (Path(spec.origin).parent / "store" / "db_migrations" / "versions").glob("*.py"):
        for down, value in _REVISION.findall(path.read_text()):
            (followed if down else made).update(re.findall(r"[\"'](\w+)[\"']", value))
    newest = made - followed
    if len(newest) != 1:
        raise RuntimeError(f"MLflow has {len(newest)} newest revisions")
    return str(newest.pop())


def problem() -> str:
    """What is wrong with MLflow's tables; empty where nothing is."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('mlflow.alembic_version')")
        if cursor.fetchone()[0] is None:
            return "MLflow's tables are missing: run `manage.py prepare`"
        cursor.execute("SELECT version_num FROM mlflow.alembic_version")
        row = cursor.fetchone()
    found = row[0] if row else "none"
    return "" if found == expected() else f"MLflow's tables are at {found}, not {expected()}: run `manage.py prepare`"
