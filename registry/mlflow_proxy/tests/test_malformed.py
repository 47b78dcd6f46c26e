"""Malformed input is refused as MLflow refuses it: never an error of the server, and never taken and dropped.

Every field of every open call gets values of other types and bad values of its own type, in an otherwise good call.
"""

import io
import json
from random import Random
from urllib.parse import unquote_to_bytes, urlencode

import pytest

from registry.mlflow_proxy import messages
from registry.mlflow_proxy.proxy import MlflowProxy, not_found_app
from registry.mlflow_proxy.tests.test_references import open_endpoints
from registry.mlflow_store.store import registry_store, tracking_store
from registry.model_versions.mlflow_sync import sync_model

pytestmark = pytest.mark.django_db
LONG = "x" * 40_000
# Of no type that a field of text, a number, a flag or a name of a list has.
TEXTS = [
    "\x00",
    "a\x00b",
    LONG,
    "",
    " ",
    "²",
    "-1",
    "../..",
    "a/b",
    "\u202e",
    "\ud7ff",
    "%00",
    "'; DROP TABLE runs; --",
]
NUMBERS = [2**31, 2**63, -(2**63) - 1, -1, 0, 1.5, 1e300, "²", "1_0", "", "x", "1e3", " 1"]
TOKENS = ["x", "²", "====", "eyJvZmZzZXQiOiAiYSJ9", "eyJvZmZzZXQiOiAtMX0=", "W10=", "MTIz", "bnVsbA==", LONG, "\u3042"]
FILTERS = [
    "x",
    "name",
    "name =",
    "name = 5",
    "name = 'a",
    "name LIKE 5",
    "name IN ('a'",
    "name IN (1, 2)",
    "AND",
    "()",
    "a.b.c = 1",
    "metrics.a > 'x'",
    "metrics.a > 1e999",
    "params.a > 5",
    "tags.a IS NULL",
    "tags.`a = 'b'",
    "attributes.start_time = 'x'",
    "attributes.start_time > 99999999999999999999999",
    "attributes.run_id = 5",
    "version_number > 'a'",
    "run_id = 'x' OR 1=1",
    "version_number = 99999999999999999999",
    "creation_timestamp > 1e400",
    "source_path = 5",
    "status = 'x'",
    "name = '\x00'",
    "last_update_time > 99999999999999999999",
    "dataset.name = 5",
    "model_id = 'x'",
    "attributes.end_time IN (1)",
    LONG,
    "tags.a = 'b' AND tags.a = 'b'" + " AND tags.a = 'b'" * 300,
    "((((name = 'a'))))",
    "name ILIKE '%'",
    "NOT name = 'a'",
]
ORDERS = [
    "x",
    "name SIDEWAYS",
    "metrics.a; DROP",
    "metrics.`a",
    "tags.a.b ASC",
    "ASC",
    "name ASC name DESC",
    "start_time",
    "",
    " ",
    "version_number ASC",
    "timestamp DESC",
    "attributes.",
    "metrics.",
    LONG,
    "\x00",
]
MODELS = [
    "-1",
    "[]",
    "{}",
    "x",
    '{"run_id": 5}',
    '{"flavors": 5}',
    '{"utc_time_created": []}',
    '{"signature": "x"}',
    "[" * 5000,
]
OTHER_TYPES = {
    "text": [5, 1.5, True, [], ["a"], {}, {"a": 1}],
    "number": [True, [], {}, "NaN?", [1]],
    "flag": ["yes", 1, [], {}],
    "enum": ["NOWHERE", 99, [], True, 1.5],
    "message": [5, "foo", True, [], [[]]],
    "list": [5, "foo", True, {}, {"a": 1}, [[[]]], [None]],
}


class Door:
    """The whole way of a call: our proxy, then MLflow's own code."""

    def __init__(self, project: int, token: str) -> None:
        self.project, self.base, self.token = project, f"/mlflow/project-{project}", token
        self.app = MlflowProxy(not_found_app)

    def __call__(self, method: str, path: str | bytes, body: bytes = b"", query: str = "") -> tuple[int, dict]:
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": self.base + (path if isinstance(path, bytes) else path.encode()).decode("latin-1"),
            "QUERY_STRING": query,
            "HTTP_HOST": "127.0.0.1:8000",
            "HTTP_AUTHORIZATION": f"Bearer {self.token}",
            "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(body)),
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.url_scheme": "http",
            "wsgi.errors": io.StringIO(),
            "wsgi.input": io.BytesIO(body),
        }
        started = []
        content = b"".join(self.app(environ, lambda status, headers, exc_info=None: started.append(status)))
        return int(started[0][:3]), json.loads(content) if content.startswith(b"{") else {}

    def call(self, endpoint: messages.MlflowEndpoint, path: str, data: dict) -> tuple[int, dict]:
        """A call with these fields, in its address or its body."""
        if endpoint.method == "GET":
            return self(endpoint.method, path, query=urlencode(data, doseq=True))
        return self(endpoint.method, path, json.dumps(data).encode())


