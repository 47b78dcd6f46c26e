"""The registry from outside: the stock MLflow client of two organizations against the running platform."""

import io
import os
import subprocess
import sys
import textwrap
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import ClassVar

import pyarrow.parquet as pq
import pytest
import requests

from registry.model_versions.mlflow_sync import sync_differing_models
from registry.model_versions.models import ModelVersion
from registry.webhooks.models import Delivery
from registry.webhooks.services import sign_body
from tests.stack import Stack
from tests.test_whole_way import Api, labeled_snapshot

pytestmark = [pytest.mark.processes, pytest.mark.timeout(600)]


def notebook(stack: Stack, token: str, project: int, code: str) -> str:
    """Run a notebook's cell in a process that knows nothing of Plateau; what it printed last."""
    where = f"{stack.url}/mlflow/project-{project}"
    head = f"import mlflow, os\nmlflow.set_tracking_uri('{where}')\nc = mlflow.MlflowClient()\n"
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(stack.home),
        "MLFLOW_TRACKING_TOKEN": token,
        "DO_NOT_TRACK": "1",
        "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
        "USER": "somebody",
    }
    whole = head + textwrap.dedent(code)
    done = subprocess.run([sys.executable, "-I", "-c", whole], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.strip().splitlines()[-1]


REGISTER = """
    from sklearn.linear_model import LogisticRegression
    import numpy as np
    model = LogisticRegression().fit(np.eye(2), [0, 1])
    with mlflow.start_run() as run:
        mlflow.set_tag("plateau.snapshot_hash", "{hash}")
        mlflow.log_metric("loss", 0.5)
        info = mlflow.sklearn.log_model(model, name="model", registered_model_name="notebook",
            input_example=np.eye(2), pip_requirements=["scikit-learn"])
    found = c.get_run(run.info.run_id)
    print(found.info.user_id, found.data.tags["mlflow.user"], found.info.experiment_id != "0")
"""


def test_a_model_from_a_notebook_is_judged_compared_approved_and_traced(people, stack):
    stack.web()
    stack.worker()
    api = Api(stack, people.token("admin"))
    scientist = Api(stack, people.token("scientist"))
    project, snapshot = labeled_snapshot(api, 60)
    frozen = api.call("GET", f"snapshots/{snapshot}/")
    token = people.token("scientist")
    hooks = Listener.start()
    secret = api.call("POST", "webhooks/", json={"url": hooks.url, "events": ["version.registered", "alias.moved"]})

    printed = notebook(stack, token, project, REGISTER.replace("{hash}", frozen["content_hash"]))
    assert printed == "scientist@ours.example scientist@ours.example True"
    version = scientist.call("GET", "model-versions/?name=notebook")["results"][0]
    assert (version["origin"], version["snapshot_id"], version["created_by"]) == ("client", snapshot, "Scientist")
    assert {"python_function", "sklearn"} <= set(version["flavors"])
    assert version["size_bytes"] > 0
    assert scientist.call("GET", f"model-versions/{version['id']}/")["signature"]["inputs"]

    # Judged by the answers that its author sends: all right but one.
    manifest = pq.read_table(
        io.BytesIO(scientist.http.get(f"{scientist.base}/snapshots/{snapshot}/manifest/", timeout=30).content)
    ).to_pylist()
    held_out = [row for row in manifest if row["split"] == "test"]
    rows = [f"{row['item_id']},{row['label']},0.9" for row in held_out]
    wrong_label = "dark" if held_out[0]["label"] == "light" else "light"
    rows[0] = f"{held_out[0]['item_id']},{wrong_label},0.99"
    learned = next(row for row in manifest if row["split"] == "train")
    short = {"file": ("a.csv", f"item_id,label\n{learned['item_id']},dark\n")}
    refused = scientist.call("POST", f"model-versions/{version['id']}/predictions/", ok=(400,), files=short)
    assert f"items of the test set without a row: {len(held_out)}" in refused["detail"]
    answers = {"file": ("a.csv", "item_id,label,confidence\n" + "\n".join(rows))}
    judged = scientist.call("POST", f"model-versions/{version['id']}/predictions/", files=answers)
    assert (judged["predicted_by"], judged["items"]) == ("author", len(held_out))
    mistakes = scientist.call("GET", f"model-versions/{version['id']}/errors/")
    assert (mistakes["count"], mistakes["results"][0]["item_id"]) == (1, held_out[0]["item_id"])

    # Compared with a model that a worker trained and judged.
    run = api.call("POST", f"projects/{project}/runs/", json={"snapshot_id": snapshot, "recipe": "image_probe"})
    assert api.ended(run["job"]["id"])["state"] == "done"
    probe = scientist.call("GET", "model-versions/?name=image_probe")["results"][0]
    compared = scientist.call("GET", f"model-versions/compare/?a={version['id']}&b={probe['id']}")
    assert compared["items"] == len(held_out)
    counts = compared["counts"]
    assert sum(counts[key] for key in ("both_correct", "only_a_correct", "only_b_correct", "neither_correct")) == len(
        held_out
    )
    gain = compared["metrics"][0]["difference"]
    assert compared["metrics"][0]["metric"] == "accuracy"
    assert gain["low"] <= gain["value"] <= gain["high"]

    # A worker judges an ONNX version again; that of a notebook it does not open.
    again = api.ended(scientist.call("POST", f"model-versions/{probe['id']}/evaluate/")["id"])
    assert again["state"] == "done", again["error"]
    scientist.call("POST", f"model-versions/{version['id']}/evaluate/", ok=(409,))

    # Lineage both ways.
    lineage = scientist.call("GET", f"model-versions/{version['id']}/lineage/")
    assert (lineage["labels"], lineage["annotators"][0]["name"]) == (frozen["train_count"], "Admin")
    label = scientist.call("GET", f"model-versions/{version['id']}/labels/?limit=1")["results"][0]
    eaters = scientist.call("GET", f"annotations/{label['annotation_id']}/models/")["results"]
    assert {row["name"] for row in eaters} == {"notebook", "image_probe"}
    assert scientist.call("GET", f"items/{held_out[0]['item_id']}/models/")["results"] == []  # judged on is not learned

    # A protected alias: not by the client, not by a scientist, by a manager with a reason; and back.
    move = "c.set_registered_model_alias('notebook', 'production', '1')"
    refusal = notebook(
        stack, token, project, f"try:\n    {move}\nexcept Exception as e: print(str(e).replace(chr(10), ' '))"
    )
    assert "this version has passed no acceptance contract" in refusal
    where = f"model-versions/{version['id']}/aliases/"
    scientist.call("POST", where, ok=(409,), json={"alias": "production"})
    scientist.call("POST", where, ok=(409,), json={"alias": "production", "reason": "I say so"})
    moved = api.call("POST", where, json={"alias": "production", "reason": "The customer agreed by letter."})
    assert (moved["aliases"], moved["alias_changes"][0]["reason"]) == (["production"], "The customer agreed by letter.")
    assert notebook(stack, token, project, f"{move}\nprint('ok')") == "ok"  # approved before
    second = notebook(stack, token, project, REGISTER + "    print(info.registered_model_version)")
    assert second == "2"
    newer = scientist.call("GET", "model-versions/?name=notebook")["results"][0]
    assert (newer["version"], newer["snapshot_id"]) == (2, None)
    api.call("POST", f"model-versions/{newer['id']}/aliases/", json={"alias": "production", "reason": "Trial."})
    model = scientist.call("GET", f"model-versions/{newer['id']}/")["model_id"]
    assert scientist.call("POST", f"models/{model}/aliases/production/rollback/")["version"] == 1
    actions = [row["action"] for row in api.call("GET", "audit-log/")["results"]]
    assert actions.count("model.alias_moved") == 5  # the champion's is one of them

    # What is pointed at cannot be deleted, here or there; the rest can, and its record stays.
    gone = "try:\n    c.delete_model_version('notebook', '1')\nexcept Exception as e: print('needed by' in str(e))"
    assert notebook(stack, token, project, gone) == "True"
    scientist.call("POST", f"model-versions/{version['id']}/archive/", ok=(409,))
    scientist.call("POST", f"model-versions/{newer['id']}/archive/")
    scientist.call("POST", f"model-versions/{newer['id']}/aliases/", ok=(409,), json={"alias": "x"})
    scientist.call("POST", f"model-versions/{newer['id']}/restore/")
    assert scientist.http.delete(f"{scientist.base}/model-versions/{newer['id']}/", timeout=30).status_code == 204
    assert scientist.call("GET", f"model-versions/{newer['id']}/")["state"] == "deleted"

    # Mended: what a process left behind that died between MLflow's write and ours.
    ModelVersion.objects.filter(pk=version["id"]).update(aliases=[])
    assert sync_differing_models() == 1
    assert scientist.call("GET", f"model-versions/{version['id']}/")["aliases"] == ["production"]
    assert sync_differing_models() == 0

    stack.wait(lambda: len(Listener.heard) >= 4, 20, "webhooks")
    headers, body = Listener.heard[0]
    expected_signature = sign_body(secret["secret"], headers["webhook-id"], int(headers["webhook-timestamp"]), body)
    assert headers["webhook-signature"] == expected_signature
    stack.wait(lambda: not Delivery.objects.filter(state="pending").exists(), 20, "deliveries")
    hooks.stop()


class Listener(BaseHTTPRequestHandler):
    """Somebody who hears webhooks."""

    heard: ClassVar[list[tuple[dict, bytes]]] = []

    def do_POST(self):
        self.heard.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass

    @classmethod
    def start(cls):
        cls.heard.clear()
        server = HTTPServer(("127.0.0.1", 0), cls)
        server.url = f"http://127.0.0.1:{server.server_port}/hook"
        server.stop = server.shutdown
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server


def test_nothing_of_another_organization_can_be_reached_through_mlflow(people, stack, make_project):
    """The attack list: paths, filters, bodies in both spellings, sources, headers."""
    ours, theirs = make_project(), make_project(organization="theirs")
    stack.web()
    own_token, foreign = people.token("scientist"), people.token("scientist", "theirs")
    secret = notebook(
        stack,
        foreign,
        theirs.pk,
        """
        with mlflow.start_run() as run:
            mlflow.log_text("secret", "secret.txt")
        c.create_registered_model("secret")
        c.create_model_version("secret", run.info.artifact_uri, run.info.run_id)
        print(run.info.run_id, run.info.experiment_id, run.info.artifact_uri)
        """,
    )
    run, experiment, uri = secret.split()
    inside = uri.removeprefix("mlflow-artifacts:/").lstrip("/")
    base = f"{stack.url}/mlflow/project-{ours.pk}/api/2.0"
    http = requests.Session()
    http.headers["Authorization"] = f"Bearer {own_token}"

    def reaches(method: str, path: str, *, url: str = base, **options) -> bool:
        response = http.request(method, f"{url}/{path}", timeout=30, **options)
        assert response.status_code < 500, (path, response.text[:300])
        return response.ok and (b"secret" in response.content or run.encode() in response.content)

    attacks = [
        ("GET", "mlflow/runs/get", {"params": {"run_id": run}}),
        ("GET", "mlflow/runs/get", {"params": {"run_uuid": run}}),
        ("GET", "mlflow/experiments/get", {"params": {"experiment_id": experiment}}),
        ("GET", "mlflow/artifacts/list", {"params": {"run_id": run}}),
        ("GET", "mlflow/metrics/get-history", {"params": {"run_id": run, "metric_key": "x"}}),
        ("GET", "mlflow/registered-models/get", {"params": {"name": "secret"}}),
        ("GET", "mlflow/model-versions/get", {"params": {"name": "secret", "version": "1"}}),
        ("GET", "mlflow/model-versions/get-download-uri", {"params": {"name": "secret", "version": "1"}}),
        ("POST", "mlflow/runs/search", {"json": {"experiment_ids": [experiment]}}),
        ("POST", "mlflow/runs/search", {"json": {"experimentIds": [experiment]}}),
        ("POST", "mlflow/experiments/search", {"json": {"filter": "name LIKE '%'", "max_results": 100}}),
        ("GET", "mlflow/registered-models/search", {"params": {"filter": "name LIKE '%'"}}),
        ("GET", "mlflow/model-versions/search", {"params": {"filter": "name='secret'"}}),
        ("POST", "mlflow/logged-models/search", {"json": {"experiment_ids": [experiment]}}),
        ("POST", "mlflow/runs/set-tag", {"json": {"run_id": run, "key": "a", "value": "secret"}}),
        ("POST", "mlflow/runs/delete", {"json": {"run_id": run}}),
        ("POST", "mlflow/experiments/delete", {"json": {"experiment_id": experiment}}),
        ("POST", "mlflow/runs/log-metric", {"json": {"run_id": run, "key": "a", "value": 1, "timestamp": 1}}),
        ("DELETE", "mlflow/registered-models/delete", {"json": {"name": "secret"}}),
        ("GET", f"mlflow-artifacts/artifacts/{inside}/secret.txt", {}),
        ("GET", "mlflow-artifacts/artifacts", {"params": {"path": inside}}),
        ("PUT", f"mlflow-artifacts/artifacts/{inside}/secret.txt", {"data": b"mine"}),
        ("DELETE", f"mlflow-artifacts/artifacts/{inside}/secret.txt", {}),
        ("GET", f"mlflow-artifacts/artifacts/workspaces/project-{ours.pk}/%2e%2e/project-{theirs.pk}/", {}),
    ]
    for method, path, options in attacks:
        assert not reaches(method, path, **options), (method, path, options)
        foreign_workspace = options | {"headers": {"X-MLFLOW-WORKSPACE": f"project-{theirs.pk}"}}
        assert not reaches(method, path, **foreign_workspace), ("header", method, path)
        assert not reaches(method, path, url=f"{stack.url}/mlflow/project-{theirs.pk}/api/2.0", **options), path

    for source in (uri, "file:///etc", f"runs:/{run}/x", "models:/secret/1"):
        http.post(f"{base}/mlflow/registered-models/create", json={"name": "mine"}, timeout=30)
        body = {"name": "mine", "source": source, "runId": run}
        assert not http.post(f"{base}/mlflow/model-versions/create", json=body, timeout=30).ok, source
    spelled = {"name": "x", "artifactLocation": f"mlflow-artifacts:/{inside}"}
    assert http.post(f"{base}/mlflow/experiments/create", json=spelled, timeout=30).status_code == 400
    twice = {"name": "x", "artifactLocation": "a", "artifact_location": ""}
    assert http.post(f"{base}/mlflow/experiments/create", json=twice, timeout=30).status_code == 400

    # Nothing was changed either: their run, their file, their model are as they were.
    intact = notebook(
        stack,
        foreign,
        theirs.pk,
        f"""
        run = c.get_run("{run}")
        text = mlflow.artifacts.load_text(run.info.artifact_uri + "/secret.txt")
        print(run.info.lifecycle_stage, "a" in run.data.tags, text, c.get_model_version("secret", "1").version)
        """,
    )
    assert intact == "active False secret 1"


def test_a_project_cannot_store_more_than_its_quota(people, stack, make_project):
    project = make_project()
    stack.web()
    admin = Api(stack, people.token("admin"))
    rules = {"protected_aliases": ["production"], "quota_bytes": 1024 * 1024}
    assert (
        admin.call("PUT", f"projects/{project.pk}/model-policy/", json=rules, headers={"If-Match": "*"})["used_bytes"]
        == 0
    )
    log = "with mlflow.start_run():\n    mlflow.log_text('x' * {n}, 'a.txt')\nprint('stored')"
    token = people.token("scientist")
    assert notebook(stack, token, project.pk, log.format(n=600_000)) == "stored"
    printed = notebook(
        stack,
        token,
        project.pk,
        "try:\n    with mlflow.start_run():\n        mlflow.log_text('x' * 600_000, 'b.txt')\n"
        "except Exception as e: print(str(e).replace(chr(10), ' '))",
    )
    assert "MiB are used" in printed
    assert admin.call("GET", f"projects/{project.pk}/model-policy/")["used_bytes"] == 600_000
