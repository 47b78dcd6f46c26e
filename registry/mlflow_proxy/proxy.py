"""The proxy for the stock MLflow client: deny by default, authenticate by API tokens, one workspace a project."""

import io
import logging
import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urlencode
from wsgiref.types import WSGIEnvironment

import orjson
from django.conf import settings
from django.db import InterfaceError, OperationalError, close_old_connections, connection

from annotation.projects.models import Project
from plateau.access.scopes import Actor, Scope
from plateau.http.callers import name_caller
from plateau.http.client_ip import client_address
from plateau.http.errors import AddressNotAllowed, ProjectArchived, TooManyRequests
from plateau.identity.authentication import actor_by_token
from plateau.telemetry.context import doing, request_id_of
from plateau.telemetry.metrics import REQUESTS
from registry.mlflow_proxy import messages, policy, recording, references, routes
from registry.mlflow_proxy.searches import is_unreadable
from registry.mlflow_proxy.uploads import CountingStream, body_stream, content_length, drain_body
from registry.mlflow_store import schema
from registry.mlflow_store.errors import (
    ENDPOINT_NOT_FOUND,
    INVALID_PARAMETER_VALUE,
    PERMISSION_DENIED,
    REQUEST_LIMIT_EXCEEDED,
    RESOURCE_DOES_NOT_EXIST,
    TEMPORARILY_UNAVAILABLE,
    MlflowError,
)
from registry.mlflow_store.server import WsgiApp, load_app

MOUNT = "/mlflow"
CHECK_SECONDS = 5.0
MAX_JSON = 16 * 1024 * 1024
_PROJECT_PREFIX = re.compile(r"^/project-(\d{1,18})(?=/)")
# Where the client's messages send people: `{tracking URI}/#/experiments/1/runs/…`. What follows the # stays with the
# browser, which takes it along to our own page.
_UI_PAGE = re.compile(rf"{MOUNT}(?:/project-(?P<project>\d{{1,18}}))?/?")
# Models that are there are looked after for as long as somebody uses them, whatever became of their project.
_OF_MODELS = re.compile(r"/mlflow/(registered-models|model-versions)/(?!create$)")
# A worker publishes with a token of its own, which is named after the job (`workers.training.job_tokens.job_token`).
_MAY_LOG = """
SELECT archived_at IS NULL OR (%(bound)s AND EXISTS (
    SELECT 1 FROM identity_apitoken t JOIN jobs_job j ON t.name = 'training job ' || j.id
    WHERE t.id = %(token)s AND j.project_id = p.id AND j.state = 'running'))
FROM projects_project p WHERE p.id = %(project)s
"""
_ARTIFACTS = "/mlflow-artifacts/artifacts"
StartResponse = Callable[..., Any]
AFTER_REQUEST_KEY = "plateau.after_request"
ANSWER_KEY = "plateau.answer"
AnswerReader = Callable[[str, bytes], bytes]
logger = logging.getLogger(__name__)


