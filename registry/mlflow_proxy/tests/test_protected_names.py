"""What a protected name resolves to changes by approval alone, through whichever door."""

import pytest

from registry.mlflow_proxy.tests.test_proxy import call
from registry.mlflow_store.store import registry_store
from registry.model_versions.mlflow_sync import sync_model
from registry.model_versions.models import AliasChange, ModelPolicy, ModelVersion

pytestmark = pytest.mark.django_db


@pytest.fixture
def model(make_project, mlflow_tables):
    """A model with three versions: 1 was approved and has the protected alias, 2 has another, 3 has none."""
    project = make_project(items=0)
    with registry_store(project.pk) as store:
        store.create_registered_model("m")
        for _ in range(3):
            store.create_model_version("m", f"mlflow-artifacts:/workspaces/project-{project.pk}/1/a")
        store.set_registered_model_alias("m", "production", "1")
        store.set_registered_model_alias("m", "champion", "2")
    sync_model(project.pk, "m")
    version = ModelVersion.objects.get(project=project, version=1)
    AliasChange.objects.create(project=project, name="m", alias="production", version=version, protected=True)
    return project


def try_call(people, project, role: str, method: str, path: str, **body: object):
    return call(method, f"/mlflow/project-{project.pk}/api/2.0/mlflow/{path}", people.token(role), {"name": "m"} | body)


REFUSED = (409, "INVALID_STATE")
STAGE = "model-versions/transition-stage"


@pytest.mark.parametrize("role", ["scientist", "admin"])
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "registered-models/alias", {"alias": "production", "version": "2"}),
        ("POST", "registered-models/alias", {"alias": "Production", "version": "2"}),
        ("POST", "registered-models/alias", {"alias": "production", "version": "99"}),
        ("DELETE", "registered-models/alias", {"alias": "production"}),
        ("DELETE", "registered-models/alias", {"alias": "PRODUCTION"}),
        ("POST", STAGE, {"version": "2", "stage": "Production"}),
        ("POST", STAGE, {"version": "2", "stage": "production"}),
        ("POST", STAGE, {"version": "2", "stage": "Production", "archive_existing_versions": True}),
        ("POST", "registered-models/rename", {"new_name": "n"}),
        ("DELETE", "registered-models/delete", {}),
        ("DELETE", "model-versions/delete", {"version": "1"}),
    ],
)
def test_an_unapproved_version_gets_no_protected_name(people, model, role, method, path, body):
    assert try_call(people, model, role, method, path, **body) == REFUSED


def test_what_is_approved_or_not_protected_passes(people, model):
    for method, path, body in (
        ("POST", "registered-models/alias", {"alias": "production", "version": "1"}),
        ("POST", "registered-models/alias", {"alias": "other", "version": "3"}),
        ("DELETE", "registered-models/alias", {"alias": "champion"}),
        ("POST", STAGE, {"version": "1", "stage": "Production"}),
        ("POST", STAGE, {"version": "2", "stage": "Staging"}),
        ("DELETE", "model-versions/delete", {"version": "3"}),
    ):
        assert isinstance(try_call(people, model, "scientist", method, path, **body), dict), (path, body)


def test_a_version_in_a_protected_stage_is_held_there(people, model):
    """Out of the stage, `models:/m/Production` would load another version, or none."""
    with registry_store(model.pk) as store:
        store.delete_registered_model_alias("m", "production")
        store.transition_model_version_stage("m", "1", "Production", archive_existing_versions=False)
    sync_model(model.pk, "m")
    for method, path, body in (
        ("POST", STAGE, {"version": "1", "stage": "Archived"}),
        ("POST", STAGE, {"version": "1", "stage": "None"}),
        ("DELETE", "model-versions/delete", {"version": "1"}),
        ("DELETE", "registered-models/delete", {}),
        ("POST", "registered-models/rename", {"new_name": "n"}),
    ):
        assert try_call(people, model, "scientist", method, path, **body) == REFUSED, (path, body)
    assert isinstance(try_call(people, model, "admin", "POST", STAGE, version="1", stage="Archived"), dict)
    version = ModelVersion.objects.get(project=model, version=1)
    uses = people.client("scientist").get(f"/api/v1/model-versions/{version.pk}/").json()["uses"]
    assert {"kind": "stage", "name": "Production", "blocks": True} in uses
    assert people.client("scientist").post(f"/api/v1/model-versions/{version.pk}/archive/").status_code == 409
    ModelPolicy.objects.create(project=model, protected_aliases=["live"])
    assert isinstance(try_call(people, model, "scientist", "POST", STAGE, version="1", stage="Archived"), dict)


def test_a_protected_alias_is_removed_as_an_exception_alone(people, model):
    version = ModelVersion.objects.get(project=model, version=1)
    path = f"/api/v1/model-versions/{version.pk}/aliases/production/"
    for role, query, code in (
        ("scientist", "", "alias_protected"),
        ("scientist", "?reason=away", "override_not_allowed"),
        ("admin", "", "alias_protected"),
        ("admin", "?reason=%20", "alias_protected"),
    ):
        response = people.client(role).delete(path + query)
        assert (response.status_code, response.json()["code"]) == (409, code), (role, query)
    assert people.client("admin").delete(f"{path}?reason=retired").status_code == 204
    version.refresh_from_db()
    assert version.aliases == []
    change = AliasChange.objects.latest("pk")
    assert (change.version, change.protected, change.reason) == (None, True, "retired")
    other = ModelVersion.objects.get(project=model, version=2)
    assert people.client("scientist").delete(f"/api/v1/model-versions/{other.pk}/aliases/champion/").status_code == 204


def test_an_approval_does_not_pass_to_another_version_of_the_same_number(people, model):
    """Once a whole model is deleted, MLflow counts its versions from 1 again."""
    approved = ModelVersion.objects.get(project=model, version=1)
    for step in ("deleted", "renamed away"):
        with registry_store(model.pk) as store:
            if step == "deleted":
                store.delete_registered_model("m")
            else:
                store.rename_registered_model("m", "n")
        assert isinstance(try_call(people, model, "scientist", "POST", "registered-models/create"), dict)
        with registry_store(model.pk) as store:
            store.create_registered_model("m")
            store.create_model_version("m", f"mlflow-artifacts:/workspaces/project-{model.pk}/1/other")
        sync_model(model.pk, "n")
        sync_model(model.pk, "m")
        again = ModelVersion.objects.exclude(state="deleted").get(project=model, name="m", version=1)
        assert again.pk != approved.pk, step
        assert (again.state, again.facts["folder"].rpartition("/")[2]) == ("ready", "other")
        body = {"alias": "production", "version": "1"}
        assert try_call(people, model, "scientist", "POST", "registered-models/alias", **body) == REFUSED, step
        approved = again
        AliasChange.objects.create(project=model, name="m", alias="production", version=again, protected=True)