class World:
    """Good values of fields by name, for calls that change nothing that the next one needs."""

    def __init__(self, project: int) -> None:
        with tracking_store(project) as store:
            experiment = str(store.create_experiment(f"e-{project}"))
            run = store.create_run(experiment, "x", 0, [], "run").info.run_id
            model = store.create_logged_model(experiment, name="model", source_run_id=run).model_id
        with registry_store(project) as store:
            store.create_registered_model("m")
            store.create_model_version("m", f"models:/{model}", model_id=model, run_id=run)
            store.set_registered_model_alias("m", "best", "1")
        metric = {"key": "a", "value": 1.0, "timestamp": 1, "step": 0}
        self.values = {
            "experiment_id": experiment, "experiment_ids": [experiment], "run_id": run, "run_uuid": run,
            "run_ids": [run], "source_run_id": run, "model_id": model, "name": "m", "version": "1", "alias": "best",
            "experiment_name": f"e-{project}", "key": "a", "value": "b", "metric_key": "a", "timestamp": 1, "step": 0,
            "metrics": [metric], "params": [{"key": "p", "value": "q"}], "tags": [{"key": "t", "value": "u"}],
            "datasets": [{"dataset": {"name": "d", "digest": "1", "source_type": "x", "source": "y"}}],
            "models": [{"model_id": model}], "model_json": json.dumps({"run_id": run, "utc_time_created": "x"}),
            "status": "FINISHED", "end_time": 5, "start_time": 5, "run_name": "n", "new_name": "n2", "stage": "Staging",
            "max_results": 5, "source": f"models:/{model}", "description": "d", "model_type": "t", "stages": ["None"],
            "tag_key": "t", "view_type": "ALL", "run_view_type": "ALL", "order_by": [], "user_id": "x",
            "archive_existing_versions": False, "path": "a", "artifact_directory_path": "a", "start_step": 0,
            "end_step": 5, "run_link": "", "deployment_job_id": "",
        }  # fmt: skip

    def data(self, endpoint: messages.MlflowEndpoint) -> dict:
        """A good call."""
        name = messages.message_name(endpoint.request)
        data = {f.name: self.values[f.name] for f in endpoint.request.fields if f.name in self.values}
        if name == "LogMetric":
            data["value"] = 1.0
        if name in ("CreateRegisteredModel", "CreateExperiment", "CreateLoggedModel"):
            data["name"] = f"new-{id(data)}"
        if name == "SearchLoggedModels":
            data["datasets"] = [{"dataset_name": "d"}]
        return data


def values_of(field) -> list:
    """Bad values for a field, or for one of its entries."""
    if field.message_type is not None:
        return OTHER_TYPES["message"]
    if field.type == field.TYPE_STRING:
        special = {
            "page_token": TOKENS,
            "filter": FILTERS,
            "order_by": ORDERS,
            "field_name": ORDERS,
            "model_json": MODELS,
        }
        return OTHER_TYPES["text"] + special.get(field.name, []) + TEXTS
    if field.type == field.TYPE_BOOL:
        return OTHER_TYPES["flag"]
    if field.type == field.TYPE_ENUM:
        return OTHER_TYPES["enum"]
    return OTHER_TYPES["number"] + NUMBERS


def is_of_type(field, value) -> bool:
    return messages._is_of_type(field, value) if field.message_type is None else isinstance(value, dict)


def cases(endpoint, data):
    """(what was changed, the call's fields, whether a value is of no type that the field takes)."""
    for field in endpoint.request.fields:
        for value in OTHER_TYPES["list"] if field.is_repeated else values_of(field):
            wrong = not isinstance(value, list) if field.is_repeated else not is_of_type(field, value)
            yield f"{field.name}={value!r:.60}", data | {field.name: value}, wrong
        if field.is_repeated and field.message_type is None:
            for value in values_of(field):
                yield f"{field.name}=[{value!r:.60}]", data | {field.name: [value]}, not is_of_type(field, value)
        good = data.get(field.name)
        if field.message_type is not None and isinstance(good, list) and good:
            for inner in field.message_type.fields:
                for value in OTHER_TYPES["list"] if inner.is_repeated else values_of(inner):
                    wrong = not isinstance(value, list) if inner.is_repeated else not is_of_type(inner, value)
                    entry = {field.name: [good[0] | {inner.name: value}]}
                    yield f"{field.name}.{inner.name}={value!r:.60}", data | entry, wrong
    yield "unknown", data | {"not_a_field": "x"}, True
    for name in data:
        yield f"without {name}", {key: value for key, value in data.items() if key != name}, False


