"""Sweeps by API: typed trials, and a code of its own for each error."""

import pytest

from annotation.snapshots.models import Snapshot
from plateau.jobs.models import Job
from workers.sweeps.models import Trial

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(make_project):
    return make_project(items=0)


def create_snapshot(project, **fields) -> Snapshot:
    values = {"train_count": 640, "test_count": 200, "item_count": 840, "content_hash": "x", "state": "ready"} | fields
    return Snapshot.objects.create(
        project=project, version=1, kind="classification", labels=[], schema_version=1, **values
    )


def submit(client, project, snapshot, **changes):
    body = {"snapshot_id": snapshot.pk, "recipe": "image_probe", "trial_count": 3} | changes
    return client.post(f"/api/v1/projects/{project.pk}/sweeps/", body, content_type="application/json")


def test_trials_and_their_rungs_are_typed_rows(people, project):
    client = people.client("scientist")
    created = submit(client, project, create_snapshot(project)).json()
    assert (created["trial_count"], created["ended_count"], created["best_trial"]) == (3, 0, None)
    trial = Trial.objects.get(sweep=created["id"], number=1)
    Trial.objects.filter(pk=trial.pk).update(state="done", value=0.8, rungs=[[10, 0.5], [40, 0.8]])
    Job.objects.filter(pk=trial.job_id).update(state="done")
    failed = Trial.objects.get(sweep=created["id"], number=2)
    Job.objects.filter(pk=failed.job_id).update(state="failed", error="Out of memory\n\nTraceback")
    sweep = client.get(f"/api/v1/sweeps/{created['id']}/").json()
    assert (sweep["ended_count"], sweep["best_trial"], sweep["best_value"]) == (2, 1, 0.8)
    assert sweep["trials"][1]["rungs"] == [{"label_count": 10, "score": 0.5}, {"label_count": 40, "score": 0.8}]
    assert [(row["state"], row["error"]) for row in sweep["trials"]] == [
        ("waiting", ""), ("done", ""), ("failed", "Out of memory"),
    ]  # fmt: skip


def test_a_stopped_sweep_says_that_it_has_ended(people, project):
    client = people.client("scientist")
    sweep = submit(client, project, create_snapshot(project)).json()
    stop = f"/api/v1/sweeps/{sweep['id']}/stop/"
    assert client.post(stop).json() == {"cancelled_count": 3}
    states = {row["state"] for row in client.get(f"/api/v1/sweeps/{sweep['id']}/").json()["trials"]}
    assert states == {"cancelled"}
    response = client.post(stop)
    assert (response.status_code, response.json()["code"]) == (409, "sweep_ended")


@pytest.mark.parametrize(
    ("fields", "changes", "code"),
    [
        ({"state": "building"}, {}, "snapshot_not_ready"),
        ({"test_count": 0}, {}, "snapshot_too_small"),
        ({"train_count": 39}, {}, "sweep_needs_more_labels"),
        ({}, {"recipe": "text_linear"}, "recipe_not_for_project_type"),
        ({}, {"recipe": "majority"}, "recipe_has_no_parameters"),
        ({}, {"space": {"C": {"min": -1}}}, "invalid_input"),
    ],
)
def test_each_refusal_has_its_code(people, project, fields, changes, code):
    snapshot = create_snapshot(project, **fields)
    response = submit(people.client("scientist"), project, snapshot, **changes)
    assert response.json()["code"] == code
    assert not Trial.objects.exists()
