"""Every kind of labeling goes the whole way with real processes: labels, snapshot, training beside a baseline,
registry, judging again from the registered files, curve, search."""

import io
import json
import time
import zipfile

import numpy as np
import pytest
import requests
from PIL import Image

from annotation.labeling.models import PreAnnotation
from labelkit.annotations import ANNOTATION_TYPES, Schema
from labelkit.geometries import Frame
from tests.stack import Stack
from tests.test_whole_way import Api

pytestmark = [pytest.mark.processes, pytest.mark.timeout(600)]


def project_of(api: Api, kind: str, labels: list[str], lines: list[dict] | None, files: bytes | None) -> int:
    dataset = api.call("POST", "datasets/", json={"name": kind})["id"]
    if files is not None:
        batch = api.call("POST", f"datasets/{dataset}/uploads/")["id"]
        api.call("POST", f"uploads/{batch}/files/", files={"files": ("a.zip", files)})
        assert api.ended(api.call("POST", f"uploads/{batch}/start/")["job"]["id"])["state"] == "done"
    schema_labels = [{"id": label, "name": label, "color": "#336699"} for label in labels]
    body = {"name": kind, "kind": kind, "dataset_id": dataset, "labels": schema_labels}
    project = api.call("POST", "projects/", json=body)["id"]
    if lines is not None:
        text = "\n".join(json.dumps(line) for line in lines)
        headers = {"Content-Type": "application/x-ndjson"}
        added = api.call("POST", f"projects/{project}/tasks/import/", data=text.encode(), headers=headers)
        assert added["created_count"] == len(lines)
    return project


def label_all(api: Api, project: int, value_of) -> int:
    tasks = api.call("POST", f"projects/{project}/queue/next/", json={"count": 1})["tasks"]
    while tasks:
        value = value_of(tasks[0]["item"])
        tasks = api.call("POST", f"tasks/{tasks[0]['id']}/annotations/?next=1", json={"value": value})["next_tasks"]
    snapshot = api.call("POST", f"projects/{project}/snapshots/")
    assert api.ended(snapshot["job"]["id"])["state"] == "done"
    return snapshot["id"]


def trained(
    api: Api, project: int, snapshot: int, recipe: str, params: dict, metric: str, *, again: bool = True
) -> dict:
    body = {"snapshot_id": snapshot, "recipe": recipe, "params": params}
    job = api.ended(api.call("POST", f"projects/{project}/runs/", json=body)["job"]["id"], 200)
    assert job["state"] == "done", job["error"]
    result = job["result"]
    assert result["primary"] == metric
    assert result["baseline"]["difference"]["low"] <= result["baseline"]["difference"]["value"]
    version = api.call("GET", f"model-versions/{result['version_id']}/")
    assert version["is_evaluable"]
    assert version["evaluation"]["metrics"][metric] == result["metrics"][metric]
    if again:
        job = api.ended(api.call("POST", f"model-versions/{version['id']}/evaluate/")["id"], 100)
        assert job["state"] == "done", job["error"]
        assert job["result"]["metrics"][metric]["value"] == pytest.approx(result["metrics"][metric]["value"], abs=1e-6)
    return version


def texts(count: int) -> list[dict]:
    rng = np.random.default_rng(0)
    words = {"good": ["とても良い", "最高です", "lovely", "great"], "bad": ["とても悪い", "最悪です", "awful", "poor"]}
    lines = []
    for index in range(count):
        kind = "good" if index % 2 else "bad"
        code = "".join(chr(int(letter)) for letter in rng.integers(97, 123, 12))
        lines.append({"text": f"{words[kind][index // 2 % 4]} {code}", "name": f"{kind}-{index}"})
    return lines


def rows(count: int) -> list[dict]:
    rng = np.random.default_rng(1)
    return [
        {"row": {"size": round(float(rng.uniform(1, 9)), 3), "place": ["east", "west"][index % 2]}, "name": f"r{index}"}
        for index in range(count)
    ]


