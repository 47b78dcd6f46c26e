"""Runs of MLflow's on our own endpoints."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from registry.mlflow_store.models import TrackedRun
from registry.tracked_runs.artifacts import MOST_ENTRIES
from registry.tracked_runs.queries import POINTS
from registry.tracked_runs.tests.factories import TrackedRunFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(make_project, mlflow_tables) -> TrackedRun:
    return TrackedRunFactory(project=make_project(items=0), name="first try")


def test_a_run_shows_what_was_logged(people, run):
    client = people.client("scientist")
    (listed,) = client.get("/api/v1/tracked-runs/?search=first").json()["results"]
    assert (listed["id"], listed["metrics"], listed["training_run_id"]) == (run.pk, {"accuracy": 0.5}, None)
    assert client.get("/api/v1/tracked-runs/?status=RUNNING").json()["results"] == []
    (experiment,) = client.get("/api/v1/experiments/").json()["results"]
    assert (experiment["id"], experiment["run_count"]) == (run.experiment_id, 1)
    (curve,) = client.get(f"/api/v1/tracked-runs/{run.pk}/curves/").json()["curves"]
    assert (curve["steps"], curve["values"]) == ([1, 2, 3], [0.25, None, 0.5])


def test_a_long_curve_is_thinned_and_keeps_its_ends(people, run):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO mlflow.metrics (run_uuid, key, value, step, timestamp, is_nan) "
            "SELECT %s, 'accuracy', 1, step, step, false FROM generate_series(4, 20000) step",
            [run.pk],
        )
    (curve,) = people.client("scientist").get(f"/api/v1/tracked-runs/{run.pk}/curves/").json()["curves"]
    assert len(curve["steps"]) <= POINTS + 2
    assert (curve["steps"][0], curve["steps"][-1]) == (1, 20_000)


def test_files_are_listed_by_folder_and_only_the_runs_own_are_opened(people, run):
    client = people.client("scientist")
    folder = f"mlflow/workspaces/{run.experiment.workspace}/1/{run.pk}/artifacts"
    default_storage.save(f"{folder}/plots/a.png", ContentFile(b"picture"))
    default_storage.save(f"{folder}/b.html", ContentFile(b"<script>"))
    default_storage.save(f"mlflow/workspaces/{run.experiment.workspace}/1/other/artifacts/c.txt", ContentFile(b"c"))
    address = f"/api/v1/tracked-runs/{run.pk}/artifacts/"
    root = client.get(address).json()
    assert [(entry["path"], entry["size_bytes"]) for entry in root["entries"]] == [("plots", None), ("b.html", 8)]
    inner = client.get(f"{address}?path=plots").json()
    assert [entry["path"] for entry in inner["entries"]] == ["plots/a.png"]
    picture = client.get(f"{address}content/?path=plots/a.png")
    assert (b"".join(picture.streaming_content), picture["Content-Type"]) == (b"picture", "image/png")
    page = client.get(f"{address}content/?path=b.html")  # never a page of this address
    assert page["Content-Type"] == "application/octet-stream"
    assert page["Content-Disposition"].startswith("attachment")
    assert b"".join(page.streaming_content) == b"<script>"
    for path in ("../../other/artifacts/c.txt", "%2e%2e/%2e%2e/other/artifacts/c.txt", "@m-0/MLmodel", "nothing"):
        assert client.get(f"{address}content/", {"path": path}).status_code == 404, path
    assert root["has_more"] is False
    assert MOST_ENTRIES == 1000


def test_a_note_is_changed_by_its_etag(people, make_project, mlflow_tables, monkeypatch):
    run = TrackedRunFactory(project=make_project(items=0))
    client = people.client("scientist")
    detail = client.get(f"/api/v1/tracked-runs/{run.pk}/").json()
    written = []

    class Store:
        def set_tag(self, run_id, tag):
            written.append((run_id, tag.key, tag.value))

    from contextlib import contextmanager

    from registry.tracked_runs import services

    monkeypatch.setattr(services, "tracking_store", contextmanager(lambda _project: iter([Store()])))
    address = f"/api/v1/tracked-runs/{run.pk}/note/"

    def put(tag: str) -> int:
        head = {"If-Match": tag, "content-type": "application/json"}
        return client.put(address, {"text": "**good**"}, content_type="application/json", headers=head).status_code

    assert put('"of-long-ago"') == 412
    assert put(f'"{detail["note"]["etag"]}"') == 200
    assert written == [(run.pk, "mlflow.note.content", "**good**")]
