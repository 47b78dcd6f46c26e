import json
import uuid

import pytest

from annotation.labeling import queue
from annotation.labeling.models import Task
from plateau.datalake.models import Item
from plateau.http.errors import InvalidInput

pytestmark = pytest.mark.django_db


def post(client, project, body: str):
    return client.post(f"/api/v1/projects/{project.pk}/tasks/import/", body, content_type="application/x-ndjson")


def test_lines_become_tasks_and_the_same_lines_again_change_nothing(people, make_project):
    project, client = make_project(items=0), people.client("manager")
    body = '{"uri": "https://x.example/1.jpg", "meta": {"shop": "Ginza"}}\n\n{"uri": "https://x.example/2.jpg"}\n'
    assert post(client, project, body).json()["created_count"] == 2
    assert post(client, project, body).json() == {
        "created_count": 0,
        "existing_count": 2,
        "batch_id": None,
        "job_id": None,
    }
    assert Task.objects.filter(project=project).count() == 2
    assert Item.objects.get(name="1.jpg").meta == {"shop": "Ginza"}
    leased = client.post(f"/api/v1/projects/{project.pk}/queue/next/", {}, content_type="application/json").json()[
        "tasks"
    ][0]
    assert leased["item"]["image"].startswith("https://x.example/")


def test_one_wrong_line_is_named_and_nothing_is_written(people, make_project):
    project, client = make_project(items=0), people.client("manager")
    response = post(client, project, '{"uri": "https://x/1"}\n{"uri": "file:///etc/passwd"}\nnope\n')
    assert response.status_code == 400
    assert [error["field"] for error in response.json()["errors"]] == ["line 2", "line 3"]
    assert "Nothing was imported" in response.json()["detail"]
    assert not Item.objects.exists()


def test_files_go_through_a_worker(people, make_project):
    from django.core.files.base import ContentFile

    from labelkit.tests.pictures import make_png

    project, client = make_project(items=0), people.client("manager")
    address = f"/api/v1/projects/{project.pk}/tasks/import/"
    response = client.post(address, {"files": [ContentFile(make_png(3), name="a.png")]})
    assert response.status_code == 201
    assert response.json()["job_id"] > 0


def test_texts_become_tasks_once_each_and_come_out_with_their_text(people, make_project):
    project = make_project(items=0, kind="text_classification")
    body = '{"text": "美しい 🍎 りんご", "meta": {"page": 3}}\n{"text": "pear"}\n{"text": "pear"}'
    response = post(people.client("manager"), project, body)
    assert (response.json()["created_count"], response.json()["existing_count"]) == (2, 1)
    tasks = queue.lease_next_tasks(actor=people.actor("annotator"), project_id=project.pk, count=2).tasks
    assert {task["item"]["text"] for task in tasks} == {"美しい 🍎 りんご", "pear"}
    assert all(task["item"]["image"] == "" for task in tasks)


def test_spans_count_code_points_and_stay_in_the_text(people, make_project):
    project = make_project(items=0, kind="spans")
    post(people.client("manager"), project, '{"text": "🍎ab"}')
    actor = people.actor("annotator")
    task = queue.lease_next_tasks(actor=actor, project_id=project.pk).tasks[0]["id"]
    span = {"id": "s", "label": "apple", "start": 0, "end": 3}
    with pytest.raises(InvalidInput, match="is outside the text"):
        queue.submit_annotation(actor=actor, task_id=task, value={"spans": [span | {"end": 4}]}, client_id=uuid.uuid4())
    taken = queue.submit_annotation(actor=actor, task_id=task, value={"spans": [span]}, client_id=uuid.uuid4())
    assert taken.value == {"spans": [span], "relations": []}


@pytest.mark.parametrize(
    "line",
    [
        {"uri": "https://a/1", "name": "\0"},
        {"uri": "https://a/1", "meta": {"a": [{"\0": 1}]}},
        {"text": "a\0"},
        {"row": {"a": "\0"}},
    ],
)
def test_a_line_with_a_character_that_the_database_keeps_nowhere_is_named(people, make_project, line):
    response = post(people.client("manager"), make_project(items=0), json.dumps(line))
    assert (response.status_code, response.json()["errors"][0]["field"]) == (400, "line 1")
