"""MLflow's own server code, configured for this installation and loaded on first use (3 s, 150 MB)."""

import errno
import hashlib
import hmac
import os
import threading
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from plateau.http.errors import APIError, StorageFull
from registry.mlflow_store.errors import INVALID_STATE, TEMPORARILY_UNAVAILABLE, MlflowError

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
_lock = threading.Lock()
_app: WsgiApp | None = None


def store_uri() -> str:
    """MLflow's tables: the same PostgreSQL server, schema `mlflow`."""
    database = settings.DATABASES["default"]
    login, password = _login()
    user, password = quote(login), quote(password)
    host, port = (
        str(database.get("HOST") or database.get("OPTIONS", {}).get("host", "")),
        str(database.get("PORT") or ""),
    )
    credentials = f"{user}:{password}@" if password else f"{user}@"
    options = "options=-csearch_path%3Dmlflow"
    if host.startswith("/") or not host:
        return f"postgresql+psycopg2://{credentials}/{database['NAME']}?host={quote(host, safe='')}&{options}"
    return f"postgresql+psycopg2://{credentials}{host}:{port or 5432}/{database['NAME']}?{options}"


def role_name() -> str:
    """MLflow's own role: it owns the schema `mlflow` and may touch nothing else."""
    return f"{settings.DATABASES['default'].get('USER') or 'plateau'}_mlflow"


def _role_password() -> str:
    return hmac.new(settings.SECRET_KEY.encode(), b"plateau.mlflow.role", hashlib.sha256).hexdigest()


@lru_cache(maxsize=1)
def _login() -> tuple[str, str]:
    """Whom MLflow signs in as: its own role, or ours where the database let us make none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role_name()])
        has_own_role = cursor.fetchone() is not None
    database = settings.DATABASES["default"]
    if has_own_role:
        return role_name(), _role_password() if database.get("PASSWORD") else ""
    return database.get("USER") or "", database.get("PASSWORD") or ""


def create_role() -> bool:
    """Make MLflow's role and give it its schema; False where our own role may not make roles.

    Ours is a member of it, so that it can read MLflow's tables. Safe to run again, and beside another run.
    """
    role, owner = connection.ops.quote_name(role_name()), "current_user"
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA IF NOT EXISTS mlflow")
        cursor.execute("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user")
        if not cursor.fetchone()[0]:
            return False
        cursor.execute(
            f"DO $$ BEGIN CREATE ROLE {role} LOGIN NOINHERIT; "
            "EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
        )
        cursor.execute(f"ALTER ROLE {role} PASSWORD %s", [_role_password()])
        cursor.execute(f"GRANT {role} TO {owner}")
        cursor.execute(f"GRANT USAGE, CREATE ON SCHEMA mlflow TO {role}")
        cursor.execute(
            "SELECT format('ALTER %%s mlflow.%%I OWNER TO %%I', CASE relkind WHEN 'S' THEN 'SEQUENCE' WHEN 'v' THEN "
            "'VIEW' ELSE 'TABLE' END, relname, %s::text) FROM pg_class WHERE relnamespace = 'mlflow'::regnamespace "
            "AND relkind IN ('r', 'p', 'S', 'v') AND pg_get_userbyid(relowner) <> %s "
            # A column's own sequence goes with its table.
            "AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = pg_class.oid AND d.deptype IN ('a', 'i') "
            "AND relkind = 'S')",
            [role_name(), role_name()],
        )
        for (statement,) in cursor.fetchall():
            cursor.execute(statement)
        cursor.execute(f"ALTER SCHEMA mlflow OWNER TO {role}")
    return True


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
            "MLFLOW_SERVER_DISABLE_SECURITY_MIDDLEWARE": "true",  # the proxy checks hosts and callers
            "MLFLOW_DISABLE_TELEMETRY": "true",
            "DO_NOT_TRACK": "true",
            "MLFLOW_ALLOW_PICKLE_DESERIALIZATION": "false",
        }
    )


def upgrade() -> None:
    """Bring MLflow's schema up to date. The caller holds the advisory lock: MLflow's own lock is a file."""
    create_role()
    _login.cache_clear()
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


_STORAGE_FULL = (errno.ENOSPC, errno.EDQUOT)
_PATH_CONFLICT = (errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.ENOTEMPTY)


def _handle_storage_error(error: OSError) -> tuple[dict[str, str], int]:
    """A full storage, or a path that cannot be, as what it is: MLflow's client would try a 500 again for minutes."""
    if error.errno in _STORAGE_FULL:
        message = "The server's storage is full: No space left on device."
        return {"error_code": "RESOURCE_EXHAUSTED", "message": message}, 507
    if error.errno in _PATH_CONFLICT:
        message = "There is a folder where this file should be, or a file where its folder should be."
        return {"error_code": "INVALID_STATE", "message": message}, 409
    if error.errno == errno.ENAMETOOLONG:
        return {"error_code": "INVALID_PARAMETER_VALUE", "message": "A part of the path is too long."}, 400
    raise error


def _handle_mlflow_error(error: MlflowError) -> tuple[dict[str, str], int]:
    """Errors that were raised while MLflow was reading a body."""
    return error.body(), int(error.status[:3])


def _handle_refusal(error: APIError) -> tuple[dict[str, str], int]:
    """Refusals of our storage, while MLflow was writing or reading a file."""
    code = "RESOURCE_EXHAUSTED" if error.status == StorageFull.status else INVALID_STATE[1]
    return {"error_code": code, "message": str(error.detail)}, error.status


def _handle_database_error(_error: Exception) -> tuple[dict[str, str], int]:
    """A lock that was waited for too long, or a database that is away."""
    message = "The files are being registered, or the database is away. Try again."
    return {"error_code": TEMPORARILY_UNAVAILABLE[1], "message": message}, 503


def load_app(*, wait: bool = True) -> WsgiApp:
    """The WSGI callable; the first call imports MLflow, which takes seconds.

    Args:
        wait: for an import that another thread has begun.

    Raises:
        MlflowError: such an import is under way, and `wait` is false.
    """
    global _app  # noqa: PLW0603  # one application a process
    if _app is None:
        if not _lock.acquire(blocking=wait):
            raise MlflowError(*TEMPORARILY_UNAVAILABLE, "MLflow is being loaded. Try again in a few seconds.")
        try:
            if _app is None:
                _app = _import_app()
        finally:
            _lock.release()
    return _app


def _import_app() -> WsgiApp:
    configure()
    from mlflow.server import app as flask_app
    from mlflow.server import handlers, workspace_helpers
    from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

    from registry.mlflow_store.artifacts import guarded
    from registry.mlflow_store.workspaces import ProjectWorkspaces

    workspace_helpers._workspace_store = ProjectWorkspaces()
    flask_app.register_error_handler(OSError, _handle_storage_error)
    flask_app.register_error_handler(MlflowError, _handle_mlflow_error)
    flask_app.register_error_handler(APIError, _handle_refusal)
    for kind in (OperationalError, InterfaceError):
        flask_app.register_error_handler(kind, _handle_database_error)
    handlers._artifact_repo = guarded(get_artifact_repository(artifact_destination()))
    wsgi_app: WsgiApp = flask_app.wsgi_app
    return wsgi_app
