"""The whole way with every real part: web server, worker processes, PostgreSQL, broker, the stock MLflow client."""

import io
import os
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest
import requests
from PIL import Image

from annotation.projects.models import Project
from plateau.jobs.models import Job
from tests.stack import Stack
from workers.training.models import TrainingRun

pytestmark = [pytest.mark.processes, pytest.mark.timeout(600)]


class Api:
    """A person at the API."""

    def __init__(self, stack: Stack, token: str) -> None:
        self.base = f"{stack.url}/api/v1"
        self.http = requests.Session()
        self.http.headers["Authorization"] = f"Bearer {token}"

    def call(self, method: str, path: str, *, ok: tuple[int, ...] = (200, 201), **options):
        response = self.http.request(method, f"{self.base}/{path}", timeout=30, **options)
        assert response.status_code in ok, (path, response.status_code, response.text[:500])
        return response.json()

    def ended(self, job_id: int, seconds: float = 120) -> dict:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            job = self.call("GET", f"jobs/{job_id}/")
            if job["state"] in ("done", "failed", "cancelled"):
                return job
            time.sleep(0.2)
        raise AssertionError(f"job {job_id} did not end: {job}")


def shapes(count: int) -> bytes:
    """A zip of dark and light pictures; their names tell which."""
    rng = np.random.default_rng(1)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for index in range(count):
            dark = index % 2 == 0
            pixels = rng.integers(0, 100, (24, 24, 3)) + (0 if dark else 140)
            picture = io.BytesIO()
            Image.fromarray(pixels.astype("uint8")).save(picture, "PNG")
            archive.writestr(f"{'dark' if dark else 'light'}-{index}.png", picture.getvalue())
        archive.writestr("broken.png", b"not a picture")
    return out.getvalue()


def labeled_snapshot(api: Api, count: int) -> tuple[int, int]:
    """Data in, project made, everything labeled, frozen: project and snapshot ids."""
    dataset = api.call("POST", "datasets/", json={"name": "Shades"})["id"]
    batch = api.call("POST", f"datasets/{dataset}/uploads/")["id"]
    api.call("POST", f"uploads/{batch}/files/", files={"files": ("shades.zip", shapes(count))})
    job = api.call("POST", f"uploads/{batch}/start/")["job"]["id"]
    assert api.ended(job)["result"] == {"added": count, "duplicates": 0, "rejected": 1}
    assert api.call("GET", f"uploads/{batch}/")["findings"][0]["name"] == "broken.png"
    labels = [{"id": "dark", "name": "Dark", "color": "#111111"}, {"id": "light", "name": "Light", "color": "#777777"}]
    body = {"name": "Shades", "kind": "classification", "dataset_id": dataset, "labels": labels}
    project = api.call("POST", "projects/", json=body)["id"]
    tasks = api.call("POST", f"projects/{project}/queue/next/", json={"count": 1})["tasks"]
    while tasks:
        value = {"label": tasks[0]["item"]["name"].split("-")[0]}
        tasks = api.call("POST", f"tasks/{tasks[0]['id']}/annotations/?next=1", json={"value": value})["next_tasks"]
    snapshot = api.call("POST", f"projects/{project}/snapshots/")
    assert api.ended(snapshot["job"]["id"])["state"] == "done"
    return project, snapshot["id"]


