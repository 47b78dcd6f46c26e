"""An archived project is found, read and restored; nothing of it is changed and no work on it begins."""

import json

import pytest
from django.test import Client
from django.utils import timezone

from annotation.labeling.models import Lease, Task
from annotation.projects.models import Project
from plateau.audit.models import AuditEvent
from plateau.http.errors import ProjectArchived
from plateau.jobs.models import Job
from plateau.jobs.tests.factories import JobFactory
from registry.mlflow_proxy.tests.test_proxy import call as through_gate
from tests.test_permissions import MATRIX, call

REFUSED = (409, "project_archived", "This project is archived. Restore it first.")
# What changes something of a project and is done all the same while it is archived, and why.
GOES_ON = {
    ("POST", "projects/<int:project_id>/restore/"): "the way back",
    ("POST", "projects/<int:project_id>/label-schema/preview/"): "nothing is written",
    ("POST", "projects/<int:project_id>/queue/release/"): "gives tasks back",
    ("POST", "jobs/<int:job_id>/cancel/"): "ends work",
    ("POST", "jobs/<int:job_id>/requeue/"): "ends work",
    ("PUT", "jobs/<int:job_id>/priority/"): "of work that was ordered before",
    ("POST", "sweeps/<int:sweep_id>/stop/"): "ends work",
    # Models that were made are served and looked after for as long as somebody uses them.
    ("PATCH", "model-versions/<int:version_id>/"): "a model that is there",
    ("DELETE", "model-versions/<int:version_id>/"): "a model that is there",
    ("POST", "model-versions/<int:version_id>/archive/"): "a model that is there",
    ("POST", "model-versions/<int:version_id>/restore/"): "a model that is there",
    ("POST", "model-versions/<int:version_id>/aliases/"): "a model that is there",
    ("DELETE", "model-versions/<int:version_id>/aliases/<str:alias>/"): "a model that is there",
    ("PATCH", "deployments/<str:name>/"): "a model that is there",
    ("DELETE", "deployments/<str:name>/"): "a model that is there",
    ("POST", "deployments/<str:name>/predict/"): "a model that is there",
}
# Parameters of routes whose row belongs to a project.
OF_PROJECT = {
    "project_id", "task_id", "comment_id", "snapshot_id", "run_id", "sweep_id", "learning_curve_id", "contract_id",
    "evaluation_id", "version_id", "name", "job_id", "annotation_id",
}  # fmt: skip


def of_a_project(route: str) -> bool:
    return any(f":{name}>" in route for name in OF_PROJECT)


CHANGES = sorted(key for key in MATRIX if key[0] != "GET" and of_a_project(key[1]))


def archive(project: Project | int) -> None:
    pk = project if isinstance(project, int) else project.pk
    Project.objects.filter(pk=pk).update(archived_at=timezone.now())


def refusal_in(response) -> tuple[int, str, str]:
    body = response.json() if response.content else {}
    return response.status_code, body.get("code", ""), body.get("detail", "")


@pytest.mark.django_db
def test_whatever_would_change_an_archived_project_is_refused_with_one_code(
    people, their_rows, mlflow_tables, settings
):
    settings.PLATEAU_URL = "http://127.0.0.1:9"
    their_rows.make_all()
    archive(their_rows["project_id"])
    client = people.client("admin", "theirs")
    jobs = Job.objects.count()
    wrong = []
    for method, route in CHANGES:
        if (method, route) in GOES_ON:
            continue
        response = call(client, method, route, their_rows)
        if refusal_in(response) != REFUSED:
            wrong.append((method, route, response.status_code, response.content[:200]))
    assert wrong == []
    assert Job.objects.count() == jobs


@pytest.mark.django_db
def test_what_goes_on_while_a_project_is_archived_is_not_refused_for_that(people, their_rows, mlflow_tables):
    assert set(GOES_ON) <= set(CHANGES)
    their_rows.make_all()
    for method, route in GOES_ON:
        archive(their_rows["project_id"])
        if route.startswith("model-versions/") and method == "DELETE" and "alias" not in route:
            continue  # the row is needed by the others
        response = call(people.client("admin", "theirs"), method, route, their_rows)
        code = response.json().get("code", "") if response.content and response["Content-Type"].endswith("json") else ""
        assert code != "project_archived", (method, route)


@pytest.mark.django_db
def test_whatever_reads_an_archived_project_reads_it_as_before(people, their_rows, mlflow_tables):
    their_rows.make_all()
    client = people.client("admin", "theirs")
    reads = sorted(route for method, route in MATRIX if method == "GET" and of_a_project(route))
    before = {route: call(client, "GET", route, their_rows).status_code for route in reads}
    archive(their_rows["project_id"])
    assert {route: call(client, "GET", route, their_rows).status_code for route in reads} == before


