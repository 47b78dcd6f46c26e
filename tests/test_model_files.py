"""Files of registered versions never change, through whichever door; uploads of any form are taken within limits."""

import http.client
import json
import socket

import pytest
import requests

from plateau.http.load_shedding import MAX_SPOOLED_BODY_BYTES
from registry.model_versions.models import ModelPolicy, ModelVersion
from registry.model_versions.tests.factories import ModelPolicyFactory
from tests.stack import Stack
from tests.test_registry import notebook

pytestmark = [pytest.mark.processes, pytest.mark.timeout(600)]


class ProxyClient:
    """MLflow's API of one project, by plain HTTP."""

    def __init__(self, stack: Stack, token: str, project: int) -> None:
        self.stack, self.token, self.project = stack, token, project
        self.prefix = f"/mlflow/project-{project}/api/2.0"

    def raw(self, method: str, path: str, data: bytes = b"", *, chunked: bool = False) -> tuple[int, dict]:
        """A call with the path exactly as given; what came back."""
        connection = http.client.HTTPConnection("127.0.0.1", self.stack.port, timeout=60)
        body = iter([data]) if chunked else data
        headers = {"Authorization": f"Bearer {self.token}"}
        if path.startswith("/mlflow/"):
            headers["Content-Type"] = "application/json"
        connection.request(method, self.prefix + path, body=body, headers=headers, encode_chunked=chunked)
        response = connection.getresponse()
        content = response.read()
        connection.close()
        return response.status, json.loads(content) if content.startswith(b"{") else {"body": content}

    def api(self, method: str, path: str, **body) -> dict:
        status, content = self.raw(method, f"/mlflow/{path}", json.dumps(body).encode())
        assert status == 200, (path, status, content)
        return content

    def put(self, inside: str, data: bytes, **options) -> int:
        return self.raw("PUT", f"/mlflow-artifacts/artifacts/{inside}", data, **options)[0]

    def get(self, inside: str) -> bytes:
        url = f"{self.stack.url}{self.prefix}/mlflow-artifacts/artifacts/{inside}"
        return requests.get(url, headers={"Authorization": f"Bearer {self.token}"}, timeout=30).content

    def run(self) -> tuple[str, str, str]:
        """A new run: its experiment, its id, where its artifacts lie."""
        search = self.api("POST", "experiments/search", max_results=1000, filter="name = 'files'")
        experiments = search.get("experiments") or [self.api("POST", "experiments/create", name="files")]
        experiment = experiments[0]["experiment_id"]
        info = self.api("POST", "runs/create", experiment_id=experiment, start_time=1)["run"]["info"]
        return experiment, info["run_id"], inside_of(info["artifact_uri"])

    def version(self, source: str, **ids: str) -> dict:
        return self.api("POST", "model-versions/create", name="m", source=source, **ids)["model_version"]


def inside_of(uri: str) -> str:
    return uri.removeprefix("mlflow-artifacts:").lstrip("/")


CARD = b"flavors: {onnx: {data: model.onnx}}\n"


def registered(proxy: ProxyClient, form: str) -> str:
    """A version made from a source of this form; where its files lie."""
    experiment, run, artifacts = proxy.run()
    if form == "models:/m-":
        model = proxy.api("POST", "logged-models", experiment_id=experiment, name="model", source_run_id=run)["model"]
        inside = inside_of(model["info"]["artifact_uri"])
        source, ids = f"models:/{model['info']['model_id']}", {"model_id": model["info"]["model_id"], "run_id": run}
    else:
        inside = f"{artifacts}/model"
        source, ids = f"mlflow-artifacts:/{inside}", {"run_id": run}
    if form == "runs:/":
        source = f"runs:/{run}/model"
    if form == "odd":
        source = f"mlflow-artifacts:///{artifacts}//%6dodel/"
    assert proxy.put(f"{inside}/MLmodel", CARD) == 200
    assert proxy.put(f"{inside}/model.onnx", b"first") == 200
    assert proxy.put(f"{inside}/data/weights.bin", b"first") == 200
    created = proxy.version(source, **ids)
    if form in ("models:/name/version", "models:/name@alias", "models:/name/latest"):
        proxy.api("POST", "registered-models/alias", name="m", alias="best", version=created["version"])
        source = {"models:/name/version": f"models:/m/{created['version']}", "models:/name@alias": "models:/m@best",
                  "models:/name/latest": "models:/m/latest"}[form]  # fmt: skip
        proxy.version(source)
        proxy.api("DELETE", "registered-models/alias", name="m", alias="best")
        proxy.api("DELETE", "model-versions/delete", name="m", version=created["version"])  # the copy alone holds them
    return inside


