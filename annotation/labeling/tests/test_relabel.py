import uuid

import pytest

from annotation.labeling import queue
from annotation.labeling.models import Annotation, Task

pytestmark = pytest.mark.django_db
APPLE = {"id": "apple", "name": "Apple", "color": "#b91c1c", "key": "1"}
PLUM = {"id": "plum", "name": "Plum", "color": "#4d7c0f"}


def put(client, project, labels, **more):
    body = {"labels": labels, **more}
    return client.put(
        f"/api/v1/projects/{project.pk}/label-schema/", body, content_type="application/json", headers={"If-Match": "*"}
    )


@pytest.fixture
def project(people, make_project):
    project = make_project(items=4, kind="boxes")
    actor = people.actor("annotator")
    for number in range(3):
        task = queue.lease_next_tasks(actor=actor, project_id=project.pk).tasks[0]["id"]
        regions = [
            {"id": f"r{n}", "label": label, "x": 1 + n, "y": 1, "w": 5, "h": 5}
            for n, label in enumerate(["apple", "pear"][: 1 + (number > 0)])
        ]
        queue.submit_annotation(actor=actor, task_id=task, value={"regions": regions}, client_id=uuid.uuid4())
    return project


def test_a_change_is_told_before_it_is_made(people, project):
    client = people.client("manager")
    body = {"labels": [{**APPLE, "name": "Red apple"}, PLUM]}
    response = client.post(
        f"/api/v1/projects/{project.pk}/label-schema/preview/", body, content_type="application/json"
    ).json()
    assert {(effect["label"], effect["effect"], effect["annotation_count"]) for effect in response["effects"]} == {
        ("apple", "renamed", 3),
        ("pear", "removed", 2),
        ("plum", "added", 0),
    }
    assert response["must_move"] == ["pear"]
    assert put(client, project, body["labels"]).status_code == 409


def test_a_label_that_goes_gives_its_answers_to_another_and_the_old_answers_stay(people, project):
    before = list(Annotation.objects.order_by("pk").values_list("value", flat=True))
    response = put(people.client("manager"), project, [APPLE, PLUM], moves={"pear": "plum"})
    assert response.json()["schema_version"] == 2
    now = [task.annotation for task in Task.objects.filter(state="done").order_by("annotation_id")]
    assert sum("pear" in str(annotation.value) for annotation in now) == 0
    assert sum("plum" in str(annotation.value) for annotation in now) == 2
    moved = [annotation for annotation in now if annotation.source == "relabeled"]
    assert len(moved) == 2
    assert all(
        annotation.supersedes.value != annotation.value and annotation.schema_version == 2 for annotation in moved
    )
    assert list(Annotation.objects.order_by("pk").values_list("value", flat=True))[: len(before)] == before


def test_regions_of_a_label_that_moves_to_nothing_are_left_out(people, project):
    put(people.client("manager"), project, [APPLE], moves={"pear": ""})
    assert all(len(task.annotation.value["regions"]) == 1 for task in Task.objects.filter(state="done"))


def test_a_class_cannot_move_to_nothing(people, make_project, answer_all):
    project = make_project(items=4)
    answer_all(people.actor("annotator"), project)
    response = put(people.client("manager"), project, [APPLE], moves={"pear": ""})
    assert response.status_code == 409
    project.refresh_from_db()
    assert project.schema_version == 1


def test_a_label_of_relations_is_in_use_as_one_of_spans_is(people, make_project):
    project = make_project(items=1, kind="spans")
    client = people.client("manager")
    labels = [APPLE, {"id": "beside", "name": "Beside", "color": "#4d7c0f", "shape": "relation"}]
    assert put(client, project, labels).status_code == 200
    task = queue.lease_next_tasks(actor=people.actor("annotator"), project_id=project.pk).tasks[0]["id"]
    spans = [{"id": f"s{n}", "label": "apple", "start": n, "end": n + 1} for n in range(2)]
    value = {"spans": spans, "relations": [{"id": "r", "label": "beside", "from": "s0", "to": "s1"}]}
    queue.submit_annotation(actor=people.actor("annotator"), task_id=task, value=value, client_id=uuid.uuid4())
    response = client.post(
        f"/api/v1/projects/{project.pk}/label-schema/preview/", {"labels": [APPLE]}, content_type="application/json"
    )
    assert response.json()["must_move"] == ["beside"]
    assert put(client, project, [APPLE]).status_code == 409
    assert put(client, project, [APPLE], moves={"beside": ""}).status_code == 200
    assert Task.objects.get(pk=task).annotation.value == {"spans": spans, "relations": []}
