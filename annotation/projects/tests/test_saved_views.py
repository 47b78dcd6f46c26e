"""Views of lists that people keep, and share."""

import pytest

from annotation.projects.models import SavedView
from annotation.projects.saved_views import erase_person
from annotation.projects.tests.factories import SavedViewFactory

pytestmark = pytest.mark.django_db
JSON = {"content_type": "application/json"}
FAILED = {"list_key": "jobs", "name": "Failed", "query": {"state": "failed", "ordering": "-id"}}


def save(people, role="annotator", **more):
    return people.client(role).post("/api/v1/saved-views/", FAILED | more, **JSON)


def names(people, role, query="list_key=jobs", organization="ours"):
    rows = people.client(role, organization).get(f"/api/v1/saved-views/?{query}").json()["results"]
    return [row["name"] for row in rows]


def test_a_view_is_its_owners_until_a_manager_shares_it(people):
    own = save(people)
    assert own.status_code == 201
    assert own.json() | {"id": 0, "etag": ""} == {
        "id": 0, "list_key": "jobs", "project_id": None, "name": "Failed", "query": FAILED["query"],
        "hidden_columns": None, "is_shared": False, "is_own": True, "is_default": False, "owner": own.json()["owner"],
        "etag": "",
    }  # fmt: skip
    assert names(people, "annotator") == ["Failed"]
    assert names(people, "manager") == []
    assert save(people, name="Ours", is_shared=True).json()["code"] == "not_your_view"
    assert save(people, "manager", name="Ours", is_shared=True).status_code == 201
    assert names(people, "annotator") == ["Failed", "Ours"]
    assert names(people, "annotator", organization="theirs") == []
    assert names(people, "annotator", "list_key=models") == []


def test_a_view_of_one_project_is_not_one_of_another(people, make_project):
    project = make_project()
    view = save(people, "manager", list_key="project-items", project_id=project.pk, hidden_columns=["priority"])
    assert view.json()["hidden_columns"] == ["priority"]
    assert names(people, "manager", f"list_key=project-items&project_id={project.pk}") == ["Failed"]
    assert names(people, "manager", f"list_key=project-items&project_id={project.pk + 1}") == []
    assert save(people, "manager", project_id=10**9).status_code == 404


def test_a_shared_view_is_changed_by_its_owner_and_by_managers_alone(people):
    view = save(people, "manager", is_shared=True).json()
    address = f"/api/v1/saved-views/{view['id']}/"
    for answer in (
        people.client("annotator").patch(address, {"name": "Mine"}, **JSON),
        people.client("annotator").delete(address),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "not_your_view")
    head = {"headers": {"If-Match": f'"{view["etag"]}"'}} | JSON
    renamed = people.client("admin").patch(address, {"name": "Failed jobs"}, **head)
    assert (renamed.json()["name"], renamed.json()["query"]) == ("Failed jobs", FAILED["query"])
    stale = people.client("manager").patch(address, {"name": "x"}, **head)
    assert stale.status_code == 412
    assert people.client("manager").delete(address).status_code == 204
    assert not SavedView.objects.exists()


def test_a_name_is_taken_once_by_each_person(people):
    assert save(people).status_code == 201
    assert save(people).json()["code"] == "saved_view_name_taken"
    assert save(people, list_key="models").status_code == 201
    assert save(people, "reviewer").status_code == 201


def test_a_list_begins_for_each_person_with_one_view(people):
    first, second = (
        save(people, "manager", is_shared=True).json(),
        save(people, "manager", name="Two", is_shared=True).json(),
    )
    client = people.client("annotator")
    for view in (first, second):
        assert client.post(f"/api/v1/saved-views/{view['id']}/default/").status_code == 204
    rows = client.get("/api/v1/saved-views/").json()["results"]
    assert [(row["name"], row["is_default"]) for row in rows] == [("Failed", False), ("Two", True)]
    assert not any(row["is_default"] for row in people.client("manager").get("/api/v1/saved-views/").json()["results"])
    client.delete(f"/api/v1/saved-views/{second['id']}/default/")
    assert not any(row["is_default"] for row in client.get("/api/v1/saved-views/").json()["results"])


def test_of_an_erased_person_shared_views_are_left(people):
    owner = people.actor("annotator")
    for is_shared in (True, False):
        SavedViewFactory(organization_id=owner.organization_id, owner_id=owner.user_id, is_shared=is_shared)
    erase_person(owner.user_id)
    assert [view.is_shared for view in SavedView.objects.all()] == [True]