class MlflowProxy:
    """WSGI middleware: paths below `/mlflow` go to MLflow's own application, all others to Django."""

    def __init__(self, django: WsgiApp) -> None:
        self.django = django

    def load(self) -> None:
        """Import MLflow now instead of at the first call."""
        load_app()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path != MOUNT and not path.startswith(f"{MOUNT}/"):
            return self.django(environ, start_response)
        if environ["REQUEST_METHOD"] in ("GET", "HEAD") and (page := _UI_PAGE.fullmatch(path)):
            return _redirect_to_experiments(start_response, page["project"])
        _fresh_connection()
        started_at = time.perf_counter()

        def observed_start(status: str, *rest: object) -> Any:
            REQUESTS.labels(environ["REQUEST_METHOD"], "mlflow", f"{status[0]}xx").observe(
                time.perf_counter() - started_at
            )
            return start_response(status, *rest)

        with doing(request_id=request_id_of(environ.get("HTTP_X_REQUEST_ID", ""))):
            return self._answer(environ, observed_start)

    def _answer(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        try:
            _check_schema()
            mlflow = load_app(wait=False)
            with ExitStack() as exit_stack:
                forwarded = _forwarded_environ(environ, exit_stack)
                hook: policy.AfterRequestHook | None = forwarded.pop(AFTER_REQUEST_KEY, None)
                read_answer: AnswerReader | None = forwarded.pop(ANSWER_KEY, None)
                if hook or read_answer:
                    return _respond_after_hook(environ, mlflow, forwarded, start_response, hook, read_answer)
        except MlflowError as error:
            return _error_response(start_response, error)
        except (OperationalError, InterfaceError):
            return _error_response(
                start_response, MlflowError(*TEMPORARILY_UNAVAILABLE, "The database is away for a moment. Try again.")
            )
        return mlflow(forwarded, start_response)


def _redirect_to_experiments(start_response: StartResponse, project: str | None) -> Iterable[bytes]:
    location = "/experiments" + (f"?project={project}" if project else "")
    start_response("302 Found", [("Location", location), ("Content-Length", "0"), ("Cache-Control", "no-store")])
    return []


_schema_fits = threading.Event()


def _check_schema() -> None:
    """Compare MLflow's tables with the installed MLflow, until they fit once.

    Raises:
        MlflowError: they are of another version.
    """
    if not _schema_fits.is_set():
        if problem := schema.schema_problem():
            raise MlflowError(*TEMPORARILY_UNAVAILABLE, problem)
        _schema_fits.set()


_connection_check = threading.local()


def _fresh_connection() -> None:
    """Drop a connection that is old or dead; looked at every few seconds, since looking is a round trip."""
    now = time.monotonic()
    if now - getattr(_connection_check, "at", 0.0) > CHECK_SECONDS:
        _connection_check.at = now
        close_old_connections()


def not_found_app(_environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """WSGI application for the other paths where the proxy is served alone."""
    return _error_response(start_response, MlflowError(*ENDPOINT_NOT_FOUND, "Only /mlflow is served here."))


def _respond_after_hook(
    environ: WSGIEnvironment,
    mlflow: WsgiApp,
    forwarded: dict[str, Any],
    start_response: StartResponse,
    hook: policy.AfterRequestHook | None,
    read_answer: AnswerReader | None,
) -> Iterable[bytes]:
    """MLflow's response, sent to the client once the hook has run, which it does after a 2xx alone, and it was read.

    Raises:
        MlflowError: see `_own_answer`.
    """
    started: list[Any] = []

    def capture_start(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> Callable[[bytes], None]:
        started[:] = [status, headers]
        return lambda _data: None

    response = mlflow(forwarded, capture_start)
    try:
        body = b"".join(response)
    finally:
        if hasattr(response, "close"):
            response.close()
    status, headers = started
    if not status.startswith("2"):
        drain_body(environ)
    elif hook:
        hook()
    if read_answer:
        body = read_answer(status, body)
        headers = [(key, value) for key, value in headers if key.lower() != "content-length"]
        headers.append(("Content-Length", str(len(body))))
    start_response(status, headers)
    return [body]


def _error_response(start_response: StartResponse, error: MlflowError) -> Iterable[bytes]:
    body = orjson.dumps(error.body())
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    if error.retry_after:
        headers.append(("Retry-After", str(error.retry_after)))
    if error.status.startswith("401"):
        headers.append(("WWW-Authenticate", "Bearer"))
    start_response(error.status, headers)
    return [body]


def _forwarded_environ(environ: WSGIEnvironment, exit_stack: ExitStack) -> dict[str, Any]:
    """The WSGI environ that MLflow gets; `exit_stack` is closed once MLflow is done with it.

    Raises:
        MlflowError: unknown host, route or caller, missing scope, or another project's things.
    """
    _check_host(environ)
    path = environ["PATH_INFO"].removeprefix(MOUNT)
    project_in_path: int | None = None
    if prefix := _PROJECT_PREFIX.match(path):
        project_in_path, path = int(prefix[1]), path[prefix.end() :]
    method = environ["REQUEST_METHOD"]
    is_server_info = method == "GET" and path == routes.SERVER_INFO
    route = routes.find_route(method, path)
    if route is None and not is_server_info:
        raise MlflowError(*ENDPOINT_NOT_FOUND, f"Plateau does not offer {method} {path}.")
    actor = _authenticate(environ)
    if route is not None and not actor.may(route.scope):
        raise MlflowError(*PERMISSION_DENIED, f"This needs the scope {route.scope}.")
    environ["wsgi.input"] = CountingStream(environ.get("wsgi.input", io.BytesIO()))
    forwarded = environ | {"PATH_INFO": path, "SCRIPT_NAME": ""}
    for header in ("HTTP_AUTHORIZATION", "HTTP_COOKIE", "HTTP_X_MLFLOW_WORKSPACE"):
        forwarded.pop(header, None)
    if not is_server_info:
        try:
            workspace = _workspace(actor, project_in_path, environ.get("HTTP_X_MLFLOW_WORKSPACE", ""))
            if route is not None and route.scope == Scope.MODELS_WRITE and not _OF_MODELS.search(path):
                _check_active(actor, int(workspace.removeprefix("project-")))
            forwarded["HTTP_X_MLFLOW_WORKSPACE"] = workspace
            if path.startswith(f"/api/2.0{_ARTIFACTS}"):
                _check_artifact(forwarded, path, workspace, actor)
            else:
                _check_content(forwarded, path, workspace, actor, exit_stack)
        except MlflowError:
            drain_body(environ)  # of callers who are known: nobody else may make us read
            raise
    return forwarded


def _check_host(environ: WSGIEnvironment) -> None:
    host = re.sub(r":\d+$", "", environ.get("HTTP_HOST", ""))
    if host not in settings.ALLOWED_HOSTS and "*" not in settings.ALLOWED_HOSTS:
        raise MlflowError(*INVALID_PARAMETER_VALUE, "Unknown host.")


def _authenticate(environ: WSGIEnvironment) -> Actor:
    header = environ.get("HTTP_AUTHORIZATION", "")
    try:
        address = client_address(environ)
        actor = actor_by_token(header[7:].strip(), address) if header.lower().startswith("bearer ") else None
    except AddressNotAllowed as error:
        raise MlflowError(*PERMISSION_DENIED, error.detail) from error
    if actor is None:
        message = "Set MLFLOW_TRACKING_TOKEN to a Plateau token (Settings → Tokens)."
        raise MlflowError("401 Unauthorized", "UNAUTHENTICATED", message)
    try:
        name_caller(environ, organization_id=actor.organization_id, user_id=actor.user_id)
    except TooManyRequests as error:
        retry_after = int(str(error.extra.get("retry_after", 1)))
        raise MlflowError(*REQUEST_LIMIT_EXCEEDED, error.detail, retry_after=retry_after) from error
    return actor


def _workspace(actor: Actor, project_in_path: int | None, header: str) -> str:
    """The caller's project: by token, by address, by header, or the only one there is."""
    project_ids = {project_in_path} if project_in_path is not None else set()
    if header:
        if not (header.startswith("project-") and header[8:].isdigit()):
            raise MlflowError(*INVALID_PARAMETER_VALUE, "MLFLOW_WORKSPACE must read project-<number>.")
        project_ids.add(int(header[8:]))
    if actor.project_id is not None:
        project_ids.add(actor.project_id)
    if len(project_ids) > 1:
        raise MlflowError(*PERMISSION_DENIED, "The token, the address and MLFLOW_WORKSPACE name different projects.")
    projects = _projects(actor, next(iter(project_ids), None))
    if not projects:
        raise MlflowError("404 Not Found", "RESOURCE_DOES_NOT_EXIST", "There is no such project in your organization.")
    if len(projects) > 1:
        message = "Name the project: set the tracking URI to …/mlflow/project-<number>, or MLFLOW_WORKSPACE."
        raise MlflowError(*INVALID_PARAMETER_VALUE, message)
    return f"project-{projects[0]}"


def _projects(actor: Actor, project_id: int | None) -> list[int]:
    """The project of that number, or the first two that the caller reaches."""
    rows = Project.objects.visible_to(actor)
    rows = rows if project_id is None else rows.filter(pk=project_id)
    return list(rows.order_by("pk").values_list("pk", flat=True)[:2])


def _check_active(actor: Actor, project: int) -> None:
    """Nothing new is logged to an archived project, but by a job that was ordered before.

    Raises:
        MlflowError: it is archived.
    """
    with connection.cursor() as cursor:
        cursor.execute(_MAY_LOG, {"project": project, "token": actor.token_id, "bound": actor.project_id is not None})
        if not cursor.fetchone()[0]:
            raise MlflowError("409 Conflict", "INVALID_STATE", ProjectArchived().detail)


def _check_artifact(environ: WSGIEnvironment, path: str, workspace: str, actor: Actor) -> None:
    """Hold artifact paths inside the workspace, and let MLflow see the very path that was looked at."""
    head, _, rest = path.partition(_ARTIFACTS)
    try:
        rest = rest.encode("latin-1").decode()  # as WSGI hands over UTF-8
    except UnicodeError as error:
        raise MlflowError(*INVALID_PARAMETER_VALUE, "The path is not UTF-8.") from error
    query = parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True)
    path_values = [value for _, value in query]
    if len(query) > 1 or any(key != "path" for key, _ in query) or (query and environ["REQUEST_METHOD"] != "GET"):
        raise MlflowError(*INVALID_PARAMETER_VALUE, "Only lists of artifacts have a field in their address: one path.")
    artifact_path = references.artifact_path(rest, workspace) if rest.strip("/") or not path_values else ""
    if artifact_path:
        environ["PATH_INFO"] = f"{head}{_ARTIFACTS}/{artifact_path}".encode().decode("latin-1")
    if path_values:
        environ["QUERY_STRING"] = urlencode(
            [("path", references.artifact_path(value, workspace)) for value in path_values]
        )
    method, project = environ["REQUEST_METHOD"], int(workspace.removeprefix("project-"))
    note = partial(recording.record_artifact, actor, project, method, artifact_path)
    if method == "PUT":
        count_bytes = policy.upload_hook(environ, workspace, artifact_path)
        environ[AFTER_REQUEST_KEY] = lambda: (count_bytes(), note())
        return
    _remove_body(environ)
    if method == "DELETE":
        policy.check_artifact_unregistered(workspace, artifact_path)
        environ[AFTER_REQUEST_KEY] = note
    else:  # before it is sent: large files are not held until they are whole
        note()


def _remove_body(environ: WSGIEnvironment) -> None:
    """Calls that say everything in their address have no body: MLflow would read one that was not checked."""
    environ["wsgi.input"], environ["CONTENT_LENGTH"] = io.BytesIO(), "0"
    environ.pop("HTTP_TRANSFER_ENCODING", None)


def _check_content(environ: WSGIEnvironment, path: str, workspace: str, actor: Actor, exit_stack: ExitStack) -> None:
    """Hold all that a call and its answer name inside the workspace; put the true caller on runs."""
    method = environ["REQUEST_METHOD"]
    endpoint, path_values = messages.find_endpoint(method, path)
    pairs = parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True)
    if method == "GET":
        data = messages.object_of_query(endpoint, pairs)
    elif pairs:
        raise MlflowError(*INVALID_PARAMETER_VALUE, f"The fields of {method} {path} belong in the body.")
    else:
        data = _json_body(environ)
    request = messages.read_request(
        endpoint, path_values, data, default_experiment=partial(policy.default_experiment, workspace)
    )
    _check_tags(request.data)
    data = _put_caller(path, request.data, actor)
    references.check_request(workspace, request.references)
    if path.endswith("/model-versions/create"):
        data = policy.with_one_folder(workspace, data)
    if method == "GET":
        environ["QUERY_STRING"] = urlencode(data, doseq=True)
        _remove_body(environ)
    else:
        body = orjson.dumps(data)
        environ["wsgi.input"], environ["CONTENT_LENGTH"] = io.BytesIO(body), str(len(body))
        environ.pop("HTTP_TRANSFER_ENCODING", None)
        environ[AFTER_REQUEST_KEY] = policy.after_request_hook(method, path, data, workspace, actor, exit_stack)
    environ[ANSWER_KEY] = partial(_own_answer, endpoint, workspace, request.path_values, data, actor)


def _own_answer(
    endpoint: messages.MlflowEndpoint,
    workspace: str,
    path_values: Mapping[str, str],
    request: Mapping[str, Any],
    actor: Actor | None,
    status: str,
    body: bytes,
) -> bytes:
    """MLflow's answer without what is another project's: an earlier release let such references in.

    A call that changed something is recorded.

    Raises:
        MlflowError: the answer is about such a thing as a whole; or MLflow broke on what was searched for.
    """
    if status.startswith("500") and is_unreadable(endpoint.path.pattern, request):
        raise MlflowError(*INVALID_PARAMETER_VALUE, "MLflow cannot search by this filter or in this order.")
    if not status.startswith("2"):
        return body
    data = orjson.loads(body) if body else {}
    if actor is not None and recording.changes_something(endpoint):
        recording.record_call(actor, int(workspace.removeprefix("project-")), endpoint, path_values, request, data)
    named = messages.references_of_response(endpoint.response, data)
    foreign = references.foreign_in_response(workspace, named)
    if not foreign:
        return body
    logger.warning("an answer of %s names things of another project: %s", endpoint.path.pattern, sorted(foreign)[:10])
    own = messages.without_foreign(endpoint.response, data, foreign)
    if own is None:
        raise MlflowError(*RESOURCE_DOES_NOT_EXIST, "This names something that is not of this project.")
    return orjson.dumps(own)


def _json_body(environ: WSGIEnvironment) -> dict[str, object]:
    """The JSON object that the body is; empty where there is no body.

    Raises:
        MlflowError: it is too large, no JSON, or no object.
    """
    length = content_length(environ)
    body = b""
    if length is None or 0 < length <= MAX_JSON:
        stream = body_stream(environ, length)
        while len(body) <= MAX_JSON and (
            chunk := stream.read((MAX_JSON + 1 if length is None else length) - len(body))
        ):
            body += chunk
    if (length or 0) > MAX_JSON or len(body) > MAX_JSON:
        raise MlflowError("413 Content Too Large", "INVALID_PARAMETER_VALUE", "The body is larger than 16 MiB.")
    try:
        data = orjson.loads(body) if body else {}
        if isinstance(data, str):  # of older clients, which encode it twice
            data = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise MlflowError(*INVALID_PARAMETER_VALUE, f"The body is not JSON: {error}") from error
    if not isinstance(data, dict):
        raise MlflowError(*INVALID_PARAMETER_VALUE, "The body must be an object.")
    return data


def _put_caller(path: str, data: dict[str, Any], actor: Actor) -> dict[str, Any]:
    """Say who made a run or a model: its caller, whatever the call says.

    Raises:
        MlflowError: it would take that away.
    """
    mine = {"key": messages.USER_TAG, "value": actor.email}
    call = path.removeprefix("/api/2.0/mlflow/")
    if call == "runs/create":
        return data | {"user_id": actor.email, "tags": [*_client_tags(data), mine]}
    if call == "logged-models":
        return data | {"tags": [*_client_tags(data), mine]}
    if call == "runs/log-batch":
        return data | {"tags": _client_tags(data)} if "tags" in data else data
    if call == "runs/set-tag" and data.get("key") == messages.USER_TAG:
        return data | mine
    if re.fullmatch(r"logged-models/[^/]+/tags", call) and len(_client_tags(data)) < len(data.get("tags", [])):
        return data | {"tags": [*_client_tags(data), mine]}
    if (call == "runs/delete-tag" and data.get("key") == messages.USER_TAG) or call.endswith(
        f"/tags/{messages.USER_TAG}"
    ):
        raise MlflowError(*INVALID_PARAMETER_VALUE, "Who made a run is Plateau's to say.")
    return data


def _check_tags(data: Mapping[str, Any]) -> None:
    """Hold tags, metrics and parameters to having a name, which MLflow does not: it breaks, or drops them.

    Raises:
        MlflowError: one has none.
    """
    for name in ("tags", "metrics", "params"):
        for number, entry in enumerate(data.get(name, [])):
            if not entry.get("key"):
                raise MlflowError(
                    *INVALID_PARAMETER_VALUE, f"Missing value for required parameter '{name}[{number}].key'."
                )


def _client_tags(data: dict[str, Any]) -> list[dict[str, object]]:
    """A body's tags without the one that is ours to write."""
    return [tag for tag in data.get("tags", []) if tag["key"] != messages.USER_TAG]
