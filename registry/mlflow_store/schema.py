"""Whether MLflow's tables are those that the installed MLflow expects, without loading MLflow."""

import importlib.util
import re
from functools import lru_cache
from pathlib import Path

from django.db import connection

_REVISION = re.compile(r"^(down_)?revision(?:: *[\w |]+)? *= *(.+)$", re.MULTILINE)


@lru_cache(maxsize=1)
def expected_revision() -> str:
    """The newest revision of MLflow's migrations, read from their files.

    Raises:
        RuntimeError: there is not exactly one.
    """
    spec = importlib.util.find_spec("mlflow")
    if spec is None or spec.origin is None:
        raise RuntimeError("mlflow is not installed")
    revisions: set[str] = set()
    down_revisions: set[str] = set()
    for path in (Path(spec.origin).parent / "store" / "db_migrations" / "versions").glob("*.py"):
        for down, value in _REVISION.findall(path.read_text()):
            (down_revisions if down else revisions).update(re.findall(r"[\"'](\w+)[\"']", value))
    heads = revisions - down_revisions
    if len(heads) != 1:
        raise RuntimeError(f"MLflow has {len(heads)} newest revisions")
    return str(heads.pop())


def schema_problem() -> str:
    """What is wrong with MLflow's tables; empty where nothing is."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('mlflow.alembic_version')")
        if cursor.fetchone()[0] is None:
            return "MLflow's tables are missing: run `manage.py prepare`"
        cursor.execute("SELECT version_num FROM mlflow.alembic_version")
        row = cursor.fetchone()
    revision = row[0] if row else "none"
    return (
        ""
        if revision == expected_revision()
        else f"MLflow's tables are at {revision}, not {expected_revision()}: run `manage.py prepare`"
    )
