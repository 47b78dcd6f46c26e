"""Who saw which text: written where it is handed out."""

import pytest

from annotation.labeling.services import sync_tasks
from plateau.audit.models import DataAccess
from plateau.datalake.models import Item

pytestmark = pytest.mark.django_db


def test_texts_that_are_handed_out_opened_or_listed_are_noted_and_pictures_are_not(people, make_project):
    project = make_project(items=2)
    words = [Item(dataset=project.dataset, uri=f"text:{n}", text=f"word {n}", name=f"{n}") for n in range(4)]
    Item.objects.bulk_create(words)
    sync_tasks(project.dataset_id)
    client = people.client("annotator")
    tasks = client.post(f"/api/v1/projects/{project.pk}/queue/next/", {"count": 6}, "application/json").json()["tasks"]
    assert len(tasks) == 6
    accessed_ids = {item["item"]["id"] for item in tasks if item["item"]["text"]}
    assert accessed_ids == {item.pk for item in words}
    assert set(DataAccess.objects.values_list("item_id", flat=True)) == accessed_ids
    client.get(f"/api/v1/tasks/{tasks[0]['id']}/")
    assert DataAccess.objects.count() == 4
    manager = people.client("manager")
    manager.get(f"/api/v1/projects/{project.pk}/tasks/?state=open")
    manager.get(f"/api/v1/datasets/{project.dataset_id}/items/")
    assert DataAccess.objects.filter(user=people.members["ours", "manager"].user).count() == 4