def boxes(count: int, seed: int = 2) -> tuple[bytes, dict[str, list[int]]]:
    rng = np.random.default_rng(seed)
    out, where = io.BytesIO(), {}
    with zipfile.ZipFile(out, "w") as archive:
        for index in range(count):
            pixels = rng.integers(0, 256, (64, 64, 3))
            x, y = (int(coordinate) for coordinate in rng.integers(4, 30, 2))
            pixels[y : y + 24, x : x + 24] = 255
            picture = io.BytesIO()
            Image.fromarray(pixels.astype("uint8")).save(picture, "PNG")
            archive.writestr(f"b{index}.png", picture.getvalue())
            where[f"b{index}.png"] = [x, y]
    return out.getvalue(), where


def sweep_in(api: Api, project: int, snapshot: int) -> None:
    """Trials are shared by workers; what was found can be trained; a search that is over cannot be stopped."""
    order = {"snapshot_id": snapshot, "recipe": "text_linear", "trial_count": 2, "method": "tpe", "seed": 3}
    order["space"] = {"C": {"min": 0.01, "max": 100}, "ngram_max": {"min": 1, "max": 3}}
    sweep = api.call("POST", f"projects/{project}/sweeps/", json=order)
    where = f"sweeps/{sweep['id']}/"
    deadline = time.monotonic() + 120
    while (sweep := api.call("GET", where))["ended_count"] < 2 and time.monotonic() < deadline:
        time.sleep(0.3)
    assert {trial["state"] for trial in sweep["trials"]} <= {"done", "pruned"}, sweep["trials"]
    best = sweep["trials"][sweep["best_trial"]]
    assert best["value"] == max(trial["value"] or 0 for trial in sweep["trials"])
    assert 0.01 <= best["params"]["C"] <= 100
    assert [rung["label_count"] for rung in best["rungs"]] == sorted({rung["label_count"] for rung in best["rungs"]})
    assert api.call("POST", f"{where}stop/", ok=(409,))["code"] == "sweep_ended"
    refused = api.call("POST", f"projects/{project}/sweeps/", ok=(400, 422), json=order | {"space": {"C": {"min": -1}}})
    assert refused["errors"][0]["field"] == "space.C"


@pytest.fixture
def api(people, stack: Stack) -> Api:
    stack.web()
    stack.worker()
    return Api(stack, people.token("admin"))


def test_texts_from_labels_to_a_judged_model_and_a_search(api):
    project = project_of(api, "text_classification", ["good", "bad"], texts(80), None)
    snapshot = label_all(api, project, lambda item: {"label": item["name"].split("-")[0]})
    version = trained(api, project, snapshot, "text_linear", {}, "accuracy")
    assert version["evaluation"]["metrics"]["accuracy"]["value"] > 0.9
    assert version["flavors"] == ["plateau"]

    sweep_in(api, project, snapshot)


@pytest.mark.slow
def test_rows_from_labels_to_a_curve(api):
    project = project_of(api, "row_number", ["price"], rows(100), None)
    price = lambda item: {"number": 10 * float(item["text"].split("size: ")[1].split("\n")[0])}  # noqa: E731
    snapshot = label_all(api, project, price)
    study = api.call(
        "POST", f"projects/{project}/learning-curves/", json={"snapshot_id": snapshot, "recipe": "rows_linear"}
    )
    assert api.ended(study["job"]["id"])["state"] == "done"
    points = api.call("GET", f"learning-curves/{study['id']}/")["points"]
    assert points
    assert all(0 <= point["accuracy"] <= 1 for point in points)


@pytest.mark.slow
def test_boxes_from_labels_to_a_model_that_is_compared_exported_proposes_and_answers(api, stack):
    archive, where = boxes(24)
    project = project_of(api, "boxes", ["bright"], None, archive)

    def marked(item: dict) -> dict:
        x, y = where[item["name"]]
        return {"regions": [{"id": "a", "label": "bright", "x": x, "y": y, "w": 24, "h": 24}]}

    snapshot = label_all(api, project, marked)
    quick = {"epochs": 2, "image_size": 64, "min_examples_per_epoch": 20}
    first = trained(api, project, snapshot, "boxes_centers", quick, "ap50")
    assert first["flavors"] == ["onnx", "plateau"]
    assert (first["output_kind"], first["browser_output_kind"]) == ("boxes", "boxes")
    second = trained(
        api,
        project,
        snapshot,
        "boxes_centers",
        {"epochs": 20, "image_size": 64, "min_examples_per_epoch": 24},
        "ap50",
        again=False,
    )
    compared_in_pairs(api, first, second)
    exported_for_the_browser(api, second)
    proposed(api, project, second)
    served(api, stack, second)


