"""The door for the stock MLflow client: deny by default, sign in by our tokens, one project a workspace."""

import io
import re
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote, urlencode

import orjson
from django.conf import settings
from django.db import InterfaceError, OperationalError, close_old_connections, connection
from plateau.identity.authentication import actor_by_token
from plateau.kernel.clients import client_address
from plateau.kernel.errors import ProjectArchived, WrongNetwork
from plateau.kernel.scopes import Actor, Scope
from plateau.observe.context import doing, request_id_of
from plateau.observe.metrics import REQUESTS

from registry.tracking import policy, routes, schema
from registry.tracking.policy import NotAllowed
from registry.tracking.server import Wsgi, app

MOUNT = "/mlflow"
CHECK_SECONDS = 5.0
KNOWN_SECONDS = 10.0
MAX_JSON = 16 * 1024 * 1024
_CAMEL = re.compile(r"(?<=[a-z0-9])([A-Z])")
_PROJECT_PREFIX = re.compile(r"^/project-(\d{1,18})(?=/)")
# Models that are there are looked after for as long as somebody uses them, whatever became of their project.
_OF_MODELS = re.compile(r"/mlflow/(registered-models|model-versions)/(?!create$)")
# A worker publishes with a token of its own, which is named after the job (`workers.runtime.publish.job_token`).
_MAY_LOG = """
SELECT archived_at IS NULL OR (%(bound)s AND EXISTS (
    SELECT 1 FROM identity_apitoken t JOIN jobs_job j ON t.name = 'training job ' || j.id
    WHERE t.id = %(token)s AND j.project_id = p.id AND j.state = 'running'))
FROM projects_project p WHERE p.id = %(project)s
"""
StartResponse = Callable[..., Any]


