import csv
import io
import json
import re
import uuid
from pathlib import Path

import pytest

from annotation.formats.catalog import FORMATS
from annotation.formats.table import harmless
from annotation.labeling import queue
from annotation.labeling.models import Task
from annotation.projects.queries import current_schema
from annotation.snapshots.tests.factories import SnapshotEntryFactory, SnapshotFactory

pytestmark = pytest.mark.django_db


def export(client, project, kind: str):
    response = client.get(f"/api/v1/projects/{project.pk}/export/?format={kind}")
    return response, b"".join(response.streaming_content).decode() if response.streaming else response.content.decode()


def test_jsonl_holds_every_answer(people, make_project, answer_all):
    project = make_project(items=5)
    answer_all(people.actor("annotator"), project)
    answer, text = export(people.client("manager"), project, "jsonl")
    rows = [json.loads(line) for line in text.splitlines()]
    assert answer["Content-Disposition"] == 'attachment; filename="fruit.jsonl"'
    assert [row["value"]["label"] for row in sorted(rows, key=lambda row: row["name"])] == [
        "apple",
        "pear",
        "apple",
        "pear",
        "apple",
    ]
    assert rows[0]["annotator"] == "annotator@ours.example"


def test_csv_reads_back_and_holds_no_formula(people, make_project, answer_all):
    project = make_project(items=2)
    project.dataset.items.filter(name="0.png").update(name="=cmd|calc")
    actor = people.actor("annotator")
    for task in queue.lease_next_tasks(actor=actor, project_id=project.pk, count=2).tasks:
        queue.submit_annotation(actor=actor, task_id=task["id"], value={"label": "pear"}, client_id=uuid.uuid4())
    _, text = export(people.client("manager"), project, "csv")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row["name"] for row in rows} == {"'=cmd|calc", "1.png"}
    assert {row["label_name"] for row in rows} == {"Pear"}
    assert harmless("a=b") == "a=b"


def test_an_empty_csv_still_has_its_header(people, make_project):
    _, text = export(people.client("manager"), make_project(), "csv")
    assert text.startswith("item_id,name,")


def test_coco_has_a_box_for_each_region(people, make_project):
    project, actor = make_project(items=2, kind="boxes"), people.actor("annotator")
    tasks = queue.lease_next_tasks(actor=actor, project_id=project.pk, count=2).tasks
    box = {"id": "a", "label": "pear", "x": 1, "y": 2, "w": 10, "h": 20}
    boxes = [[box, box | {"id": "b", "label": "apple"}], []]
    for task, regions in zip(tasks, boxes, strict=True):
        queue.submit_annotation(actor=actor, task_id=task["id"], value={"regions": regions}, client_id=uuid.uuid4())
    _, text = export(people.client("manager"), project, "coco")
    coco = json.loads(text)
    assert [entry["name"] for entry in coco["categories"]] == ["Apple", "Pear"]
    assert len(coco["images"]) == 2
    assert [(entry["category_id"], entry["bbox"], entry["area"]) for entry in coco["annotations"]] == [
        (2, [1, 2, 10, 20], 200),
        (1, [1, 2, 10, 20], 200),
    ]


def test_a_format_that_cannot_hold_the_kind_says_which_can(people, make_project):
    response, text = export(people.client("manager"), make_project(), "coco")
    assert response.status_code == 400
    assert "csv, cvat, jsonl" in json.loads(text)["detail"]


def test_the_screen_has_words_for_everything_that_a_format_loses():
    words = (Path(__file__).parents[3] / "frontend/src/features/projects/losses.ts").read_text()
    translated = set(re.findall(r'_\(\s*"([^"]+)"', words))
    assert {loss for fmt in FORMATS.values() for loss in fmt.loses} == translated


def test_an_export_of_a_snapshot_holds_its_labels_whatever_is_annotated_later(people, make_project, answer_all):
    project = make_project(items=2)
    answer_all(people.actor("annotator"), project)
    first = Task.objects.filter(project=project).order_by("pk")[0]
    snapshot = SnapshotFactory(project=project, version=3, labels=current_schema(project).labels)
    SnapshotEntryFactory(snapshot=snapshot, annotation=first.annotation)
    manager = people.client("manager")
    answer, text = export(manager, project, f"jsonl&snapshot_id={snapshot.pk}")
    assert [json.loads(line)["name"] for line in text.splitlines()] == [first.item.name]
    assert answer["Content-Disposition"] == 'attachment; filename="fruit-v3.jsonl"'
    building = SnapshotFactory(project=project, state="building", version=4)
    refused = manager.get(f"/api/v1/projects/{project.pk}/export/?snapshot_id={building.pk}")
    assert (refused.status_code, refused.json()["code"]) == (409, "snapshot_not_ready")
    foreign = SnapshotFactory()
    assert manager.get(f"/api/v1/projects/{project.pk}/export/?snapshot_id={foreign.pk}").status_code == 404