@pytest.mark.parametrize("share", [0.04, pytest.param(1, marks=[pytest.mark.slow, pytest.mark.timeout(600)])])
def test_no_value_of_any_field_breaks_the_server_or_is_dropped(door, share):
    world, random = World(door.project), Random(0)
    broken, dropped = [], []
    # What takes something away comes last.
    endpoints = sorted(open_endpoints(), key=lambda one: "delete" in one.path.pattern or one.method == "DELETE")
    for endpoint in endpoints:
        if "artifacts." in messages.message_name(endpoint.request):
            continue
        path = endpoint.path.pattern.replace("\\.", ".").replace("(?P<model_id>[^/]+)", world.values["model_id"])
        path = path.replace("(?P<tag_key>[^/]+)", "t")
        for what, fields, wrong in cases(endpoint, world.data(endpoint)):
            if share < 1 and random.random() > share:
                continue
            status, answer = door.call(endpoint, path, fields)
            if status >= 500:
                broken.append((endpoint.method, path, what, status, answer))
            elif wrong and status < 300 and endpoint.method != "GET":
                dropped.append((endpoint.method, path, what))
    assert broken == []
    assert dropped == []


NAMES = [
    "x" * 300,
    "%00",
    "a%00b",
    "%FF",
    "%ED%A0%80",
    "..",
    "%2e%2e/x",
    "a/../../x",
    "\\",
    "a//b",
    " ",
    "%0a",
    "\u202e",
    "日本語",
    "x/" * 3000,
    "a" * 200 + "/" + "b" * 300,
    ".artifact.uploading.x",
    "%25%32%65",
    "?path=x",
    "#x",
    "a/.",
    "~",
]


@pytest.mark.parametrize("name", NAMES)
def test_no_name_of_an_artifact_breaks_the_server(door, name):
    with tracking_store(door.project) as store:
        experiment = store.create_experiment(f"e-{door.project}")
        uri = store.create_run(experiment, "x", 0, [], "run").info.artifact_uri
    home = uri.removeprefix("mlflow-artifacts:").lstrip("/")
    base = f"/api/2.0/mlflow-artifacts/artifacts/{home}"
    assert door("PUT", f"{base}/there/a.txt", b"x")[0] == 200
    for method in ("PUT", "GET", "DELETE"):
        for folder in ("", "there/a.txt/"):
            path = f"{base}/{folder}".encode() + unquote_to_bytes(name)
            status, answer = door(method, path, b"x" if method == "PUT" else b"")
            assert status < 500, (method, path[:200], status, answer)
        assert door(method, f"{base}/there", b"x" if method == "PUT" else b"")[0] < 500
    query = urlencode({"path": f"{home}/{name}"})
    assert door("GET", "/api/2.0/mlflow-artifacts/artifacts", query=query)[0] < 500


@pytest.mark.django_db
def test_a_fault_of_the_server_is_not_blamed_on_the_search(door, monkeypatch):
    from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

    experiments = [World(door.project).values["experiment_id"]]

    def search(text: str) -> int:
        body = json.dumps({"experiment_ids": experiments, "filter": text}).encode()
        return door("POST", "/api/2.0/mlflow/runs/search", body)[0]

    assert search("params.a = 'b'") == 200

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("of the server itself")

    monkeypatch.setattr(SqlAlchemyStore, "_search_runs", broken)
    assert search("params.a = 'b'") == 500


@pytest.mark.django_db
def test_a_registered_model_keeps_its_status_and_parameters(door):
    model = World(door.project).values["model_id"]
    path = f"/api/2.0/mlflow/logged-models/{model}"
    status = json.dumps({"model_id": model, "status": "LOGGED_MODEL_UPLOAD_FAILED"}).encode()
    params = json.dumps({"model_id": model, "params": [{"key": "late", "value": "1"}]}).encode()
    tags = json.dumps({"model_id": model, "tags": [{"key": "late", "value": "1"}]}).encode()
    sync_model(door.project, "m")
    for method, to, body in (("PATCH", path, status), ("POST", f"{path}/params", params), ("DELETE", path, b"")):
        code, answer = door(method, to, body)
        assert (code, answer["error_code"]) == (409, "INVALID_STATE"), (method, to, answer)
        assert "is registered as m 1" in answer["message"]
    assert door("PATCH", f"{path}/tags", tags)[0] == 200
    assert door("GET", path)[1]["model"]["info"]["status"] == "LOGGED_MODEL_PENDING"