def names(client: Client, query: str = "") -> list[str]:
    return [row["name"] for row in client.get(f"/api/v1/projects/{query}").json()["results"]]


@pytest.mark.django_db
def test_archived_projects_are_listed_by_state(people, make_project):
    make_project(name="Old")
    make_project(name="New")
    archive(Project.objects.get(name="Old"))
    client = people.client("manager")
    assert names(client) == names(client, "?state=active") == ["New"]
    assert names(client, "?state=archived") == ["Old"]
    assert names(client, "?state=all") == ["New", "Old"]
    for wrong in ("?state=gone", "?state=ACTIVE", "?state=active,archived"):
        response = client.get(f"/api/v1/projects/{wrong}")
        assert (response.status_code, response.json()["errors"][0]["field"]) == (400, "state")


@pytest.mark.django_db
def test_states_that_a_list_knows_stand_in_the_document(client):
    described = json.loads(client.get("/api/v1/schema/").content)["paths"]
    for path, known in (("projects", ["active", "archived", "all"]), ("model-versions", None)):
        [parameter] = [p for p in described[f"/api/v1/{path}/"]["get"]["parameters"] if p["name"] == "state"]
        assert sorted(parameter["schema"]["enum"]) == sorted(known or ["ready", "archived", "deleted", "all"])


@pytest.mark.django_db
@pytest.mark.parametrize("way", ["actions", "patch"])
def test_a_project_is_archived_and_restored_and_both_are_in_the_audit_log(people, make_project, way):
    project, client = make_project(items=2), people.client("manager")
    address, head = f"/api/v1/projects/{project.pk}/", {"content_type": "application/json"}

    def turn(archived: bool):
        if way == "actions":
            return client.post(f"{address}{'archive' if archived else 'restore'}/")
        return client.patch(address, {"archived": archived}, **head)

    response = turn(True)
    assert (response.status_code, response.json()["archived"]) == (200, True)
    assert client.get(address).json()["archived"] is True
    response = turn(False)
    assert (response.status_code, response.json()["archived"]) == (200, False)
    actions = AuditEvent.objects.filter(subject_id=project.pk).order_by("pk").values_list("action", flat=True)
    assert [action for action in actions if action.startswith("project.")][-2:] == [
        "project.archived",
        "project.restored",
    ]
    response = people.client("annotator").post(f"{address}queue/next/", {}, **head)
    assert len(response.json()["tasks"]) == 1


@pytest.mark.django_db
def test_archiving_twice_and_restoring_twice_are_conflicts_that_say_so(people, make_project):
    project, client = make_project(), people.client("admin")
    address = f"/api/v1/projects/{project.pk}/"
    assert refusal_in(client.post(f"{address}restore/")) == (
        409,
        "project_not_archived",
        "This project is not archived.",
    )
    client.post(f"{address}archive/")
    since = Project.objects.get().archived_at
    assert refusal_in(client.post(f"{address}archive/")) == REFUSED
    response = client.patch(address, {"archived": True}, content_type="application/json")
    assert (response.status_code, Project.objects.get().archived_at) == (200, since)
    response = client.patch(address, {"name": "Other"}, content_type="application/json")
    assert (refusal_in(response), Project.objects.get().name) == (REFUSED, "Fruit")
    response = client.patch(address, {"name": "Other", "archived": False}, content_type="application/json")
    assert (response.status_code, response.json()["name"], response.json()["archived"]) == (200, "Other", False)


@pytest.mark.django_db
def test_the_name_of_an_archived_project_is_taken_and_the_refusal_says_where_it_is(people, make_project):
    project, client = make_project(), people.client("admin")
    archive(project)
    body = {"name": "Fruit", "kind": "classification", "dataset_id": project.dataset_id,
            "labels": [{"id": "a", "name": "A", "color": "#123456"}]}  # fmt: skip
    response = client.post("/api/v1/projects/", body, content_type="application/json")
    assert response.status_code == 409
    assert "archived" in response.json()["detail"]


@pytest.mark.django_db
def test_items_that_come_while_a_project_is_archived_become_its_tasks_when_it_is_restored(people, make_project):
    from annotation.labeling.services import sync_tasks
    from labelkit.tests.pictures import make_png
    from plateau.datalake.services import add_items, save_asset
    from plateau.datalake.sources import Entry

    project, client = make_project(items=2), people.client("admin")
    client.post(f"/api/v1/projects/{project.pk}/archive/")
    asset = save_asset(organization_id=project.organization_id, data=make_png(99))
    add_items(dataset_id=project.dataset_id, rows=[(Entry("late.png"), asset)])
    sync_tasks(project.dataset_id)
    assert Task.objects.filter(project=project).count() == 2
    response = client.post(f"/api/v1/projects/{project.pk}/restore/")
    assert Task.objects.filter(project=project).count() == 3
    assert response.json()["tasks"]["open"] == 3


