import pytest
from plateau.datalake.models import Item

from annotation.labeling.models import Task

pytestmark = pytest.mark.django_db


def post(client, project, body: str):
    return client.post(f"/api/v1/projects/{project.pk}/tasks/import/", body, content_type="application/x-ndjson")


def test_lines_become_tasks_and_the_same_lines_again_change_nothing(people, make_project):
    project, client = make_project(items=0), people.client("manager")
    body = '{"uri": "https://x.example/1.jpg", "meta": {"shop": "Ginza"}}\n\n{"uri": "https://x.example/2.jpg"}\n'
    assert post(client, project, body).json()["added"] == 2
    assert post(client, project, body).json() == {"added": 0, "already_there": 2, "batch_id": None, "job_id": None}
    assert Task.objects.filter(project=project).count() == 2
    assert Item.objects.get(name="1.jpg").meta == {"shop": "Ginza"}
    leased = client.post(f"/api/v1/projects/{project.pk}/queue/next/", {}, content_type="application/json").json()[
        "tasks"
    ][0]
    assert leased["item"]["image"].startswith("https://x.example/")


def test_one_wrong_line_is_named_and_nothing_is_written(people, make_project):
    project, client = make_project(items=0), people.client("manager")
    answer = post(client, project, '{"uri": "https://x/1"}\n{"uri": "file:///etc/passwd"}\nnope\n')
    assert answer.status_code == 400
    assert [one["field"] for one in answer.json()["errors"]] == ["line 2", "line 3"]
    assert "nothing was imported" in answer.json()["detail"]
    assert not Item.objects.exists()


def test_files_go_through_a_worker(people, make_project):
    from django.core.files.base import ContentFile

    from conftest import png

    project, client = make_project(items=0), people.client("manager")
    address = f"/api/v1/projects/{project.pk}/tasks/import/"
    answer = client.post(address, {"files": [ContentFile(png(3), name="a.png")]})
    assert answer.status_code == 201
    assert answer.json()["job_id"] > 0
