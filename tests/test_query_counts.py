"""Queries of each page, with a line for each: a list must not ask more for more rows."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

pytestmark = pytest.mark.django_db

TOKEN = 1  # who asks
BASELINE = {
    "projects/": TOKEN + 2,  # the page; task counts of all its projects at once
    "datasets/": TOKEN + 1,  # the page with item counts
    "members/": TOKEN + 1,
    "jobs/": TOKEN + 1,
    "models/": TOKEN + 1,  # and, where there are any, versions, their numbers and deployments of all at once
    "versions/": TOKEN + 1,
    "deployments/": TOKEN + 1,  # and, where there are any, replicas, counts and aliases of all at once
    "audit/": TOKEN + 1,
    "tokens/": TOKEN + 1,
    "projects/{project}/": TOKEN + 5,  # project, labels, guidelines, task counts, teams
    "projects/{project}/tasks/?state=open": TOKEN + 3,  # project, page, skips of its tasks
    "projects/{project}/seats/": TOKEN + 3,  # project, verdicts, seats
    "projects/{project}/overview/": TOKEN + 8,
    "projects/{project}/snapshots/": TOKEN + 2,  # project, page
    "projects/{project}/runs/": TOKEN + 2,
    "shapes/": TOKEN + 1,  # and, where there are any, the models of all at once
    "areas/": TOKEN + 1,  # and, where there are any, events and forecasts of all at once
    "projects/{project}/searches/": TOKEN + 2,  # and, where there are any, their trials at once
    "projects/{project}/studies/": TOKEN + 2,  # and, where there are any, all their points at once
    "datasets/{dataset}/items/": TOKEN + 2,
    "erasures/": TOKEN + 1,
}


def counted(client, path: str) -> int:
    client.get(f"/api/v1/{path}")  # the first call notes the token's use
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(f"/api/v1/{path}").status_code == 200
    return len([one for one in queries if "SAVEPOINT" not in one["sql"]])


@pytest.mark.parametrize("path", sorted(BASELINE))
def test_queries_stay_at_their_baseline_however_many_rows(people, make_project, path):
    project = make_project(items=2)
    for number in range(4):
        make_project(items=3, name=f"More {number}")
    client = people.client("admin")
    address = path.format(project=project.pk, dataset=project.dataset_id)
    assert counted(client, address) == BASELINE[path]


def test_the_hot_path_is_three_statements(people, make_project):
    project, client = make_project(items=4), people.client("annotator")
    head = {"content_type": "application/json"}
    answer = {"value": {"label": "apple"}}
    task = client.post(f"/api/v1/projects/{project.pk}/queue/next/", {}, **head).json()["tasks"][0]["id"]
    task = client.post(f"/api/v1/tasks/{task}/annotations/?next=1", answer, **head).json()["next"][0]["id"]
    with CaptureQueriesContext(connection) as queries:
        found = client.post(f"/api/v1/tasks/{task}/annotations/?next=1", answer, **head).json()
    words = [one["sql"].split("(")[0].strip() for one in queries if "SAVEPOINT" not in one["sql"]]
    assert words == ["EXECUTE token_by_digest", "EXECUTE queue_lock", "EXECUTE queue_answer_and_next"]
    assert len(found["next"]) == 1
