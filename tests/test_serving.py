"""Serving with every real part: a switch without a failed request, clear words when it is full, back by itself."""

import io
import shutil
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow.parquet as pq
import pytest
import requests
from PIL import Image

from annotation.labeling.models import PreAnnotation, Task
from annotation.projects.models import Project
from annotation.snapshots.tests.factories import SplitAssignmentFactory
from registry.deployments.models import Feedback
from tests.stack import Stack
from tests.test_whole_way import Api, labeled_snapshot

pytestmark = [pytest.mark.processes, pytest.mark.timeout(400)]


def picture(seed: int, *, dark: bool) -> bytes:
    pixels = np.random.default_rng(seed).integers(0, 100, (24, 24, 3)) + (0 if dark else 140)
    out = io.BytesIO()
    Image.fromarray(pixels.astype("uint8")).save(out, "PNG")
    return out.getvalue()


def trained(api: Api, project: int, snapshot: int, seed: int) -> int:
    body = {"snapshot_id": snapshot, "recipe": "image_probe", "seed": seed}
    job = api.ended(api.call("POST", f"projects/{project}/runs/", json=body)["job"]["id"])
    assert job["state"] == "done", job["error"]
    return job["result"]["version_id"]


class Caller:
    """Somebody who sends pictures to a deployment."""

    def __init__(self, stack: Stack, token: str, name: str) -> None:
        self.url = f"{stack.url}/api/v1/deployments/{name}/predict/"
        self.head = {"Authorization": f"Bearer {token}", "Content-Type": "image/png"}

    def ask(self, data: bytes) -> requests.Response:
        return requests.post(self.url, data=data, headers=self.head, timeout=30)


def state_of(api: Api, name: str) -> dict:
    return api.call("GET", f"deployments/{name}/")


def test_a_deployment_from_its_first_answer_to_its_feedback(people, stack):
    stack.web()
    stack.worker()
    stack.beat()
    stack.serving()
    api = Api(stack, people.token("admin"))
    project, snapshot = labeled_snapshot(api, 60)
    first = trained(api, project, snapshot, 0)
    deployment = api.call("POST", "deployments/", json={"name": "shades", "version_id": first, "alias": "champion"})
    assert (deployment["version_id"], deployment["alias"]) == (first, "champion")
    api.call("POST", "deployments/", ok=(409,), json={"name": "shades", "version_id": first})
    stack.wait(lambda: state_of(api, "shades")["state"] == "serving", 30, "the deployment")

    assert Caller(stack, people.token("customer"), "shades").ask(picture(1, dark=True)).status_code == 404
    people.assign(Project.objects.get(pk=project))
    caller = Caller(stack, people.token("customer"), "shades")
    response = caller.ask(picture(1, dark=True))
    assert response.status_code == 200, response.text
    assert (response.json()["label"], response.json()["version"]) == ("dark", 1)
    assert caller.ask(picture(2, dark=False)).json()["label"] == "light"
    refused = caller.ask(b"no picture")
    assert (refused.status_code, refused.json()["code"]) == (400, "image_unreadable")
    assert Caller(stack, people.token("annotator"), "shades").ask(picture(1, dark=True)).status_code == 403
    assert Caller(stack, people.token("admin", "theirs"), "shades").ask(picture(1, dark=True)).status_code == 404

    a_switch_without_a_failed_request(api, stack, caller, project, snapshot)
    killed_in_mid_request(api, stack, caller)
    without_the_storage(api, stack, caller, project)
    back_to_people(api, stack, caller, project)
    many_at_once(api, stack, project, first)

    api.call("PATCH", "deployments/shades/", json={"is_running": False})
    assert caller.ask(picture(1, dark=True)).status_code == 409


