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
from labelkit.project_types import PROJECT_TYPES, ProjectType
from labelkit.tests.conformance import CASES, CLASS_LABELS, PROMISES, Case
from labelkit.tests.media_conformance import MEDIA_PROMISES, MediaCase
from labelkit.tests.project_type_conformance import PROJECT_TYPE_PROMISES
from statkit.tests.examples import examples
from tests.test_whole_way import Api
from tests.toys.toy_grade import GRADES, Grade
from tests.toys.toy_series import SERIES_CLASSES, SeriesMedia

SERIES = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=20).map(
    lambda values: "\n".join(map(str, values)).encode()
)
BROKEN = st.sampled_from([b"one\ntwo", b" ", b"1\nnan", b"\xff"])
SERIES_CASE = MediaCase(SeriesMedia(), "a.series.csv", SERIES, BROKEN)
GRADE_VALUES = st.sampled_from(["cat", "dog", "inu"]).map(lambda label: {"grade": label})
GRADE_CASE = Case(Grade(), CLASS_LABELS, GRADE_VALUES)


@pytest.mark.parametrize("promise", MEDIA_PROMISES, ids=lambda promise: promise.__name__)
@given(data=st.data())
@settings(max_examples=examples(20), deadline=None, suppress_health_check=list(HealthCheck))
def test_the_toy_medium_keeps_the_promises(promise, data):
    promise(SERIES_CASE, data)


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.__name__)
@given(data=st.data())
@settings(max_examples=examples(20), deadline=None, suppress_health_check=list(HealthCheck))
def test_the_toy_annotation_type_keeps_the_promises(promise, data):
    with MEDIA_TYPES.including(SeriesMedia()), ANNOTATION_TYPES.including(Grade()):
        promise(GRADE_CASE, data)


@pytest.mark.parametrize("promise", PROJECT_TYPE_PROMISES, ids=lambda promise: promise.__name__)
@pytest.mark.parametrize(
    ("project_type", "case"), [(GRADES, GRADE_CASE), (SERIES_CLASSES, CASES["classification"])], ids=["own", "known"]
)
@given(data=st.data())
@settings(max_examples=examples(20), deadline=None, suppress_health_check=list(HealthCheck))
def test_the_toy_project_types_keep_the_promises(project_type: ProjectType, case: Case, promise, data):
    with MEDIA_TYPES.including(SeriesMedia()), ANNOTATION_TYPES.including(Grade()):
        promise(project_type, SERIES_CASE, case, data)


ENTRY_POINTS = """\
[plateau.media_types]
series = tests.toys.toy_series:SeriesMedia
[plateau.annotation_types]
grade = tests.toys.toy_grade:Grade
[plateau.project_types]
grade = tests.toys.toy_grade:GRADES
series_class = tests.toys.toy_series:SERIES_CLASSES
"""


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
    (info / "entry_points.txt").write_text(ENTRY_POINTS)
    folders = [str(tmp_path), *(folder for folder in sys.path if folder)]
    stack.env["PYTHONPATH"] = ":".join(folders)
    assert "series" not in MEDIA_TYPES
    assert "grade" not in ANNOTATION_TYPES
    assert "grade" not in PROJECT_TYPES


def label_all(api: Api, project: int, wrong: str, field: str = "grade") -> int:
    """How many series one person graded; one of them wrong."""
    count = 0
    while tasks := api.call("POST", f"projects/{project}/queue/next/", json={"count": 1})["tasks"]:
        name = tasks[0]["item"]["name"]
        grade = "wild" if name == wrong else name.split("-")[0]
        api.call("POST", f"tasks/{tasks[0]['id']}/annotations/", json={"value": {field: grade}})
        count += 1
    return count


@pytest.mark.processes
@pytest.mark.timeout(600)
def test_the_toys_go_the_whole_way(people, stack, toys_installed):
    stack.web()
    stack.worker()
    api, annotator = Api(stack, people.token("admin")), Api(stack, people.token("annotator"))
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
    assert label_all(annotator, project, wrong="") == 45
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

    types = {row["key"]: row for row in api.call("GET", "project-types/?media_type=series")["results"]}
    assert (types["grade"]["annotation_type"], types["grade"]["default_min_agreement"]) == ("grade", 0.7)
    assert (types["series_class"]["annotation_type"], types["series_class"]["editor_form"]) == (
        "classification",
        "class",
    )
    assert api.call("GET", f"projects/{project}/")["queue_settings"]["min_agreement"] == 0.7
    go_the_whole_way_with_classes(api, dataset, labels)


def go_the_whole_way_with_classes(api: Api, dataset: int, labels: list) -> None:
    """The annotation type that everybody knows, on the toy medium: label, freeze, train, export, import."""
    body = {"name": "Classes", "kind": "series_class", "dataset_id": dataset, "labels": labels}
    project = api.call("POST", "projects/", json=body)["id"]
    assert label_all(api, project, wrong="calm-1.series.csv", field="label") == 45
    snapshot = api.call("POST", f"projects/{project}/snapshots/")
    assert api.ended(snapshot["job"]["id"])["state"] == "done"
    order = {"snapshot_id": snapshot["id"], "recipe": "majority", "params": {}}
    run = api.ended(api.call("POST", f"projects/{project}/runs/", json=order)["job"]["id"], 200)
    assert run["state"] == "done", run["error"]
    assert run["result"]["metrics"]["accuracy"]["value"] > 0
    recipes = api.call("GET", "recipes/?project_types=series_class")["results"]
    assert [recipe["key"] for recipe in recipes] == ["majority"]  # the others read other media
    formats = [row["key"] for row in api.call("GET", f"projects/{project}/formats/")["results"]]
    assert "csv" in formats  # classes of any medium
    assert "cvat" not in formats  # pictures alone
    exported = api.http.get(f"{api.base}/projects/{project}/export/?format=csv")
    again = api.call("POST", "projects/", json={**body, "name": "Classes again"})["id"]
    files = {"file": ("labels.csv", exported.content)}
    job = api.ended(api.call("POST", f"projects/{again}/labels/import/", data={"format": "csv"}, files=files)["id"])
    assert job["state"] == "done", job["error"]
    assert api.call("GET", f"projects/{again}/")["tasks"]["done"] == 45
