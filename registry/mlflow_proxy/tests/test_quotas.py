"""MLflow's door holds organizations to their quotas of storage and requests."""

import pytest

from plateau.quotas import requests
from plateau.quotas.models import OrganizationQuota, QuotaKind, StorageUsage

pytestmark = pytest.mark.django_db
ARTIFACTS = "/api/2.0/mlflow-artifacts/artifacts/workspaces/project-{}/1/run/artifacts"


@pytest.fixture
def limit(people):
    requests.forget_limits()

    def set_limit(kind, number):
        organization = people.organizations["ours"]
        OrganizationQuota.objects.update_or_create(organization=organization, kind=kind, defaults={"limit": number})

    return set_limit


def used(people):
    row = StorageUsage.objects.filter(organization=people.organizations["ours"]).first()
    return row.used_bytes if row else 0


def test_artifacts_count_and_are_refused_where_they_do_not_fit(people, door, limit):
    folder = ARTIFACTS.format(door.project)
    before = used(people)
    limit(QuotaKind.STORAGE, before + 100)
    assert door("PUT", f"{folder}/a.bin", b"x" * 60)[0] == 200
    assert door("PUT", f"{folder}/a.bin", b"x" * 30)[0] == 200  # in the place of the first
    assert used(people) == before + 30
    status, body = door("PUT", f"{folder}/b.bin", b"x" * 71)
    assert (status, body["error_code"]) == (507, "RESOURCE_EXHAUSTED")
    assert f"{before + 30:,} of {before + 100:,} bytes" in body["message"]
    assert door("DELETE", f"{folder}/a.bin")[0] == 200
    assert used(people) == before


def test_requests_beyond_the_quota_are_refused_as_mlflow_does(people, door, limit):
    sent = requests.requests_now(people.organizations["ours"].pk)[QuotaKind.REQUESTS_PER_DAY]
    limit(QuotaKind.REQUESTS_PER_DAY, sent + 1)
    search = "/api/2.0/mlflow/experiments/search"
    assert door("POST", search, b'{"max_results": 1}')[0] == 200
    status, body = door("POST", search, b'{"max_results": 1}')
    assert (status, body["error_code"]) == (429, "REQUEST_LIMIT_EXCEEDED")