def test_from_pictures_to_a_registered_model_and_its_curve(people, stack):
    stack.web()
    stack.worker()
    api = Api(stack, people.token("admin"))
    project, snapshot = labeled_snapshot(api, 150)
    run = api.call("POST", f"projects/{project}/runs/", json={"snapshot_id": snapshot, "recipe": "image_probe"})
    study = api.call(
        "POST",
        f"projects/{project}/learning-curves/",
        json={"snapshot_id": snapshot, "recipe": "image_probe", "compute_budget": 6},
    )
    trained = api.ended(run["job"]["id"])
    assert trained["state"] == "done", trained["error"]
    assert trained["result"]["metrics"]["accuracy"]["value"] > 0.9
    version = api.call("GET", "model-versions/")["results"][0]
    assert (version["name"], version["version"], version["aliases"]) == ("image_probe", 1, ["champion"])
    assert version["snapshot_hash"] == api.call("GET", f"snapshots/{snapshot}/")["content_hash"]

    measured = api.ended(study["job"]["id"])
    assert measured["state"] == "done", measured["error"]
    curve = api.call("GET", f"learning-curves/{study['id']}/")
    assert len(curve["points"]) == len(curve["training_plan"])
    assert curve["forecast"]["current_labels"] == curve["sizes"][-1]

    replay = api.call("POST", f"projects/{project}/active-learning-simulations/", json={"snapshot_id": snapshot})
    compared = api.ended(replay["job"]["id"])
    assert compared["state"] == "done", compared["error"]
    strategies = compared["result"]["strategies"]
    assert [row["strategy"] for row in strategies][:2] == ["random", "uncertainty"]
    assert all(len(row["scores"]) == len(compared["result"]["sizes"]) for row in strategies)

    evaluated_by_a_contract(api, people, stack, project, version["id"])
    loaded = load_with_the_stock_client(stack, people.token("scientist"), project)
    assert loaded == "(2, 2)"


def evaluated_by_a_contract(api: Api, people, stack: Stack, project: int, version: int) -> None:
    """Drawn up by the maker, signed by both sides, judged by a worker, reported as PDF."""
    terms = {"target": 0.6, "expected": 0.9, "slices": [{"key": "class:dark", "title": "Dark", "target": 0.5}]}
    contract = api.call(
        "POST",
        f"projects/{project}/contracts/",
        json={"title": "Good enough", "terms": terms} | people.signers(project),
    )
    where = f"contracts/{contract['id']}"
    people.assign(Project.objects.get(pk=project))
    customer = Api(stack, people.token("customer"))
    early = api.call("POST", f"{where}/evaluations/", ok=(409,), json={"model_version_id": version})
    assert "signed" in early["detail"]
    customer.call("POST", f"{where}/sign/", json={"party": "customer", "terms_hash": contract["terms_hash"]})
    api.call("POST", f"{where}/sign/", json={"party": "maker", "terms_hash": contract["terms_hash"]})
    ordered = api.call("POST", f"{where}/evaluations/", json={"model_version_id": version})
    evaluation = ordered["evaluations"][0]
    ended = api.ended(evaluation["job"]["id"])
    assert ended["state"] == "done", ended["error"]
    contract = customer.call("GET", f"{where}/")
    whole, dark = contract["evaluations"][0]["result"]["parts"]
    held_out = api.call("GET", f"projects/{project}/snapshots/")["results"][0]["test_count"]
    assert (whole["items"], dark["key"]) == (held_out, "class:dark")
    assert contract["evaluations"][0]["verdict"] in ("pass", "inconclusive")
    assert (contract["state"] == "passed") == (contract["evaluations"][0]["verdict"] == "pass")
    rows = customer.call("GET", f"evaluations/{evaluation['id']}/item-results/")["results"]
    assert sum(row["correct"] for row in rows) == whole["correct"]
    for language in ("en", "ja"):
        response = customer.http.get(f"{customer.base}/{where}/report/?lang={language}", timeout=30)
        assert (response.status_code, response.content[:5]) == (200, b"%PDF-")