@pytest.mark.django_db
def test_a_task_that_is_held_when_its_project_is_archived_is_neither_answered_nor_renewed(people, make_project):
    project, client = make_project(items=2), people.client("annotator")
    head = {"content_type": "application/json"}
    task = client.post(f"/api/v1/projects/{project.pk}/queue/next/", {}, **head).json()["tasks"][0]["id"]
    key = {"HTTP_IDEMPOTENCY_KEY": "11111111-1111-4111-8111-111111111111"}
    answered_task = client.post(f"/api/v1/projects/{project.pk}/queue/next/", {}, **head).json()["tasks"][0]["id"]
    sent = client.post(f"/api/v1/tasks/{answered_task}/annotations/", {"value": {"label": "apple"}}, **head, **key)
    archive(project)
    for path, body in (("annotations/", {"value": {"label": "apple"}}), ("skip/", {"reason": "x"})):
        assert refusal_in(client.post(f"/api/v1/tasks/{task}/{path}?next=1", body, **head)) == REFUSED
    response = client.put(f"/api/v1/tasks/{task}/draft/", {"value": {}, "revision": 1}, **head)
    assert refusal_in(response) == REFUSED
    expires_at = Lease.objects.get(task_id=task).expires_at
    assert client.post("/api/v1/leases/renew/", {"task_ids": [task]}, **head).json() == {"count": 0}
    assert Lease.objects.get(task_id=task).expires_at == expires_at
    # The same request again, whose answer was lost, hears what was taken then; it is given no further task.
    again = client.post(
        f"/api/v1/tasks/{answered_task}/annotations/?next=1", {"value": {"label": "apple"}}, **head, **key
    )
    assert (again.json()["id"], again.json()["is_replayed"], again.json()["next_tasks"]) == (
        sent.json()["id"],
        True,
        [],
    )


@pytest.mark.django_db
def test_no_job_is_submitted_for_an_archived_project_by_whatever_service(people, make_project):
    from annotation.quality.job_kinds import LABEL_ISSUES, LabelIssuesPayload
    from plateau.jobs.services import submit, submit_with

    project = make_project()
    archive(project)
    order = LabelIssuesPayload(project_id=project.pk)
    with pytest.raises(ProjectArchived):
        submit(LABEL_ISSUES, order, actor=people.actor(), project_id=project.pk)
    with pytest.raises(ProjectArchived):
        submit_with(
            LABEL_ISSUES, row=lambda job: job, payload=lambda job: order, actor=people.actor(), project_id=project.pk
        )
    assert not Job.objects.exists()


@pytest.mark.django_db
def test_the_mlflow_proxy_takes_no_runs_for_an_archived_project_but_its_models_can_be_looked_after(
    people, make_project, mlflow_tables
):
    project, token = make_project(), people.token("admin")
    archive(project)
    for method, path in (
        ("POST", "/mlflow/api/2.0/mlflow/runs/create"),
        ("POST", "/mlflow/api/2.0/mlflow/experiments/create"),
        ("POST", "/mlflow/api/2.0/mlflow/registered-models/create"),
        ("POST", "/mlflow/api/2.0/mlflow/model-versions/create"),
        ("POST", "/mlflow/api/2.0/mlflow/logged-models"),
    ):
        response = through_gate(method, path, token, {"name": "x", "source": "runs:/1/model"})
        assert response == (409, "INVALID_STATE"), path
    for method, path in (
        ("GET", "/mlflow/api/2.0/mlflow/experiments/search"),
        ("POST", "/mlflow/api/2.0/mlflow/runs/search"),
        ("POST", "/mlflow/api/2.0/mlflow/registered-models/alias"),
        ("DELETE", "/mlflow/api/2.0/mlflow/registered-models/alias"),
    ):
        response = through_gate(method, path, token, {})
        assert response != (409, "INVALID_STATE"), path


@pytest.mark.django_db
def test_a_training_that_ran_when_its_project_was_archived_still_publishes(people, make_project, mlflow_tables):
    from plateau.jobs.models import JobState
    from workers.training.job_tokens import job_token

    project = make_project()
    job = JobFactory(
        kind="train",
        organization=project.organization,
        project_id=project.pk,
        created_by=people.members["ours", "admin"].user,
    )
    archive(project)
    with job_token(job) as token:
        body = {"experiment_id": "0"}
        refused = through_gate("POST", "/mlflow/api/2.0/mlflow/runs/create", token.secret, body)
        assert refused == (409, "INVALID_STATE")  # it does not run
        Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING, lease_until=timezone.now(), worker="w")
        response = through_gate("POST", "/mlflow/api/2.0/mlflow/runs/create", token.secret, body)
        assert not isinstance(response, tuple)