def a_switch_without_a_failed_request(api: Api, stack: Stack, caller: Caller, project: int, snapshot: int) -> None:
    """The alias moves while pictures come in: every one is answered, the last ones by the new version."""
    second = trained(api, project, snapshot, 1)
    api.call("PATCH", "deployments/shades/", json={"shadow_version_id": second})
    over = threading.Event()
    answered: list[tuple[int, int]] = []

    def ask(seed: int) -> None:
        while not over.is_set():
            response = caller.ask(picture(seed, dark=True))
            answered.append((response.status_code, response.json().get("version", 0)))

    with ThreadPoolExecutor(4) as pool:
        waiting = [pool.submit(ask, seed) for seed in range(4)]
        time.sleep(1.5)
        api.call("POST", f"model-versions/{second}/aliases/", json={"alias": "champion"})
        stack.wait(lambda: bool(answered) and answered[-1][1] == 2, 30, "the switch")
        time.sleep(0.5)
        over.set()
        for future in waiting:
            future.result()
    assert {status for status, _ in answered} == {200}
    assert [version for _, version in answered] == sorted(version for _, version in answered) or answered[-1][1] == 2
    stack.wait(
        lambda: (state_of(api, "shades")["shadow_comparison"] or {"prediction_count": 0})["prediction_count"] > 0,
        20,
        "the shadow",
    )
    model = api.call("GET", f"model-versions/{second}/")["model_id"]
    assert api.call("POST", f"models/{model}/aliases/champion/rollback/")["version"] == 1
    stack.wait(lambda: caller.ask(picture(1, dark=True)).json()["version"] == 1, 20, "the way back")


def killed_in_mid_request(api: Api, stack: Stack, caller: Caller) -> None:
    """Without its process a deployment says so, and answers again once the process is back; nothing is set by hand."""
    stack.kill("serving")
    away = caller.ask(picture(1, dark=True))
    assert (away.status_code, away.json()["code"]) == (503, "serving_unavailable")
    stack.wait(lambda: state_of(api, "shades")["state"] == "unavailable", 30, "the notice")
    stack.serving()
    stack.wait(lambda: caller.ask(picture(1, dark=True)).status_code == 200, 30, "the answer")


def without_the_storage(api: Api, stack: Stack, caller: Caller, project: int) -> None:
    """A version whose files cannot be fetched says so and takes nothing over; with the storage it comes by itself."""
    second = api.call("GET", f"model-versions/?project_id={project}&name=image_probe")["results"][0]
    assert second["version"] == 2
    api.call("PATCH", "deployments/shades/", json={"shadow_version_id": 0})
    shutil.rmtree(stack.home / "cache" / "models" / f"{project}-{second['id']}", ignore_errors=True)
    stack.kill("serving")  # so that nothing is in memory
    stack.serving()
    stack.wait(lambda: caller.ask(picture(1, dark=True)).status_code == 200, 30, "the old version")
    (stack.home / "files" / "mlflow").rename(stack.home / "files" / "away")
    api.call("POST", f"model-versions/{second['id']}/aliases/", json={"alias": "champion"})
    stack.wait(lambda: state_of(api, "shades")["state"] == "failing", 30, "the notice")
    assert "gone from the storage" in state_of(api, "shades")["error"]
    assert caller.ask(picture(1, dark=True)).json()["version"] == 1
    (stack.home / "files" / "away").rename(stack.home / "files" / "mlflow")
    stack.wait(lambda: caller.ask(picture(1, dark=True)).json()["version"] == 2, 40, "the new version")


