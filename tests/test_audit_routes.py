"""Every route that changes something, or hands out a file, leaves a row that says who it was."""

import json

import pytest
from django.db import transaction
from django.urls import get_resolver
from rest_framework.response import Response

from plateau.audit.models import AuditEvent, DataAccess
from plateau.identity.models import User
from registry.mlflow_proxy import messages, recording
from registry.mlflow_proxy.tests.test_malformed import Door, World
from registry.mlflow_proxy.tests.test_references import open_endpoints
from registry.mlflow_store.store import tracking_store
from tests.test_permissions import MATRIX, call, endpoints

pytestmark = pytest.mark.django_db
VIEWS = {route: pattern.callback.view_class for route, pattern in endpoints(get_resolver().url_patterns)}
# What must have a row in words of its own, which the log shows.
OWN_ACTIONS = {
    ("POST", "jobs/<int:job_id>/cancel/"): "job.cancelled",
    ("POST", "projects/<int:project_id>/consensus/"): "consensus.submitted",
    ("POST", "tasks/<int:task_id>/comments/"): "comment.created",
    ("PATCH", "comments/<int:comment_id>/"): "comment.resolved",
    ("POST", "model-versions/<int:version_id>/evaluate/"): "model.evaluation_submitted",
    ("POST", "model-versions/<int:version_id>/exports/"): "model.export_submitted",
}


def rows() -> tuple[int, int]:
    return AuditEvent.objects.count(), DataAccess.objects.count()


def test_every_route_that_changes_or_hands_out_something_leaves_a_row(people, their_rows, mlflow_tables):
    admin = people.client("admin", "theirs")
    admin.get("/api/v1/me/")
    their_rows.make_all()
    silent, own, recorded = [], {}, 0
    for method, route in MATRIX:
        with transaction.atomic():
            before = rows()
            newest = AuditEvent.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
            response = call(admin, method, route, their_rows)
            is_left = (method != "GET" or not isinstance(response, Response)) and method not in VIEWS[route].unrecorded
            if is_left and (response.status_code < 300 or response.status_code == 302):
                recorded += 1
                if rows() == before:
                    silent.append((method, route))
                actions = AuditEvent.objects.filter(pk__gt=newest).order_by("pk").values_list("action", flat=True)
                own[method, route] = next(iter(actions), None)
            transaction.set_rollback(True)
    assert silent == []
    assert recorded > 60
    for key, action in OWN_ACTIONS.items():
        assert own[key] == action, key


def test_what_leaves_no_row_says_why():
    for route, view in VIEWS.items():
        for method, reason in view.unrecorded.items():
            assert hasattr(view, method.lower()), (route, method)
            assert len(reason) > 10, (route, method)


def test_reading_an_item_that_is_no_asset_is_recorded(people, make_project):
    from plateau.datalake.models import Item

    item = make_project(items=1).dataset.items.get()
    Item.objects.filter(pk=item.pk).update(asset=None, uri="https://pictures.example/1.png")
    client = people.client("admin")
    assert client.get(f"/api/v1/items/{item.pk}/content/").status_code == 302
    access = DataAccess.objects.get()
    assert (access.item_id, access.user_id) == (item.pk, people.members["ours", "admin"].user_id)


@pytest.fixture
def door(people, make_project, mlflow_tables, monkeypatch):
    from registry.mlflow_proxy import proxy

    monkeypatch.setattr(proxy, "_fresh_connection", lambda: None)  # the test's own transaction is on it
    recording._known.clear()
    project = make_project(items=0)
    people.assign(project, "scientist")
    return Door(project.pk, people.token("scientist"))


def test_every_change_through_mlflows_door_leaves_a_row_and_reading_leaves_none(door):
    world, silent, loud = World(door.project), [], []
    ends = ("delete", "rename", "alias")  # what the others need is taken away last
    last = {one for one in open_endpoints() if one.method == "DELETE" or one.path.pattern.endswith(ends)}
    for endpoint in sorted(open_endpoints(), key=last.__contains__):
        name = messages.message_name(endpoint.request)
        if name.startswith("artifacts."):
            continue
        path = endpoint.path.pattern.replace("\\.", ".").replace("(?P<model_id>[^/]+)", world.values["model_id"])
        recording._known.clear()
        before = AuditEvent.objects.count()
        status, answer = door.call(endpoint, path.replace("(?P<tag_key>[^/]+)", "t"), world.data(endpoint))
        left = AuditEvent.objects.count() > before
        if recording.changes_something(endpoint):
            if status < 300 and not left:
                silent.append(name)
        elif left:
            loud.append((name, answer))
    assert (silent, loud) == ([], [])
    calls = set(AuditEvent.objects.filter(action__startswith="mlflow.").values_list("data__call", flat=True))
    assert {"CreateRun", "DeleteRun", "LogBatch", "CreateModelVersion", "DeleteExperiment", "SetTag"} <= calls
    created = AuditEvent.objects.filter(data__call="CreateRun").latest("pk")
    assert (created.action, created.subject_id) == ("mlflow.created", str(door.project))
    assert len(created.data["created"]) == 2  # the run, and the experiment that it is of


def test_a_training_that_logs_leaves_one_row_a_day_and_each_file_its_own(door):
    with tracking_store(door.project) as store:
        info = store.create_run(store.create_experiment("e"), "x", 0, [], "run").info
    metric = {"run_id": info.run_id, "key": "a", "value": 1.0, "timestamp": 1, "step": 0}
    for _ in range(3):
        assert door("POST", "/api/2.0/mlflow/runs/log-metric", json.dumps(metric).encode())[0] == 200
    home = info.artifact_uri.removeprefix("mlflow-artifacts:").lstrip("/")
    base = f"/api/2.0/mlflow-artifacts/artifacts/{home}"
    assert door("PUT", f"{base}/a.txt", b"x")[0] == 200
    assert [door("GET", f"{base}/a.txt")[0] for _ in range(2)] == [200, 200]
    assert door("GET", f"{base}/nothing")[0] == 404
    assert door("DELETE", f"{base}/a.txt")[0] == 200
    actions = AuditEvent.objects.order_by("pk").values_list("action", flat=True)
    expected = ["mlflow.logged", "mlflow.uploaded", "mlflow.downloaded", "mlflow.deleted"]
    assert [action for action in actions if action.startswith("mlflow.")] == expected


def test_an_erased_person_is_named_nowhere_in_mlflow(people, door):
    email = "scientist@ours.example"
    world = World(door.project)
    tag = {"key": "mlflow.user", "value": "x"}
    for path, body in (
        ("runs/create", {"experiment_id": world.values["experiment_id"], "user_id": "x", "tags": [tag]}),
        ("runs/set-tag", {"run_id": world.values["run_id"], **tag}),
        ("logged-models", {"experiment_id": world.values["experiment_id"], "name": "n", "tags": [tag]}),
    ):
        assert door("POST", f"/api/2.0/mlflow/{path}", json.dumps(body).encode())[0] == 200, path

    def everything() -> str:
        """All rows of MLflow's, as text."""
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'mlflow'")
            texts = []
            for (table,) in cursor.fetchall():
                cursor.execute(f'SELECT t::text FROM mlflow."{table}" t')
                texts += [row[0] for row in cursor.fetchall()]
        return "\n".join(texts)

    assert everything().count(email) >= 4
    member = people.members["ours", "scientist"]
    assert people.client("admin").post(f"/api/v1/members/{member.pk}/erase/").status_code == 204
    assert email not in everything()
    assert email not in User.objects.get(pk=member.user_id).email
