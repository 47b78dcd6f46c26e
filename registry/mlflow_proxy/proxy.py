"""The door for the stock MLflow client: deny by default, sign in by our tokens, one project a workspace."""

import io
import re
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from typing import Any
from urllib.parse import parse_qsl, urlencode

import orjson
from django.conf import settings
from django.db import InterfaceError, OperationalError, close_old_connections, connection

from plateau.access.scopes import Actor, Scope
from plateau.http.client_ip import client_address
from plateau.http.errors import ProjectArchived, WrongNetwork
from plateau.identity.authentication import actor_by_token
from plateau.telemetry.context import doing, request_id_of
from plateau.telemetry.metrics import REQUESTS
from registry.mlflow_proxy import policy, references, routes
from registry.mlflow_proxy.uploads import Counted, drop_rest, length_said, stream_of
from registry.mlflow_store import schema
from registry.mlflow_store.refusals import AWAY, BAD, FORBIDDEN, NOT_FOUND, Refused
from registry.mlflow_store.server import Wsgi, app
from registry.model_versions.places import BadPath, plain_path

MOUNT = "/mlflow"
CHECK_SECONDS = 5.0
KNOWN_SECONDS = 10.0
MAX_JSON = 16 * 1024 * 1024
_CAMEL = re.compile(r"(?<=[a-z0-9])([A-Z])")
_PROJECT_PREFIX = re.compile(r"^/project-(\d{1,18})(?=/)")
# Models that are there are looked after for as long as somebody uses them, whatever became of their project.
_OF_MODELS = re.compile(r"/mlflow/(registered-models|model-versions)/(?!create$)")
# A worker publishes with a token of its own, which is named after the job (`workers.training.publish.job_token`).
_MAY_LOG = """
SELECT archived_at IS NULL OR (%(bound)s AND EXISTS (
    SELECT 1 FROM identity_apitoken t JOIN jobs_job j ON t.name = 'training job ' || j.id
    WHERE t.id = %(token)s AND j.project_id = p.id AND j.state = 'running'))
FROM projects_project p WHERE p.id = %(project)s
"""
_ARTIFACTS = "/mlflow-artifacts/artifacts"
StartResponse = Callable[..., Any]
FOLLOW = "plateau.follow"


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
            _check_schema()
            with ExitStack() as held:
                passed = _pass(environ, held)
                follow: policy.Follow | None = passed.pop(FOLLOW, None)
                if follow is not None:
                    return _followed(environ, passed, start_response, follow)
        except Refused as refused:
            return _answer(start_response, refused)
        except (OperationalError, InterfaceError):
            return _answer(start_response, Refused(*AWAY, "The database is away for a moment. Try again."))
        return app()(passed, start_response)


_fits = threading.Event()


def _check_schema() -> None:
    """Look at MLflow's tables before MLflow does, until they fit once.

    Raises:
        Refused: they are of another version.
    """
    if not _fits.is_set():
        if why := schema.problem():
            raise Refused(*AWAY, why)
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
    return _answer(start_response, Refused(*NOT_FOUND, "Only /mlflow is served here."))


def _followed(
    environ: dict[str, Any], passed: dict[str, Any], start_response: StartResponse, follow: policy.Follow
) -> Iterable[bytes]:
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
    else:
        drop_rest(environ)
    start_response(*told)
    return [body]


def _answer(start_response: StartResponse, refused: Refused) -> Iterable[bytes]:
    body = orjson.dumps(refused.body())
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    if refused.status.startswith("503"):
        headers.append(("Retry-After", "5"))
    if refused.status.startswith("401"):
        headers.append(("WWW-Authenticate", "Bearer"))
    start_response(refused.status, headers)
    return [body]


