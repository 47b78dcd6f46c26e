import io
import json
import re
from contextlib import ExitStack

import pytest

from annotation.labeling.models import ProjectMembership
from annotation.labeling.tests.factories import ProjectMembershipFactory
from annotation.projects.models import Project
from plateau.identity.models import Organization
from plateau.identity.services import create_token
from registry.mlflow_proxy import proxy, routes


def call(method: str, path: str, token: str = "", body: object = None, **headers):
    """What the proxy lets through (the environ for MLflow), or its refusal (status, code)."""
    data = json.dumps(body).encode() if body is not None else b""
    route, _, query = path.partition("?")
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": route,
        "QUERY_STRING": query,
        "HTTP_HOST": "127.0.0.1:8000",
        "CONTENT_LENGTH": str(len(data)),
        "wsgi.input": io.BytesIO(data),
        **headers,
    }
    if token:
        environ["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    try:
        with ExitStack() as exit_stack:
            return proxy._forwarded_environ(environ, exit_stack)
    except proxy.MlflowError as error:
        return int(error.status[:3]), error.error_code


SEARCH = "/mlflow/api/2.0/mlflow/experiments/search"


@pytest.mark.django_db
def test_nobody_gets_in_without_a_token(people, make_project):
    make_project()
    assert call("POST", SEARCH, body={}) == (401, "UNAUTHENTICATED")
    assert call("POST", SEARCH, "plt_wrong", body={}) == (401, "UNAUTHENTICATED")


@pytest.mark.django_db
def test_networks_of_the_organization_hold_here_too(people, make_project):
    make_project()
    Organization.objects.filter(name="ours").update(ip_allowlist=["10.0.0.0/8"])
    token = people.token("scientist")
    assert call("POST", SEARCH, token, {}, REMOTE_ADDR="203.0.113.7") == (403, "PERMISSION_DENIED")
    assert isinstance(call("POST", SEARCH, token, {}, REMOTE_ADDR="10.1.2.3"), dict)


@pytest.mark.django_db
def test_the_workspace_comes_from_the_address_and_never_from_another_organization(people, make_project):
    ours, theirs = make_project(), make_project(organization="theirs")
    token = people.token("scientist")
    assert call("POST", SEARCH, token, {})["HTTP_X_MLFLOW_WORKSPACE"] == f"project-{ours.pk}"
    named = f"/mlflow/project-{theirs.pk}/api/2.0/mlflow/experiments/search"
    assert call("POST", named, token, {}) == (404, "RESOURCE_DOES_NOT_EXIST")
    spoofed = call("POST", SEARCH, token, {}, HTTP_X_MLFLOW_WORKSPACE=f"project-{theirs.pk}")
    assert spoofed == (404, "RESOURCE_DOES_NOT_EXIST")
    assert call("POST", SEARCH, token, {}, HTTP_X_MLFLOW_WORKSPACE="default") == (400, "INVALID_PARAMETER_VALUE")


@pytest.mark.django_db
@pytest.mark.parametrize(("role", "is_open"), [("scientist", False), ("manager", False), ("customer", True)])
def test_a_project_that_the_caller_does_not_reach_is_not_there(role, is_open, people, make_project):
    project = make_project(items=0)
    Project.objects.update(is_open_to_everyone=is_open)
    token = people.token(role)
    named = f"/mlflow/project-{project.pk}/api/2.0/mlflow/experiments/search"
    assert call("POST", SEARCH, token, {}) == call("POST", named, token, {}) == (404, "RESOURCE_DOES_NOT_EXIST")
    ProjectMembershipFactory(project=project, user=people.members["ours", role].user, is_assigned=True)
    assert call("POST", named, token, {})["HTTP_X_MLFLOW_WORKSPACE"] == f"project-{project.pk}"
    ProjectMembership.objects.all().delete()
    assert call("POST", named, token, {}) == (404, "RESOURCE_DOES_NOT_EXIST")


@pytest.mark.django_db
def test_with_several_projects_one_must_be_named(people, make_project):
    make_project()
    second = make_project(items=0, name="Second")
    token = people.token("scientist")
    assert call("POST", SEARCH, token, {}) == (400, "INVALID_PARAMETER_VALUE")
    named = call("POST", SEARCH, token, {}, HTTP_X_MLFLOW_WORKSPACE=f"project-{second.pk}")
    assert named["HTTP_X_MLFLOW_WORKSPACE"] == f"project-{second.pk}"


@pytest.mark.django_db
def test_a_token_bound_to_a_project_cannot_name_another(people, make_project):
    first, second = make_project(), make_project(items=0, name="Second")
    actor = people.actor("scientist")
    _, token = create_token(actor=actor, name="x", scopes=["models.read"], project_id=first.pk)
    path = f"/mlflow/project-{second.pk}/api/2.0/mlflow/experiments/search"
    assert call("POST", path, token, {}) == (403, "PERMISSION_DENIED")
    assert call("POST", SEARCH, token, {})["HTTP_X_MLFLOW_WORKSPACE"] == f"project-{first.pk}"


@pytest.mark.django_db
def test_reading_is_not_writing(people, make_project):
    make_project()
    token = people.token("manager")
    assert isinstance(call("POST", SEARCH, token, {}), dict)
    create = "/mlflow/api/2.0/mlflow/registered-models/create"
    assert call("POST", create, token, {"name": "x"}) == (403, "PERMISSION_DENIED")
    assert call("POST", SEARCH, people.token("annotator"), {}) == (403, "PERMISSION_DENIED")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        "/mlflow",
        "/mlflow/",
        "/mlflow/ajax-api/2.0/mlflow/experiments/search",
        "/mlflow/api/3.0/mlflow/workspaces",
        "/mlflow/api/2.0/mlflow/gateway/routes",
        "/mlflow/graphql",
        "/mlflow/api/2.0/mlflow-artifacts/mpu/create/workspaces/project-1/x",
        "/mlflow/get-artifact",
    ],
)
def test_what_is_not_listed_is_not_there(people, make_project, path):
    make_project()
    for method in ("GET", "POST"):
        assert call(method, path, people.token("admin"), {})[0] == 404


