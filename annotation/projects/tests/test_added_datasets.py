"""A project that labels the items of several datasets."""

import pytest

from annotation.labeling.models import Task
from annotation.labeling.services import sync_tasks
from annotation.projects.tests.factories import ProjectFactory
from plateau.datalake.tests.factories import DatasetFactory, ItemFactory

pytestmark = pytest.mark.django_db
JSON = {"content_type": "application/json"}


@pytest.fixture
def project(people):
    project = ProjectFactory(organization=people.organizations["ours"])
    ItemFactory(dataset=project.dataset)
    sync_tasks(project.dataset_id)
    return project


@pytest.fixture
def second(people):
    dataset = DatasetFactory(organization=people.organizations["ours"], name="More fruit")
    ItemFactory(dataset=dataset)
    return dataset


def add(people, project, dataset, role="manager"):
    return people.client(role).post(f"/api/v1/projects/{project.pk}/datasets/", {"dataset_id": dataset.pk}, **JSON)


def tasks_of(project) -> int:
    return Task.objects.filter(project=project).count()


def test_items_of_an_added_dataset_become_tasks_now_and_later(people, project, second):
    answer = add(people, project, second).json()
    assert (answer["added_dataset_ids"], answer["tasks"]["open"]) == ([second.pk], 2)
    ItemFactory(dataset=second)
    sync_tasks(second.pk)
    assert tasks_of(project) == 3
    on_second = people.client("manager").get(f"/api/v1/projects/?dataset_id={second.pk}").json()["results"]
    assert [row["id"] for row in on_second] == [project.pk]


def test_a_dataset_is_added_once_and_only_one_that_is_there(people, project, second):
    assert add(people, project, second).status_code == 200
    for dataset in (second, project.dataset):
        assert add(people, project, dataset).json()["code"] == "dataset_already_added"
    assert add(people, project, DatasetFactory()).status_code == 404
    assert add(people, project, second, role="annotator").status_code == 403
    deleted = DatasetFactory(organization=second.organization)
    people.client("admin").delete(f"/api/v1/datasets/{deleted.pk}/")
    assert add(people, project, deleted).json()["code"] == "dataset_deleted"


def test_of_a_removed_dataset_tasks_stay_and_new_items_are_not_taken_in(people, project, second):
    add(people, project, second)
    address = f"/api/v1/projects/{project.pk}/datasets/{second.pk}/"
    assert people.client("manager").delete(address).json()["added_dataset_ids"] == []
    assert people.client("manager").delete(address).status_code == 200  # it is not added, as was asked
    ItemFactory(dataset=second)
    sync_tasks(second.pk)
    assert tasks_of(project) == 2


def test_a_restored_project_gets_the_items_that_came_into_all_its_datasets(people, project, second):
    add(people, project, second)
    manager = people.client("manager")
    manager.post(f"/api/v1/projects/{project.pk}/archive/")
    for dataset in (project.dataset, second):
        ItemFactory(dataset=dataset)
        sync_tasks(dataset.pk)
    assert tasks_of(project) == 2
    manager.post(f"/api/v1/projects/{project.pk}/restore/")
    assert tasks_of(project) == 4