def quoted(text: str, times: int = 1) -> str:
    for _ in range(times):
        text = text.replace("%", "%25").replace("o", "%6f").replace("/model", "/%6Dodel")
    return text


FORMS = [
    "models:/m-", "runs:/", "mlflow-artifacts:/", "odd", "models:/name/version", "models:/name@alias",
    "models:/name/latest",
]  # fmt: skip


def test_nobody_writes_to_the_files_of_a_registered_version(people, stack, make_project):
    project = make_project(items=0)
    stack.web()
    proxy = ProxyClient(stack, people.token("scientist"), project.pk)
    proxy.api("POST", "registered-models/create", name="m")
    for form in FORMS:
        inside = registered(proxy, form)
        parent, _, last = inside.rpartition("/")
        ways = [
            f"{inside}/model.onnx",
            f"{inside}/MLmodel",
            f"{inside}/new.bin",
            f"{inside}/data/weights.bin",
            f"{inside}/data/deep/er/new.bin",
            f"{inside}/model.onnx/below",
            inside,
            f"{inside}/",
            parent,
            f"/{inside}/model.onnx",
            f"{inside}//model.onnx",
            f"{inside}/./model.onnx",
            f"{parent}//{last}/model.onnx",
            f"{parent}/./{last}/model.onnx",
            quoted(f"{inside}/model.onnx"),
            quoted(f"{inside}/model.onnx", 2),
            f"{parent}/%2e/{last}/model.onnx",
            f"{parent}%2F{last}%2Fmodel.onnx",
            f"{parent}%252F{last}%252Fmodel.onnx",
            f"{inside}/model.onnx%3F",
            f"{inside}/model.onnx%23",
        ]
        refused = [
            f"{parent}/x/../{last}/model.onnx",
            f"{parent}/x/%2e%2e/{last}/model.onnx",
            f"{parent}/x/%252e%252e/{last}/model.onnx",
            f"{parent}/{last[0]}%0A{last[1:]}/model.onnx",
            f"{parent}/{last[0]}%09{last[1:]}/model.onnx",
            f"{inside}%5Cmodel.onnx",
            f"{inside}/model.onnx%23x",
            f"{inside}/model.onnx?path={parent}",
        ]
        for way in ways:
            for chunked in (False, True):
                assert proxy.put(way, b"second", chunked=chunked) == 409, (form, way, chunked)
            assert proxy.raw("DELETE", f"/mlflow-artifacts/artifacts/{way}")[0] == 409, (form, way)
        for way in refused:  # 404 where no route takes a line's end
            assert proxy.put(way, b"second") in (400, 403, 404), (form, way)
            assert proxy.raw("DELETE", f"/mlflow-artifacts/artifacts/{way}")[0] in (400, 403, 404), (form, way)
        for step in ("create", "complete", "abort"):
            status, _ = proxy.raw("POST", f"/mlflow-artifacts/mpu/{step}/{inside}", b'{"path": "model.onnx"}')
            assert status == 404, step
        stored = [proxy.get(f"{inside}/{name}") for name in ("MLmodel", "model.onnx", "data/weights.bin")]
        assert stored == [CARD, b"first", b"first"], form
        # Beside them everybody writes as before.
        assert proxy.put(f"{parent}/{last}2/model.onnx", b"x") == 200
    # Every version has the hash of its files; once it is deleted they are anybody's again.
    live = ModelVersion.objects.exclude(state="deleted")
    assert {row.files.count() for row in live} == {3}
    assert len(set(live.values_list("content_hash", flat=True))) == 1
    newest = live.order_by("-version").first()
    folder = newest.facts["folder"].removeprefix("mlflow/")
    # What was changed in the storage itself is not handed out.
    graph = stack.home / "files" / "mlflow" / folder / "model.onnx"
    graph.write_bytes(b"third")
    status, error = proxy.raw("GET", f"/mlflow-artifacts/artifacts/{folder}/model.onnx")
    assert (status, error["error_code"]) == (409, "INVALID_STATE")
    graph.write_bytes(b"first")
    proxy.api("DELETE", "model-versions/delete", name="m", version=str(newest.version))
    assert proxy.put(f"{folder}/model.onnx", b"second") == 200