class Refused(Exception):
    """A refusal in MLflow's own error shape."""

    def __init__(self, status: str, error_code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.error_code, self.message = status, error_code, message


FOLLOW = "plateau.follow"
_NOT_FOUND = ("404 Not Found", "ENDPOINT_NOT_FOUND")
_BAD = ("400 Bad Request", "INVALID_PARAMETER_VALUE")
_FORBIDDEN = ("403 Forbidden", "PERMISSION_DENIED")
_AWAY = ("503 Service Unavailable", "TEMPORARILY_UNAVAILABLE")


class MlflowGate:
    """WSGI: what begins with `/mlflow` goes through the gate, the rest to Django."""

    def __init__(self, django: Wsgi) -> None:
        self.django = django

    def load(self) -> None:
        """Import MLflow now instead of at the first call."""
        app()

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path != MOUNT and not path.startswith(f"{MOUNT}/"):
            return self.django(environ, start_response)
        _fresh_connection()
        begun = time.perf_counter()

        def told(status: str, *rest: Any) -> Any:
            REQUESTS.labels(environ["REQUEST_METHOD"], "mlflow", f"{status[0]}xx").observe(time.perf_counter() - begun)
            return start_response(status, *rest)

        with doing(request_id=request_id_of(environ.get("HTTP_X_REQUEST_ID", ""))):
            return self._answer(environ, told)

    def _answer(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        try:
            passed = _pass(environ)
            _check_schema()
        except Refused as refused:
            return _answer(start_response, refused)
        except (OperationalError, InterfaceError):
            return _answer(start_response, Refused(*_AWAY, "The database is away for a moment. Try again."))
        follow: policy.Follow | None = passed.pop(FOLLOW, None)
        if follow is None:
            return app()(passed, start_response)
        return _followed(passed, start_response, follow)


_fits = threading.Event()


def _check_schema() -> None:
    """Look at MLflow's tables before MLflow does, until they fit once.

    Raises:
        Refused: they are of another version.
    """
    if not _fits.is_set():
        if why := schema.problem():
            raise Refused(*_AWAY, why)
        _fits.set()


_checked = threading.local()


def _fresh_connection() -> None:
    """Drop a connection that is old or dead; looked at every few seconds, since looking is a round trip."""
    now = time.monotonic()
    if now - getattr(_checked, "at", 0.0) > CHECK_SECONDS:
        _checked.at = now
        close_old_connections()


def nothing_else(_environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    """What lies beside the door where it stands alone."""
    return _answer(start_response, Refused(*_NOT_FOUND, "Only /mlflow is served here."))


def _followed(passed: dict[str, Any], start_response: StartResponse, follow: policy.Follow) -> Iterable[bytes]:
    """MLflow's answer, and then what Plateau does with it; only then the client hears."""
    told: list[Any] = []

    def hear(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], None]:
        told[:] = [status, headers]
        return lambda _data: None

    answer = app()(passed, hear)
    try:
        body = b"".join(answer)
    finally:
        if hasattr(answer, "close"):
            answer.close()
    if told[0].startswith("2"):
        follow()
    start_response(*told)
    return [body]


def _answer(start_response: StartResponse, refused: Refused) -> Iterable[bytes]:
    body = orjson.dumps({"error_code": refused.error_code, "message": refused.message})
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    if refused.status.startswith("503"):
        headers.append(("Retry-After", "5"))
    if refused.status.startswith("401"):
        headers.append(("WWW-Authenticate", "Bearer"))
    start_response(refused.status, headers)
    return [body]


def _pass(environ: dict[str, Any]) -> dict[str, Any]:
    """The request as MLflow may see it.

    Raises:
        Refused: unknown host, route or caller, missing scope, or another project's things.
    """
    _check_host(environ)
    path = environ["PATH_INFO"].removeprefix(MOUNT)
    named: int | None = None
    if found := _PROJECT_PREFIX.match(path):
        named, path = int(found[1]), path[found.end() :]
    method = environ["REQUEST_METHOD"]
    info = method == "GET" and path == routes.SERVER_INFO
    route = routes.find(method, path)
    if route is None and not info:
        raise Refused(*_NOT_FOUND, f"Plateau does not offer {method} {path}.")
    actor = _caller(environ)
    if route is not None and not actor.may(route.scope):
        raise Refused(*_FORBIDDEN, f"This needs the scope {route.scope}.")
    passed = dict(environ)
    for header in ("HTTP_AUTHORIZATION", "HTTP_COOKIE", "HTTP_X_MLFLOW_WORKSPACE"):
        passed.pop(header, None)
    if not info:
        workspace = _workspace(actor, named, environ.get("HTTP_X_MLFLOW_WORKSPACE", ""))
        if route is not None and route.scope == Scope.MODELS_WRITE and not _OF_MODELS.search(path):
            _check_active(actor, int(workspace.removeprefix("project-")))
        passed["HTTP_X_MLFLOW_WORKSPACE"] = workspace
        try:
            _check_content(passed, path, workspace, actor)
        except NotAllowed as error:
            raise Refused(
                "409 Conflict" if error.conflict else "413 Content Too Large", "INVALID_STATE", str(error)
            ) from error
    passed["PATH_INFO"], passed["SCRIPT_NAME"] = path, ""
    return passed


def _check_host(environ: dict[str, Any]) -> None:
    host = re.sub(r":\d+$", "", environ.get("HTTP_HOST", ""))
    if host not in settings.ALLOWED_HOSTS and "*" not in settings.ALLOWED_HOSTS:
        raise Refused(*_BAD, "Unknown host.")


def _caller(environ: dict[str, Any]) -> Actor:
    header = environ.get("HTTP_AUTHORIZATION", "")
    try:
        address = client_address(environ)
        actor = actor_by_token(header[7:].strip(), address) if header.lower().startswith("bearer ") else None
    except WrongNetwork as refusal:
        raise Refused(*_FORBIDDEN, refusal.detail) from refusal
    if actor is None:
        message = "Set MLFLOW_TRACKING_TOKEN to a Plateau token (Settings → Tokens)."
        raise Refused("401 Unauthorized", "UNAUTHENTICATED", message)
    return actor


def _workspace(actor: Actor, named: int | None, header: str) -> str:
    """The caller's project: by token, by address, by header, or the only one there is."""
    wanted = {named} if named is not None else set()
    if header:
        if not (header.startswith("project-") and header[8:].isdigit()):
            raise Refused(*_BAD, "MLFLOW_WORKSPACE must read project-<number>.")
        wanted.add(int(header[8:]))
    if actor.project_id is not None:
        wanted.add(actor.project_id)
    if len(wanted) > 1:
        raise Refused(*_FORBIDDEN, "The token, the address and MLFLOW_WORKSPACE name different projects.")
    found = _projects(actor.organization_id, next(iter(wanted), None))
    if not found:
        raise Refused("404 Not Found", "RESOURCE_DOES_NOT_EXIST", "There is no such project in your organization.")
    if len(found) > 1:
        message = "Name the project: set the tracking URI to …/mlflow/project-<number>, or MLFLOW_WORKSPACE."
        raise Refused(*_BAD, message)
    return f"project-{found[0]}"


_known: dict[tuple[int, int], float] = {}


def _projects(organization: int, named: int | None) -> list[int]:
    """The project of that number, or the first two; that a project is there is remembered for a few seconds."""
    now = time.monotonic()
    if named is not None and _known.get((organization, named), 0.0) > now:
        return [named]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM projects_project WHERE organization_id = %s AND (%s IS NULL OR id = %s) LIMIT 2",
            [organization, named, named],
        )
        found = [row[0] for row in cursor.fetchall()]
    if named is not None and found:
        if len(_known) > 10_000:
            _known.clear()
        _known[organization, named] = now + KNOWN_SECONDS
    return found


def _check_active(actor: Actor, project: int) -> None:
    """Nothing new is logged to an archived project, but by a job that was ordered before.

    Raises:
        Refused: it is archived.
    """
    with connection.cursor() as cursor:
        cursor.execute(_MAY_LOG, {"project": project, "token": actor.token_id, "bound": actor.project_id is not None})
        if not cursor.fetchone()[0]:
            raise Refused("409 Conflict", "INVALID_STATE", ProjectArchived().detail)


def _check_content(environ: dict[str, Any], path: str, workspace: str, actor: Actor) -> None:
    """Hold artifact paths and sources inside the workspace; put the true caller on runs."""
    home = f"workspaces/{workspace}/"
    if "/mlflow-artifacts/artifacts" in path:
        inside = path.split("/mlflow-artifacts/artifacts", 1)[1].lstrip("/")
        query = parse_qs(environ.get("QUERY_STRING", ""))
        for one in [inside, *query.get("path", [])]:
            _check_artifact_path(one, home, may_be_empty=one == inside and "path" in query)
        if environ["REQUEST_METHOD"] == "PUT":
            environ[FOLLOW] = policy.upload(workspace, environ.get("CONTENT_LENGTH", ""))
        if environ["REQUEST_METHOD"] == "DELETE":
            policy.check_files_free(workspace, inside)
        return
    if environ["REQUEST_METHOD"] == "GET":
        environ["QUERY_STRING"] = _own_default(environ.get("QUERY_STRING", ""), workspace)
        return
    length = int(environ.get("CONTENT_LENGTH") or 0)
    if length > MAX_JSON:
        raise Refused("413 Content Too Large", "INVALID_PARAMETER_VALUE", "The body is larger than 16 MiB.")
    body = environ["wsgi.input"].read(length) if length else b""
    environ["wsgi.input"] = io.BytesIO(body)
    try:
        data = orjson.loads(body) if body else {}
    except orjson.JSONDecodeError as error:
        raise Refused(*_BAD, f"The body is not JSON: {error}") from error
    if not isinstance(data, dict):
        raise Refused(*_BAD, "The body must be an object.")
    data = _snake(data)
    for key in ("experiment_id", "experiment_ids"):
        if key in data:
            data[key] = _own_experiment(data[key], workspace)
    data = _rewritten(path, data, home, actor)
    body = orjson.dumps(data)
    environ["wsgi.input"], environ["CONTENT_LENGTH"] = io.BytesIO(body), str(len(body))
    environ[FOLLOW] = policy.follow(environ["REQUEST_METHOD"], path, data, workspace, actor)


def _snake(data: dict[str, Any]) -> dict[str, Any]:
    """Fields by the one name that is checked: protobuf's JSON takes `artifactLocation` for `artifact_location`."""
    found = {_CAMEL.sub(lambda one: f"_{one[1].lower()}", key): value for key, value in data.items()}
    if len(found) < len(data):
        raise Refused(*_BAD, "A field is there twice.")
    return found


def _own_experiment(value: Any, workspace: str) -> Any:
    """MLflow's client names the default experiment 0; each project has its own."""
    if isinstance(value, list):
        return [_own_experiment(one, workspace) for one in value]
    return policy.default_experiment(workspace) if str(value) == "0" else value


def _own_default(query: str, workspace: str) -> str:
    pairs = parse_qsl(query, keep_blank_values=True)
    if not any(key in ("experiment_id", "experimentId") and value == "0" for key, value in pairs):
        return query
    own = policy.default_experiment(workspace)
    return urlencode(
        [(key, own if key in ("experiment_id", "experimentId") and value == "0" else value) for key, value in pairs]
    )


def _rewritten(path: str, data: dict[str, Any], home: str, actor: Actor) -> dict[str, Any]:
    if path.endswith("/experiments/create") and data.get("artifact_location"):
        raise Refused(*_BAD, "artifact_location is Plateau's to choose; leave it out.")
    if path.endswith("/model-versions/create"):
        _check_source(str(data.get("source", "")), home)
    if path.endswith("/runs/create"):
        tags = [tag for tag in data.get("tags") or [] if isinstance(tag, dict) and tag.get("key") != "mlflow.user"]
        return data | {"user_id": actor.email, "tags": [*tags, {"key": "mlflow.user", "value": actor.email}]}
    if path.endswith("/runs/log-batch"):
        tags = [tag for tag in data.get("tags") or [] if isinstance(tag, dict) and tag.get("key") != "mlflow.user"]
        return data | {"tags": tags}
    if path.endswith("/runs/set-tag") and data.get("key") == "mlflow.user":
        return data | {"value": actor.email}
    if path.endswith("/runs/delete-tag") and data.get("key") == "mlflow.user":
        raise Refused(*_BAD, "Who made a run is Plateau's to say.")
    return data


def _check_source(source: str, home: str) -> None:
    if source.startswith(("models:/", "runs:/")):
        return  # MLflow looks these up inside the workspace
    inside = re.sub(r"^mlflow-artifacts:/+", "", source)
    if inside == source:
        raise Refused(*_BAD, "A model's source must be an artifact of this project.")
    _check_artifact_path(inside, home, may_be_empty=False)


def _check_artifact_path(path: str, home: str, *, may_be_empty: bool) -> None:
    plain = path
    for _ in range(3):
        plain = unquote(plain)
    if not plain and may_be_empty:
        return
    if "\\" in plain or "\x00" in plain or ".." in plain.split("/") or not f"{plain}/".startswith(home):
        raise Refused(*_FORBIDDEN, "This artifact belongs to no run of this project.")
