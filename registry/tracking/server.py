"""MLflow's own server code, configured for this installation and loaded on first use (3 s, 150 MB)."""

import os
import threading
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote

from django.conf import settings

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
_lock = threading.Lock()
_app: Wsgi | None = None


def store_uri() -> str:
    """MLflow's tables: the same PostgreSQL server, schema `mlflow`."""
    database = settings.DATABASES["default"]
    user, password = quote(database.get("USER") or ""), quote(database.get("PASSWORD") or "")
    host, port = (
        str(database.get("HOST") or database.get("OPTIONS", {}).get("host", "")),
        str(database.get("PORT") or ""),
    )
    credentials = f"{user}:{password}@" if password else f"{user}@"
    options = "options=-csearch_path%3Dmlflow"
    if host.startswith("/") or not host:
        return f"postgresql+psycopg2://{credentials}/{database['NAME']}?host={quote(host, safe='')}&{options}"
    return f"postgresql+psycopg2://{credentials}{host}:{port or 5432}/{database['NAME']}?{options}"


def artifact_destination() -> str:
    """Artifacts lie beside all other files."""
    return f"{str(settings.STORAGE_URL).rstrip('/')}/mlflow"


def configure() -> None:
    """Set the variables that MLflow's server reads when it is imported."""
    os.environ.update(
        {
            "MLFLOW_ENABLE_WORKSPACES": "true",
            "_MLFLOW_SERVER_FILE_STORE": store_uri(),
            "_MLFLOW_SERVER_REGISTRY_STORE": store_uri(),
            "_MLFLOW_SERVER_ARTIFACT_ROOT": "mlflow-artifacts:/",
            "_MLFLOW_SERVER_SERVE_ARTIFACTS": "true",
            "_MLFLOW_SERVER_ARTIFACT_DESTINATION": artifact_destination(),
            "MLFLOW_FLASK_SERVER_SECRET_KEY": settings.SECRET_KEY,
            "MLFLOW_SERVER_DISABLE_SECURITY_MIDDLEWARE": "true",  # the gate checks hosts and callers
            "MLFLOW_DISABLE_TELEMETRY": "true",
            "DO_NOT_TRACK": "true",
            "MLFLOW_ALLOW_PICKLE_DESERIALIZATION": "false",
        }
    )


def upgrade() -> None:
    """Bring MLflow's schema up to date. The caller holds the advisory lock: MLflow's own lock is a file."""
    configure()
    from mlflow.store.db import utils
    from sqlalchemy import create_engine, inspect

    engine = create_engine(store_uri())
    try:
        if not inspect(engine).has_table("alembic_version", schema="mlflow"):
            utils._initialize_tables(engine)
        else:
            utils._upgrade_db(engine)
    finally:
        engine.dispose()


def app() -> Wsgi:
    """The WSGI callable; the first call imports MLflow."""
    global _app  # noqa: PLW0603  # one application a process
    with _lock:
        if _app is None:
            configure()
            from mlflow.server import app as flask_app
            from mlflow.server import workspace_helpers

            from registry.tracking.workspaces import ProjectWorkspaces

            workspace_helpers._workspace_store = ProjectWorkspaces()
            _app = flask_app.wsgi_app
    return _app