def test_a_source_that_can_hold_no_files_breaks_nothing(people, stack, make_project):
    """MLflow takes a file for a source, or a name that no file can have; the next version is none the worse."""
    project = make_project(items=0)
    stack.web()
    proxy = ProxyClient(stack, people.token("scientist"), project.pk)
    proxy.api("POST", "registered-models/create", name="m")
    _, run, artifacts = proxy.run()
    for name in ("MLmodel", "model.onnx"):
        assert proxy.put(f"{artifacts}/model/{name}", CARD) == 200
    for source in (
        f"runs:/{run}/a/../model",
        f"runs:/{run}/model\\sub",
        f"runs:/{run}/%2e%2e/x",
        f"runs:/{run}/%252e%252e",
    ):
        body = json.dumps({"name": "m", "source": source, "run_id": run}).encode()
        status, error = proxy.raw("POST", "/mlflow/model-versions/create", body)
        assert (status, error["error_code"]) == (400, "INVALID_PARAMETER_VALUE"), source
    for source in (
        f"runs:/{run}/{'a' * 300}", f"runs:/{run}/model/MLmodel", f"mlflow-artifacts:/{artifacts}/model/MLmodel",
        f"runs:/{run}/nothing", f"runs:/{run}/model",
    ):  # fmt: skip
        proxy.version(source, run_id=run)
    last = ModelVersion.objects.get(project=project, version=5)
    assert (last.files.count(), len(last.content_hash)) == (2, 64)
    assert ModelVersion.objects.filter(project=project, content_hash="").count() == 4
    assert proxy.put(f"{artifacts}/nothing/model.onnx", b"x") == 409  # registered without files: it stays so


def test_a_path_that_cannot_be_is_refused_in_words(people, stack, make_project):
    """A 500 would be tried again by the client for minutes."""
    project = make_project(items=0)
    stack.web()
    proxy = ProxyClient(stack, people.token("scientist"), project.pk)
    _, _, artifacts = proxy.run()
    assert proxy.put(f"{artifacts}/a/b.txt", b"first") == 200
    for inside, expected in (
        (f"{artifacts}/a", (409, "INVALID_STATE")),
        (f"{artifacts}/a/b.txt/c.txt", (409, "INVALID_STATE")),
        (f"{artifacts}/a/b.txt/c/d.txt", (409, "INVALID_STATE")),
        (f"{artifacts}/{'a' * 300}", (400, "INVALID_PARAMETER_VALUE")),
        (f"{artifacts}/{'a' * 300}/b.txt", (400, "INVALID_PARAMETER_VALUE")),
    ):
        for chunked in (False, True):
            status, error = proxy.raw("PUT", f"/mlflow-artifacts/artifacts/{inside}", b"x" * 4_000_000, chunked=chunked)
            assert (status, error.get("error_code")) == expected, inside
    assert proxy.get(f"{artifacts}/a/b.txt") == b"first"