def _pass(environ: dict[str, Any], held: ExitStack) -> dict[str, Any]:
    """The request as MLflow may see it; `held` is closed once MLflow is done with it.

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
        raise Refused(*NOT_FOUND, f"Plateau does not offer {method} {path}.")
    actor = _caller(environ)
    if route is not None and not actor.may(route.scope):
        raise Refused(*FORBIDDEN, f"This needs the scope {route.scope}.")
    environ["wsgi.input"] = Counted(environ.get("wsgi.input", io.BytesIO()))
    passed = environ | {"PATH_INFO": path, "SCRIPT_NAME": ""}
    for header in ("HTTP_AUTHORIZATION", "HTTP_COOKIE", "HTTP_X_MLFLOW_WORKSPACE"):
        passed.pop(header, None)
    if not info:
        try:
            workspace = _workspace(actor, named, environ.get("HTTP_X_MLFLOW_WORKSPACE", ""))
            if route is not None and route.scope == Scope.MODELS_WRITE and not _OF_MODELS.search(path):
                _check_active(actor, int(workspace.removeprefix("project-")))
            passed["HTTP_X_MLFLOW_WORKSPACE"] = workspace
            if path.startswith(f"/api/2.0{_ARTIFACTS}"):
                _check_artifact(passed, path, workspace, held)
            else:
                _check_content(passed, path, workspace, actor, held)
        except Refused:
            drop_rest(environ)  # of callers who are known: nobody else may make us read
            raise
    return passed


def _check_host(environ: dict[str, Any]) -> None:
    host = re.sub(r":\d+$", "", environ.get("HTTP_HOST", ""))
    if host not in settings.ALLOWED_HOSTS and "*" not in settings.ALLOWED_HOSTS:
        raise Refused(*BAD, "Unknown host.")


def _caller(environ: dict[str, Any]) -> Actor:
    header = environ.get("HTTP_AUTHORIZATION", "")
    try:
        address = client_address(environ)
        actor = actor_by_token(header[7:].strip(), address) if header.lower().startswith("bearer ") else None
    except WrongNetwork as refusal:
        raise Refused(*FORBIDDEN, refusal.detail) from refusal
    if actor is None:
        message = "Set MLFLOW_TRACKING_TOKEN to a Plateau token (Settings → Tokens)."
        raise Refused("401 Unauthorized", "UNAUTHENTICATED", message)
    return actor


def _workspace(actor: Actor, named: int | None, header: str) -> str:
    """The caller's project: by token, by address, by header, or the only one there is."""
    wanted = {named} if named is not None else set()
    if header:
        if not (header.startswith("project-") and header[8:].isdigit()):
            raise Refused(*BAD, "MLFLOW_WORKSPACE must read project-<number>.")
        wanted.add(int(header[8:]))
    if actor.project_id is not None:
        wanted.add(actor.project_id)
    if len(wanted) > 1:
        raise Refused(*FORBIDDEN, "The token, the address and MLFLOW_WORKSPACE name different projects.")
    found = _projects(actor.organization_id, next(iter(wanted), None))
    if not found:
        raise Refused("404 Not Found", "RESOURCE_DOES_NOT_EXIST", "There is no such project in your organization.")
    if len(found) > 1:
        message = "Name the project: set the tracking URI to …/mlflow/project-<number>, or MLFLOW_WORKSPACE."
        raise Refused(*BAD, message)
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


def _check_artifact(environ: dict[str, Any], path: str, workspace: str, held: ExitStack) -> None:
    """Hold artifact paths inside the workspace, and let MLflow see the very path that was looked at."""
    head, _, rest = path.partition(_ARTIFACTS)
    try:
        rest = rest.encode("latin-1").decode()  # as WSGI hands over UTF-8
    except UnicodeError as error:
        raise Refused(*BAD, "The path is not UTF-8.") from error
    query = parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True)
    asked = [value for key, value in query if key == "path"]
    home = f"workspaces/{workspace}"
    inside = _inside(rest, home) if rest.strip("/") or not asked else ""
    if inside:
        environ["PATH_INFO"] = f"{head}{_ARTIFACTS}/{inside}".encode().decode("latin-1")
    if asked:
        inner = [(key, _inside(value, home) if key == "path" else value) for key, value in query]
        environ["QUERY_STRING"] = urlencode(inner)
    if environ["REQUEST_METHOD"] == "PUT":
        environ[FOLLOW] = policy.upload(environ, workspace, inside, held)
    else:
        _drop_body(environ)
    if environ["REQUEST_METHOD"] == "DELETE":
        environ[FOLLOW] = policy.delete_files(workspace, inside, held)


def _inside(path: str, home: str) -> str:
    """The plain path of an artifact.

    Raises:
        Refused: it leads elsewhere.
    """
    try:
        plain = plain_path(path)
    except BadPath as error:
        raise Refused(*FORBIDDEN, f"This is no path of an artifact: {error}.") from error
    if not f"{plain}/".startswith(f"{home}/"):
        raise Refused(*FORBIDDEN, "This artifact belongs to no run of this project.")
    return plain


def _drop_body(environ: dict[str, Any]) -> None:
    """Calls that say everything in their address have no body: MLflow would read one that the gate has not seen."""
    environ["wsgi.input"], environ["CONTENT_LENGTH"] = io.BytesIO(), "0"
    environ.pop("HTTP_TRANSFER_ENCODING", None)


