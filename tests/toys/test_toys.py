"""A media type and an annotation type that one module each knows go the whole way, brought by entry points alone."""

import io
import json
import sys
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labelkit.annotations import ANNOTATION_TYPES
from labelkit.media import MEDIA_TYPES
from labelkit.tests.conformance import CLASS_LABELS, PROMISES, Case
from labelkit.tests.media_conformance import MEDIA_PROMISES, MediaCase
from tests.test_whole_way import Api
from tests.toys.toy_grade import Grade
from tests.toys.toy_series import SeriesMedia

SERIES = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=20).map(
    lambda values: "\n".join(map(str, values)).encode()
)
BROKEN = st.sampled_from([b"one\ntwo", b" ", b"1\nnan", b"\xff"])
SERIES_CASE = MediaCase(SeriesMedia(), "a.series.csv", SERIES, BROKEN)
GRADES = st.sampled_from(["cat", "dog", "inu"]).map(lambda label: {"grade": label})


@pytest.mark.parametrize("promise", MEDIA_PROMISES, ids=lambda promise: promise.__name__)
@given(data=st.data())
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_toy_medium_keeps_the_promises(promise, data):
    promise(SERIES_CASE, data)


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.__name__)
@given(data=st.data())
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_toy_annotation_type_keeps_the_promises(promise, data):
    with MEDIA_TYPES.including(SeriesMedia()), ANNOTATION_TYPES.including(Grade()):
        promise(Case(Grade(), CLASS_LABELS, GRADES), data)


def series(count: int) -> bytes:
    """A zip of series; every third is wild."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(count):
            step = 100 if number % 3 == 0 else 1
            lines = "\n".join(str(step * (n % 2) + number) for n in range(8))
            archive.writestr(f"{'wild' if number % 3 == 0 else 'calm'}-{number}.series.csv", lines)
        archive.writestr("broken.series.csv", "one\ntwo")
    return out.getvalue()


@pytest.fixture
def toys_installed(stack, tmp_path: Path):
    """The toys as an installed package in every process of the stack; this process does not know them."""
    info = tmp_path / "toys-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: toys\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[plateau.media_types]\nseries = toy_series:SeriesMedia\n[plateau.annotation_types]\ngrade = toy_grade:Grade\n"
    )
    folders = [str(tmp_path), str(Path(__file__).parent), *(folder for folder in sys.path if folder)]
    stack.env["PYTHONPATH"] = ":".join(folders)
    assert "series" not in MEDIA_TYPES
    assert "grade" not in ANNOTATION_TYPES


def label_all(api: Api, project: int, wrong: str) -> int:
    """How many series one person graded; one of them wrong."""
    count = 0
    while tasks := api.call("POST", f"projects/{project}/queue/next/", json={"count": 1})["tasks"]:
        name = tasks[0]["item"]["name"]
        grade = "wild" if name == wrong else name.split("-")[0]
        api.call("POST", f"tasks/{tasks[0]['id']}/annotations/", json={"value": {"grade": grade}})
        count += 1
    return count


@pytest.mark.processes
@pytest.mark.timeout(600)
def test_the_toys_go_the_whole_way(people, stack, toys_installed):
    stack.web()
    stack.worker()
    api, other = Api(stack, people.token("admin")), Api(stack, people.token("annotator"))
    dataset = api.call("POST", "datasets/", json={"name": "Series"})["id"]
    batch = api.call("POST", f"datasets/{dataset}/uploads/")["id"]
    api.call("POST", f"uploads/{batch}/files/", files={"files": ("series.zip", series(45))})
    job = api.ended(api.call("POST", f"uploads/{batch}/start/")["job"]["id"])
    assert job["result"] == {"added": 45, "duplicates": 0, "rejected": 1}, job
    assert api.call("GET", f"uploads/{batch}/")["findings"][0]["code"] == "broken_series"
    item = api.call("GET", f"datasets/{dataset}/items/?limit=1")["results"][0]
    assert (item["media_type"], item["facts"]["length"], item["width"]) == ("series", 8, None)
    content = api.http.get(f"{api.base}/assets/{item['asset_id']}/content/")
    assert (content.headers["Content-Type"], len(content.text.split())) == ("text/csv", 8)
    thumbnail = api.http.get(f"{api.base}/assets/{item['asset_id']}/thumbnail/")
    assert thumbnail.headers["Content-Type"] == "image/png"

    labels = [{"id": key, "name": key.title(), "color": "#336699"} for key in ("calm", "wild")]
    body = {"name": "Grades", "kind": "grade", "dataset_id": dataset, "labels": labels}
    project = api.call("POST", "projects/", json=body)["id"]
    api.call("PATCH", f"projects/{project}/queue-settings/", json={"overlap": 2})
    task = api.call("POST", f"projects/{project}/queue/next/", json={"count": 1})["tasks"][0]
    where, grade = f"tasks/{task['id']}/annotations/", task["item"]["name"].split("-")[0]
    assert "stormy" in str(api.call("POST", where, json={"value": {"grade": "stormy"}}, ok=(400, 422)))
    api.call("POST", where, json={"value": {"grade": grade}})
    wrong = next(name for name in ("calm-1.series.csv", "calm-2.series.csv") if name != task["item"]["name"])
    assert label_all(api, project, wrong=wrong) == 44
    assert label_all(other, project, wrong="") == 45
    agreement = api.call("GET", f"projects/{project}/agreement/")
    assert agreement["task_count"] == 45
    assert len(agreement["confusions"]) == 1

    snapshot = api.call("POST", f"projects/{project}/snapshots/")
    assert api.ended(snapshot["job"]["id"])["state"] == "done"
    order = {"snapshot_id": snapshot["id"], "recipe": "majority", "params": {}}
    run = api.ended(api.call("POST", f"projects/{project}/runs/", json=order)["job"]["id"], 200)
    assert run["state"] == "done", run["error"]
    accuracy = run["result"]["metrics"]["accuracy"]["value"]
    assert 0 < accuracy < 1
    evaluated = api.ended(api.call("POST", f"model-versions/{run['result']['version_id']}/evaluate/")["id"], 100)
    assert evaluated["state"] == "done", evaluated["error"]
    assert evaluated["result"]["metrics"]["accuracy"]["value"] == pytest.approx(accuracy)

    exported = api.http.get(f"{api.base}/projects/{project}/export/?format=jsonl")
    grades = {row["name"]: row["value"] for row in map(json.loads, exported.text.splitlines())}
    assert len(grades) == 45
    again = api.call("POST", "projects/", json={**body, "name": "Again"})["id"]
    files = {"file": ("labels.jsonl", exported.content)}
    taken = api.call("POST", f"projects/{again}/labels/import/", data={"format": "jsonl"}, files=files)
    job = api.ended(taken["id"])
    assert job["state"] == "done", job["error"]
    back = api.http.get(f"{api.base}/projects/{again}/export/?format=jsonl").text
    assert {row["name"]: row["value"] for row in map(json.loads, back.splitlines())} == grades