def load_with_the_stock_client(stack: Stack, token: str, project: int) -> str:
    """A notebook's three lines, in a process that knows nothing of Plateau."""
    code = (
        "import mlflow, numpy as np\n"
        f"mlflow.set_tracking_uri('{stack.url}/mlflow/project-{project}')\n"
        "model = mlflow.pyfunc.load_model('models:/image_probe@champion')\n"
        "print(model.predict(np.zeros((2, 224, 224, 3), dtype='float32'))['probabilities'].shape)\n"
    )
    env = {"PATH": os.environ["PATH"], "HOME": str(stack.home), "MLFLOW_TRACKING_TOKEN": token, "DO_NOT_TRACK": "1"}
    done = subprocess.run([sys.executable, "-I", "-c", code], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.strip().splitlines()[-1]


def long_training(api: Api, project: int, snapshot: int) -> int:
    params = {"epochs": 16, "image_size": 32, "width": 16}
    body = {"snapshot_id": snapshot, "recipe": "image_cnn", "params": params}
    return api.call("POST", f"projects/{project}/runs/", json=body)["job"]["id"]


def epochs(api: Api, job: int) -> list[dict]:
    return api.call("GET", f"jobs/{job}/")["log"]


def trainer_pids(stack: Stack, job: int) -> list[int]:
    """Of this very stack: other runners' jobs have the same numbers."""
    pids = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            words = (place / "cmdline").read_bytes().split(b"\0")
            ours = f"PLATEAU_HOME={stack.home}".encode() in (place / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        if ours and b"workers.runtime.trainer" in words and str(job).encode() in words:
            pids.append(int(place.name))
    return pids


def check_tracking(run_id: str, project: int, status: str, *, epochs: int) -> None:
    """The MLflow run has a value of each epoch that was reached, and figures of the machine."""
    from registry.mlflow_store.store import tracking_store

    with tracking_store(project) as store:
        run = store.get_run(run_id)
        assert run.info.status == status
        steps = {
            name: {metric.step for metric in store.get_metric_history(run_id, name)}
            for name in ("training_loss", "learning_rate", "system/cpu_utilization_percentage")
        }
    assert steps["training_loss"] == steps["learning_rate"] >= set(range(1, epochs + 1))
    assert steps["system/cpu_utilization_percentage"]
    assert run.data.params["epochs"] == "16"


@pytest.mark.slow
def test_kill_9_of_the_worker_and_cancel(people, stack):
    """One stack for both, since starting it costs more than the tests."""
    stack.web()
    stack.forks = None  # it is the trainer's own end with the worker that counts here
    stack.worker()
    stack.beat()
    api = Api(stack, people.token("admin"))
    project, snapshot = labeled_snapshot(api, 60)

    job = long_training(api, project, snapshot)
    stack.wait(lambda: len(epochs(api, job)) >= 3, 60, "three epochs")
    assert trainer_pids(stack, job)
    stack.kill("worker")
    before = epochs(api, job)
    stack.wait(lambda: trainer_pids(stack, job) == [], 5, "the trainer's end with its worker")
    stack.worker("second")
    ended = api.ended(job)
    assert (ended["state"], ended["attempt"]) == ("done", 2), ended["error"]
    after = [line for line in ended["log"] if line["attempt"] == 2]
    assert after[0]["step"] >= before[-1]["step"]  # it went on from its checkpoint
    assert after[-1]["step"] == 16
    assert len(api.call("GET", "models/")["results"]) == 1  # registered once
    run = TrainingRun.objects.get(job_id=job)
    check_tracking(run.mlflow_run_id, project, "FINISHED", epochs=16)
    written = api.call("GET", f"jobs/{job}/output/?limit=1000000")
    assert "training 16/16 training_loss=" in written["text"]
    assert written["end"] == written["size"] == len(written["text"])
    assert api.call("GET", f"jobs/{job}/output/?after={written['size']}")["text"] == ""

    second = long_training(api, project, snapshot)
    stack.wait(lambda: len(epochs(api, second)) >= 1, 60, "an epoch")
    asked = time.monotonic()
    api.call("POST", f"jobs/{second}/cancel/")
    cancelled = api.ended(second, seconds=15)
    assert cancelled["state"] == "cancelled"
    assert time.monotonic() - asked < 15
    assert trainer_pids(stack, second) == []
    assert Job.objects.get(pk=second).lease_until is None
    check_tracking(TrainingRun.objects.get(job_id=second).mlflow_run_id, project, "KILLED", epochs=1)