def _check_content(environ: dict[str, Any], path: str, workspace: str, actor: Actor, held: ExitStack) -> None:
    """Hold ids and sources inside the workspace; put the true caller on runs."""
    method = environ["REQUEST_METHOD"]
    if method == "GET":
        query = _own_default(environ.get("QUERY_STRING", ""), workspace)
        environ["QUERY_STRING"] = query
        references.check(workspace, path, parse_qsl(query), None)
        _drop_body(environ)
        return
    data = _snake(_object(environ))
    for key in ("experiment_id", "experiment_ids"):
        if key in data:
            data[key] = _own_experiment(data[key], workspace)
    _check_entries(data)
    data = _rewritten(path, data, f"workspaces/{workspace}", actor)
    references.check(workspace, path, parse_qsl(environ.get("QUERY_STRING", "")), data)
    body = orjson.dumps(data)
    environ["wsgi.input"], environ["CONTENT_LENGTH"] = io.BytesIO(body), str(len(body))
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    environ[FOLLOW] = policy.follow(method, path, data, workspace, actor, held)


def _object(environ: dict[str, Any]) -> dict[str, Any]:
    """The JSON object that the body is; empty where there is no body.

    Raises:
        Refused: it is too large, no JSON, or no object.
    """
    said = length_said(environ)
    body = b""
    if said is None or 0 < said <= MAX_JSON:
        stream = stream_of(environ, said)
        while len(body) <= MAX_JSON and (piece := stream.read((MAX_JSON + 1 if said is None else said) - len(body))):
            body += piece
    if (said or 0) > MAX_JSON or len(body) > MAX_JSON:
        raise Refused("413 Content Too Large", "INVALID_PARAMETER_VALUE", "The body is larger than 16 MiB.")
    try:
        data = orjson.loads(body) if body else {}
    except orjson.JSONDecodeError as error:
        raise Refused(*BAD, f"The body is not JSON: {error}") from error
    if not isinstance(data, dict):
        raise Refused(*BAD, "The body must be an object.")
    return data


def _snake(data: dict[str, Any]) -> dict[str, Any]:
    """Fields by the one name that is checked: protobuf's JSON takes `artifactLocation` for `artifact_location`."""
    found = {_CAMEL.sub(lambda one: f"_{one[1].lower()}", key): value for key, value in data.items()}
    if len(found) < len(data):
        raise Refused(*BAD, "A field is there twice.")
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
        raise Refused(*BAD, "artifact_location is Plateau's to choose; leave it out.")
    if path.endswith("/model-versions/create"):
        _check_source(data.get("source"), home)
    if path.endswith("/runs/create"):
        return data | {"user_id": actor.email, "tags": [*_tags(data), {"key": "mlflow.user", "value": actor.email}]}
    if path.endswith("/runs/log-batch"):
        return data | {"tags": _tags(data)} if "tags" in data else data
    if path.endswith("/runs/set-tag") and data.get("key") == "mlflow.user":
        return data | {"value": actor.email}
    if path.endswith("/runs/delete-tag") and data.get("key") == "mlflow.user":
        raise Refused(*BAD, "Who made a run is Plateau's to say.")
    return data


def _check_entries(data: dict[str, Any]) -> None:
    """Hold tags, metrics and parameters to their form, which MLflow does not: it breaks, or drops them.

    Raises:
        Refused: they are no list of objects with a key.
    """
    for name in ("tags", "metrics", "params"):
        entries = data.get(name)
        if entries is None:
            continue
        if not isinstance(entries, list):
            raise Refused(*BAD, f"{name} must be a list of objects with key and value.")
        for number, entry in enumerate(entries):
            if not (isinstance(entry, dict) and isinstance(entry.get("key"), str) and entry["key"]):
                raise Refused(*BAD, f"{name}[{number}] must be an object with key and value; its key must be text.")
            if name != "metrics" and not isinstance(entry.get("value", ""), str | None):
                raise Refused(*BAD, f"{name}[{number}] ({entry['key'][:100]}): the value must be text.")


def _tags(data: dict[str, Any]) -> list[dict[str, Any]]:
    """A body's tags without the one that is ours to write."""
    return [tag for tag in data.get("tags") or [] if tag["key"] != "mlflow.user"]


def _check_source(source: Any, home: str) -> None:
    if not isinstance(source, str) or source != source.strip() or re.search(r"[\x00-\x1f\x7f?#]", source):
        raise Refused(*BAD, "A model's source must be text without ?, # and control characters.")
    if source.startswith(("models:/", "runs:/")):  # whose they are is looked up; see references
        try:
            plain_path(source.split(":/", 1)[1])
        except BadPath as error:
            raise Refused(*BAD, f"A model's source must be a plain path: {error}.") from error
        return
    inside = re.sub(r"^mlflow-artifacts:/+", "", source)
    if inside == source:
        raise Refused(*BAD, "A model's source must be an artifact of this project.")
    _inside(inside, home)