def compared_in_pairs(api: Api, version: dict, other_version: dict) -> None:
    """Models that mark regions are compared on the same samples of the held-out items."""
    comparison = api.call("GET", f"model-versions/compare/?a={version['id']}&b={other_version['id']}")
    assert (comparison["counts"], comparison["disagreements"]) == (None, [])
    first = comparison["metrics"][0]
    assert first["metric"] == "ap50"
    assert first["difference"]["value"] == pytest.approx(first["b"]["value"] - first["a"]["value"])
    assert first["difference"]["low"] <= first["difference"]["value"] <= first["difference"]["high"]
    same = api.call("GET", f"model-versions/compare/?a={version['id']}&b={version['id']}")["metrics"][0]["difference"]
    assert same == {"value": 0.0, "low": 0.0, "high": 0.0}


def exported_for_the_browser(api: Api, version: dict) -> None:
    """Every number format, with what it costs on the test set in the metric of the kind."""
    job = api.ended(api.call("POST", f"model-versions/{version['id']}/exports/")["id"], 200)
    assert job["state"] == "done", job["error"]
    rows = {row["variant"]: row for row in api.call("GET", f"model-versions/{version['id']}/exports/")["results"]}
    assert [row["error"] for row in rows.values()] == ["", "", ""]
    assert {row["metric"] for row in rows.values()} == {"ap50"}
    assert rows["fp32"]["difference"] == {"value": 0.0, "low": 0.0, "high": 0.0}
    assert rows["int8"]["size_bytes"] < 0.45 * rows["fp32"]["size_bytes"]
    card = api.call("GET", f"model-versions/{version['id']}/exports/int8/")
    assert (card["output_kind"], card["labels"]) == ("boxes", ["bright"])
    assert set(card["samples"][0]["outputs"]) == {"scores", "classes", "boxes"}


def proposed(api: Api, project: int, version: dict) -> None:
    """New pictures get the model's boxes as proposals, in the form in which people answer."""
    dataset = api.call("GET", f"projects/{project}/")["dataset_id"]
    archive, _ = boxes(6, seed=9)
    batch = api.call("POST", f"datasets/{dataset}/uploads/")["id"]
    api.call("POST", f"uploads/{batch}/files/", files={"files": ("b.zip", archive)})
    assert api.ended(api.call("POST", f"uploads/{batch}/start/")["job"]["id"])["state"] == "done"
    order = api.call("POST", f"model-versions/{version['id']}/batch-predictions/", json={"hidden_fraction": 0})
    assert api.ended(order["job"]["id"])["state"] == "done"
    pre_annotations = list(PreAnnotation.objects.filter(task__project=project))
    assert pre_annotations
    for pre_annotation in pre_annotations:
        answered = ANNOTATION_TYPES["boxes"].validate(
            pre_annotation.value, schema=Schema.of(1, [{"id": "bright"}], []), frame=Frame(64, 64)
        )
        assert len(answered["regions"]) == len(pre_annotation.value["regions"])


def served(api: Api, stack: Stack, version: dict) -> None:
    """A deployment answers with boxes in pixels of the picture that was sent."""
    stack.serving()
    api.call("POST", "deployments/", json={"name": "brights", "version_id": version["id"]})
    stack.wait(lambda: api.call("GET", "deployments/brights/")["state"] == "serving", 30, "the deployment")
    archive, where = boxes(1, seed=11)
    with zipfile.ZipFile(io.BytesIO(archive)) as files:
        data = files.read("b0.png")
    head = {"Authorization": api.http.headers["Authorization"], "Content-Type": "image/png"}
    response = requests.post(f"{stack.url}/api/v1/deployments/brights/predict/", data=data, headers=head, timeout=30)
    assert response.status_code == 200, response.text
    prediction = response.json()
    assert (prediction["kind"], prediction["width"], prediction["height"], prediction["top_labels"]) == (
        "boxes",
        64,
        64,
        [],
    )
    assert prediction["regions"], "a white square on noise was not found"
    x, y = where["b0.png"]
    best = prediction["regions"][0]
    assert abs(best["x"] + best["w"] / 2 - x - 12) < 8
    assert abs(best["y"] + best["h"] / 2 - y - 12) < 8