def test_an_upload_that_began_before_the_registration_cannot_end_after_it(people, stack, make_project):
    project = make_project(items=0)
    stack.web()
    proxy = ProxyClient(stack, people.token("scientist"), project.pk)
    proxy.api("POST", "registered-models/create", name="m")
    _, run, artifacts = proxy.run()
    inside = f"{artifacts}/model"
    assert proxy.put(f"{inside}/model.onnx", b"first") == 200
    size = MAX_SPOOLED_BODY_BYTES + 2 * 1024 * 1024  # shorter ones are there before anything is written
    for framing in (f"Content-Length: {size}", "Transfer-Encoding: chunked"):
        chunked = "chunked" in framing
        half = b"x" * (size // 2)
        piece = b"%x\r\n%s\r\n" % (len(half), half) if chunked else half
        begun = socket.create_connection(("127.0.0.1", stack.port), timeout=60)
        head = (
            f"PUT {proxy.prefix}/mlflow-artifacts/artifacts/{inside}/model.onnx HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Authorization: Bearer {proxy.token}\r\n{framing}\r\n\r\n"
        )
        begun.sendall(head.encode() + piece)
        folder = stack.home / "files" / "mlflow" / inside
        stack.wait(lambda: len(list(folder.iterdir())) > 1, 30, "the first half")  # noqa: B023  # called at once
        created = proxy.version(f"mlflow-artifacts:/{inside}", run_id=run)
        begun.sendall(piece + (b"0\r\n\r\n" if chunked else b""))
        answer = http.client.HTTPResponse(begun)
        answer.begin()
        assert (answer.status, json.loads(answer.read())["error_code"]) == (409, "INVALID_STATE")
        begun.close()
        assert [path.name for path in folder.iterdir()] == ["model.onnx"]
        assert proxy.get(f"{inside}/model.onnx") == b"first"
        proxy.api("DELETE", "model-versions/delete", name="m", version=created["version"])


EMPTY = """
    import tempfile
    class M(mlflow.pyfunc.PythonModel):
        def predict(self, context, model_input, params=None):
            return [1] * len(model_input)
    place = tempfile.mkdtemp()
    os.makedirs(place + "/helpers"); open(place + "/helpers/__init__.py", "w").close()
    with mlflow.start_run() as run:
        mlflow.log_text("", "a.txt")
        mlflow.log_text("", "日本語/空.txt")
        info = mlflow.pyfunc.log_model(name="model", python_model=M(), code_paths=[place + "/helpers"],
            pip_requirements=["numpy"])
    model = c.get_logged_model(info.model_id)
    empty = [open(c.download_artifacts(run.info.run_id, one)).read() for one in ("a.txt", "日本語/空.txt")]
    found = mlflow.artifacts.download_artifacts(info.model_uri)
    print(model.status, empty, os.path.getsize(found + "/code/helpers/__init__.py"))
"""


def test_the_stock_client_uploads_empty_files(people, stack, make_project):
    project = make_project(items=0)
    stack.web()
    assert notebook(stack, people.token("scientist"), project.pk, EMPTY) == "READY ['', ''] 0"


def test_bodies_in_chunks_are_counted_and_held_to_the_quota(people, stack, make_project):
    project = make_project(items=0)
    ModelPolicyFactory(project=project, quota_bytes=1_000_000)
    stack.web()
    proxy = ProxyClient(stack, people.token("scientist"), project.pk)
    _, _, artifacts = proxy.run()

    def used() -> int:
        return ModelPolicy.objects.get().used_bytes

    assert proxy.put(f"{artifacts}/a.bin", b"x" * 600_000, chunked=True) == 200
    assert (used(), len(proxy.get(f"{artifacts}/a.bin"))) == (600_000, 600_000)
    assert proxy.put(f"{artifacts}/b.bin", b"x" * 400_001, chunked=True) == 413
    assert proxy.put(f"{artifacts}/b.bin", b"x" * 400_001) == 413
    assert (used(), proxy.raw("GET", f"/mlflow-artifacts/artifacts/{artifacts}/b.bin")[0]) == (600_000, 404)
    assert proxy.put(f"{artifacts}/b.bin", b"x" * 400_000, chunked=True) == 200
    assert proxy.put(f"{artifacts}/c.bin", b"", chunked=True) == 200
    assert (used(), proxy.get(f"{artifacts}/c.bin")) == (1_000_000, b"")
    assert proxy.put(f"{artifacts}/d.bin", b"x", chunked=True) == 413
    # An endless body is cut off at the limit, and what it left is gone.
    endless = socket.create_connection(("127.0.0.1", stack.port), timeout=60)
    ModelPolicy.objects.update(quota_bytes=3_000_000)
    endless.sendall(
        f"PUT {proxy.prefix}/mlflow-artifacts/artifacts/{artifacts}/e.bin HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Authorization: Bearer {proxy.token}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    )
    sent = 0
    try:
        while sent < 500_000_000:
            endless.sendall(b"10000\r\n" + b"x" * 65_536 + b"\r\n")
            sent += 65_536
    except OSError:
        pass
    assert sent < 500_000_000
    endless.close()
    folder = stack.home / "files" / "mlflow" / artifacts
    stack.wait(lambda: len(list(folder.iterdir())) == 3, 30, "the end of the endless upload")
    assert used() == 1_000_000


def test_a_body_that_breaks_off_is_not_kept(people, stack, make_project):
    project = make_project(items=0)
    stack.web()
    proxy = ProxyClient(stack, people.token("scientist"), project.pk)
    _, _, artifacts = proxy.run()
    assert proxy.put(f"{artifacts}/a.bin", b"whole") == 200
    cut = socket.create_connection(("127.0.0.1", stack.port), timeout=60)
    cut.sendall(
        f"PUT {proxy.prefix}/mlflow-artifacts/artifacts/{artifacts}/a.bin HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Authorization: Bearer {proxy.token}\r\nContent-Length: {MAX_SPOOLED_BODY_BYTES + 1}\r\n\r\n".encode()
        + b"x" * 2_000_000
    )
    folder = stack.home / "files" / "mlflow" / artifacts
    stack.wait(lambda: len(list(folder.iterdir())) == 2, 30, "the beginning")
    cut.close()
    stack.wait(lambda: len(list(folder.iterdir())) == 1, 30, "the end")
    assert proxy.get(f"{artifacts}/a.bin") == b"whole"


def test_calls_in_chunks_are_read_and_wrong_tags_are_said(people, stack, make_project):
    project = make_project(items=0)
    stack.web()
    proxy = ProxyClient(stack, people.token("scientist"), project.pk)
    _, run, _ = proxy.run()
    tags = json.dumps({"run_id": run, "tags": [{"key": "a", "value": "b"}]}).encode()
    assert proxy.raw("POST", "/mlflow/runs/log-batch", tags, chunked=True)[0] == 200
    content = proxy.raw("GET", f"/mlflow/runs/get?run_id={run}")[1]["run"]["data"]["tags"]
    assert {"key": "a", "value": "b"} in content
    for key in ("tags", "metrics", "params"):
        for wrong in ("x", ["x"], [None], [5], {"key": "a"}, [{"value": "b"}], [["key", "a"]]):
            body = json.dumps({"run_id": run, key: wrong}).encode()
            status, content = proxy.raw("POST", "/mlflow/runs/log-batch", body)
            assert (status, content.get("error_code")) == (400, "INVALID_PARAMETER_VALUE"), (key, wrong, content)
    large = b'{"run_id": "' + b"x" * (17 * 1024 * 1024) + b'"}'
    assert proxy.raw("POST", "/mlflow/runs/log-batch", large, chunked=True)[0] == 413