@pytest.mark.django_db
def test_artifacts_stay_inside_the_workspace(people, make_project):
    project = make_project()
    token, base = people.token("scientist"), "/mlflow/api/2.0/mlflow-artifacts/artifacts"
    home = f"workspaces/project-{project.pk}"
    assert isinstance(call("GET", f"{base}/{home}/1/model/MLmodel", token), dict)
    assert isinstance(call("GET", f"{base}?path={home}/1", token), dict)
    for bad in (
        f"{base}/workspaces/project-999/1/model",
        f"{base}/{home}/../project-999/1",
        f"{base}/{home}/%2e%2e/project-999/1",
        f"{base}/{home}/%252e%252e/project-999",
        f"{base}/workspaces/project-{project.pk}9/1",
        f"{base}?path=workspaces/project-999",
        f"{base}?path={home}/..",
        base,
    ):
        assert call("GET", bad, token) == (403, "PERMISSION_DENIED"), bad


@pytest.mark.django_db
@pytest.mark.parametrize(
    "source", ["file:///etc", "/etc/passwd", "s3://other/x", "mlflow-artifacts:/workspaces/project-999/1", ""]
)
def test_a_foreign_source_cannot_be_registered(people, make_project, source):
    make_project()
    path = "/mlflow/api/2.0/mlflow/model-versions/create"
    assert isinstance(call("POST", path, people.token("scientist"), {"name": "m", "source": source}), tuple)


@pytest.mark.django_db
def test_an_experiment_cannot_choose_where_its_artifacts_lie(people, make_project):
    make_project()
    path = "/mlflow/api/2.0/mlflow/experiments/create"
    body = {"name": "x", "artifact_location": "file:///etc"}
    assert call("POST", path, people.token("scientist"), body) == (400, "INVALID_PARAMETER_VALUE")


@pytest.mark.django_db
def test_a_run_carries_the_true_callers_name(people, make_project, mlflow_tables):
    make_project()
    body = {"experiment_id": "0", "user_id": "boss", "tags": [{"key": "mlflow.user", "value": "boss"}]}
    passed = call("POST", "/mlflow/api/2.0/mlflow/runs/create", people.token("scientist"), body)
    forwarded = json.loads(passed["wsgi.input"].read())
    assert forwarded["user_id"] == "scientist@ours.example"
    assert forwarded["tags"] == [{"key": "mlflow.user", "value": "scientist@ours.example"}]
    assert "HTTP_AUTHORIZATION" not in passed


def test_an_unknown_host_is_refused():
    with pytest.raises(proxy.MlflowError, match="Unknown host"):
        proxy._check_host({"HTTP_HOST": "evil.example"})


@pytest.mark.django_db
def test_every_route_of_mlflow_is_classified():
    from registry.mlflow_store.server import configure

    configure()
    from mlflow.server import app

    unknown = []
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<path:\w+>", "a/b", str(rule))
        path = re.sub(r"<\w+>", "x", path)
        for method in sorted(set(rule.methods or ()) - {"HEAD", "OPTIONS"}):
            closed = any(re.search(pattern, str(rule)) for pattern in routes.DENIED_ROUTES)
            if not closed and routes.find_route(method, path) is None:
                unknown.append(f"{method} {rule}")
    assert unknown == []


@pytest.mark.django_db
def test_tables_of_another_mlflow_are_said_and_refused_before_mlflow_sees_them(mlflow_tables):
    from django.db import connection

    from registry.mlflow_store import schema

    assert schema.schema_problem() == ""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE mlflow.alembic_version SET version_num = 'older'")
    assert "prepare" in schema.schema_problem()
    proxy._schema_fits.clear()
    with pytest.raises(proxy.MlflowError) as error:
        proxy._check_schema()
    assert error.value.status.startswith("503")