def back_to_people(api: Api, stack: Stack, caller: Caller, project: int) -> None:
    """A picture below the threshold comes into the queue once, with the model's answer kept back."""
    before = Task.objects.filter(project_id=project).count()
    api.call("PATCH", "deployments/shades/", json={"confidence_threshold": 1.0})
    stack.wait(lambda: state_of(api, "shades")["confidence_threshold"] == 1.0, 10, "the threshold")
    time.sleep(1.2)  # the serving process looks at the table twice a second
    for seed in (71, 72, 71):
        caller.ask(picture(seed, dark=False))
    stack.wait(lambda: Feedback.objects.filter(imported_at__isnull=False).count() >= 3, 40, "the feedback")
    assert Task.objects.filter(project_id=project).count() == before + 2
    pre_annotation = PreAnnotation.objects.get(task=Task.objects.filter(project_id=project, state="open").first())
    assert (pre_annotation.is_hidden, pre_annotation.value) == (True, {"label": "light"})
    handed = api.call("POST", f"projects/{project}/queue/next/", json={"count": 1})["tasks"][0]
    assert handed["pre_annotation"] is None
    api.call("POST", f"tasks/{handed['id']}/annotations/", json={"value": {"label": "light"}})
    feedback = state_of(api, "shades")["feedback"]
    assert feedback["annotated_count"] >= 1
    assert feedback["correct_count"] == feedback["annotated_count"]
    api.call("PATCH", "deployments/shades/", json={"confidence_threshold": -1})


def many_at_once(api: Api, stack: Stack, project: int, version: int) -> None:
    """Predictions over a dataset, and proposals for open tasks: not for held-out items, and some are kept back."""
    dataset = api.call("GET", "datasets/")["results"][0]["id"]
    batch = api.call("POST", f"model-versions/{version}/batch-predictions/", json={"dataset_id": dataset})
    ended = api.ended(batch["job"]["id"])
    assert ended["state"] == "done", ended["error"]
    got = api.http.get(f"{api.base}/batch-predictions/{batch['id']}/result/", timeout=30)
    rows = pq.read_table(io.BytesIO(got.content)).to_pylist()
    assert len(rows) == ended["result"]["items"] == 62
    right = [row["label"] == row["name"].split("-")[0] for row in rows if "-" in row["name"]]
    assert np.mean(right) > 0.9

    added = api.call("POST", f"datasets/{dataset}/uploads/")["id"]
    files = [("files", (f"new-{seed}.png", picture(1000 + seed, dark=seed % 2 == 0))) for seed in range(40)]
    api.call("POST", f"uploads/{added}/files/", files=files)
    api.ended(api.call("POST", f"uploads/{added}/start/")["job"]["id"])
    fresh = Task.objects.filter(project_id=project, item__name__startswith="new-")
    SplitAssignmentFactory(project=fresh.first().project, item=fresh.first().item, split="test")
    order = api.call("POST", f"model-versions/{version}/batch-predictions/", json={"hidden_fraction": 0.4})
    assert api.ended(order["job"]["id"])["state"] == "done"
    pre_annotations = PreAnnotation.objects.filter(task__in=fresh)
    assert pre_annotations.count() == 39
    assert not pre_annotations.filter(task=fresh.first()).exists()
    assert 5 <= pre_annotations.filter(is_hidden=True).count() <= 28


@pytest.mark.slow
def test_more_than_can_be_answered_is_refused_and_never_piles_up(people, stack):
    stack.env |= {"SERVING_QUEUE": "1", "SERVING_BATCH": "1", "SERVING_THREADS": "1"}
    stack.web()
    stack.worker()
    stack.serving()
    api = Api(stack, people.token("admin"))
    project, snapshot = labeled_snapshot(api, 40)
    version = trained(api, project, snapshot, 0)
    api.call("POST", "deployments/", json={"name": "narrow", "version_id": version})
    stack.wait(lambda: state_of(api, "narrow")["state"] == "serving", 30, "the deployment")
    caller = Caller(stack, people.token("scientist"), "narrow")
    with ThreadPoolExecutor(24) as pool:
        responses = list(pool.map(lambda seed: caller.ask(picture(seed, dark=True)), range(120)))
    codes = {response.status_code for response in responses}
    assert 200 in codes
    assert codes <= {200, 429}, [
        response.text[:300] for response in responses if response.status_code not in (200, 429)
    ][:2]
    for response in responses:
        if response.status_code == 429:
            assert int(response.headers["Retry-After"]) >= 1
            assert response.json()["code"] == "prediction_queue_full"
    assert caller.ask(picture(1, dark=True)).status_code == 200
