"""Datasets that are deleted: found, restored, and erased at last."""

from datetime import timedelta

import pytest
from django.utils import timezone

from annotation.projects.tests.factories import ProjectFactory
from plateau.datalake import erasure
from plateau.datalake.models import Dataset, Erasure
from plateau.datalake.tests.factories import DatasetFactory, ItemFactory

pytestmark = pytest.mark.django_db
JSON = {"content_type": "application/json"}


@pytest.fixture
def dataset(people):
    return DatasetFactory(organization=people.organizations["ours"], name="Fruit")


def listed(people, state: str = "active") -> list[str]:
    rows = people.client("admin").get(f"/api/v1/datasets/?state={state}").json()["results"]
    return [row["name"] for row in rows]


def test_a_deleted_dataset_is_found_among_the_deleted_and_comes_back_with_its_items(people, dataset):
    ItemFactory(dataset=dataset)
    admin = people.client("admin")
    deleted = admin.delete(f"/api/v1/datasets/{dataset.pk}/").json()
    assert deleted["deleted_at"] < deleted["erased_at"]
    assert (listed(people), listed(people, "deleted"), listed(people, "all")) == ([], ["Fruit"], ["Fruit"])
    assert admin.get(f"/api/v1/datasets/{dataset.pk}/").json()["items"] == 1
    assert admin.delete(f"/api/v1/datasets/{dataset.pk}/").json()["code"] == "dataset_deleted"
    restored = admin.post(f"/api/v1/datasets/{dataset.pk}/restore/").json()
    assert (restored["deleted_at"], restored["erased_at"], restored["items"]) == (None, None, 1)
    assert admin.post(f"/api/v1/datasets/{dataset.pk}/restore/").json()["code"] == "dataset_not_deleted"
    assert listed(people) == ["Fruit"]


def test_only_admins_of_the_organization_delete_and_restore(people, dataset):
    address = f"/api/v1/datasets/{dataset.pk}/"
    assert people.client("manager").delete(address).status_code == 403
    assert people.client("admin", "theirs").delete(address).status_code == 404
    assert people.client("admin", "theirs").post(f"{address}restore/").status_code == 404


def test_what_projects_label_is_not_deleted_until_they_are_archived(people, dataset):
    own = ProjectFactory(organization=dataset.organization, dataset=dataset, name="Ripeness")
    other = ProjectFactory(organization=dataset.organization, name="All fruit")
    other.added_datasets.add(dataset)
    admin = people.client("admin")
    refused = admin.delete(f"/api/v1/datasets/{dataset.pk}/")
    assert (refused.status_code, refused.json()["code"]) == (409, "dataset_in_use")
    assert refused.json()["users"] == ["All fruit", "Ripeness"]
    for project in (own, other):
        admin.post(f"/api/v1/projects/{project.pk}/archive/")
    assert admin.delete(f"/api/v1/datasets/{dataset.pk}/").status_code == 200


def test_a_deleted_dataset_takes_nothing_in_and_keeps_its_name(people, dataset):
    admin = people.client("admin")
    admin.delete(f"/api/v1/datasets/{dataset.pk}/")
    assert admin.post(f"/api/v1/datasets/{dataset.pk}/uploads/").json()["code"] == "dataset_deleted"
    labels = [{"id": "a", "name": "A", "color": "#112233"}]
    body = {"name": "New", "kind": "classification", "dataset_id": dataset.pk, "labels": labels}
    project = admin.post("/api/v1/projects/", body, **JSON)
    assert (project.status_code, project.json()["code"]) == (409, "dataset_deleted")
    taken = admin.post("/api/v1/datasets/", {"name": "Fruit"}, **JSON).json()
    assert taken["code"] == "dataset_name_taken"
    assert "Restore it" in taken["detail"]


def test_items_of_a_dataset_are_erased_thirty_days_after_it_was_deleted(people, dataset):
    ItemFactory(dataset=dataset)
    people.client("admin").delete(f"/api/v1/datasets/{dataset.pk}/")
    assert erasure.erase_expired() == 0
    Dataset.objects.update(deleted_at=timezone.now() - timedelta(days=erasure.RESTORABLE_DAYS, hours=1))
    assert erasure.erase_expired() == 1
    assert Erasure.objects.get().dataset_id == dataset.pk
