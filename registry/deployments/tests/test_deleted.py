"""A deleted deployment predicts nothing, gives its name free, and can be restored for 30 days."""

from datetime import timedelta

import pytest
from django.utils import timezone

from plateau.audit.models import AuditEvent
from registry.deployments import queries, services
from registry.deployments.models import Deployment
from registry.deployments.tests.factories import DeploymentFactory, DeploymentStatsHourlyFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def deployment(people, make_project):
    return DeploymentFactory(project=make_project(), name="shop")


def names(client, query=""):
    return [row["name"] for row in client.get(f"/api/v1/deployments/{query}").json()["results"]]


def test_a_deleted_deployment_serves_nothing_until_it_is_restored(people, deployment):
    client, address = people.client("scientist"), "/api/v1/deployments/shop/"
    assert client.post(f"{address}restore/").json()["code"] == "deployment_not_deleted"
    assert client.delete(address).status_code == 204
    assert (names(client), names(client, "?state=deleted")) == ([], ["shop"])
    assert client.get(address).status_code == 404
    assert client.patch(address, {"is_running": True}, content_type="application/json").status_code == 404
    assert client.post(f"{address}predict/", b"x", content_type="image/png").status_code == 404
    assert queries.uses_of(deployment.version) == []  # it keeps no version from being archived
    assert people.client("customer").post(f"{address}restore/").status_code == 403
    restored = client.post(f"{address}restore/").json()
    assert (restored["id"], restored["is_running"], restored["deleted_at"]) == (deployment.pk, True, None)
    assert names(client) == ["shop"]
    assert queries.uses_of(deployment.version) != []
    assert AuditEvent.objects.filter(action__in=["deployment.deleted", "deployment.restored"]).count() == 2


def test_its_name_is_free_and_the_one_deleted_last_comes_back(people, deployment):
    client, address = people.client("scientist"), "/api/v1/deployments/shop/"
    client.delete(address)
    second = DeploymentFactory(project=deployment.project, name="shop")
    refused = client.post(f"{address}restore/")
    assert (refused.status_code, refused.json()["code"]) == (409, "deployment_name_taken")
    client.delete(address)
    assert client.post(f"{address}restore/").json()["id"] == second.pk


def test_after_thirty_days_it_goes_with_its_statistics(people, deployment):
    DeploymentStatsHourlyFactory(deployment=deployment, version=deployment.version)
    people.client("scientist").delete("/api/v1/deployments/shop/")
    assert services.purge_deleted() == 0
    Deployment.objects.update(deleted_at=timezone.now() - timedelta(days=30, minutes=1))
    assert services.purge_deleted() == 1
    assert not Deployment.objects.exists()
    assert people.client("scientist").post("/api/v1/deployments/shop/restore/").status_code == 404
