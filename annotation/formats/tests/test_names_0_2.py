"""Jobs that 0.2.0 stored are renamed, there and back."""

from importlib import import_module

import pytest
from django.db import connection

from plateau.identity.models import User
from plateau.jobs.models import Job

MIGRATION = import_module("annotation.projects.migrations.0005_import_jobs").Migration
PAYLOAD = {"project_id": 1, "format": "csv", "key": "k", "prelabels": "yolo", "hidden_share": 0.5}
RESULT = {"answers": 1, "tasks": 2, "already_labeled": 3, "unlabeled": 4, "dropped": 5, "notes": []}


@pytest.mark.django_db
def test_jobs_and_people_of_imports_are_renamed_there_and_back(people):
    fields = {"organization_id": people.actor("manager").organization_id, "queue": "default"}
    job = Job.objects.create(kind="import_labels", payload=PAYLOAD, result=RESULT, **fields)
    waiting = Job.objects.create(kind="import_labels", payload=PAYLOAD, **fields)
    ingest_job = Job.objects.create(kind="ingest", payload={"prelabels": "x"}, result={"answers": 1}, **fields)
    User.objects.create(email="user-1@brought-over.invalid", name="user 1", password="!")

    with connection.cursor() as cursor:
        for operation in MIGRATION.operations:
            cursor.execute(operation.sql)
    job.refresh_from_db()
    assert job.payload == {
        "project_id": 1, "format": "csv", "key": "k", "pre_annotation_model": "yolo", "hidden_fraction": 0.5
    }  # fmt: skip
    assert job.result == {
        "annotation_count": 1, "task_count": 2, "already_labeled_count": 3, "unlabeled_count": 4, "dropped_count": 5,
        "notes": [],
    }  # fmt: skip
    ingest_job.refresh_from_db()
    assert (ingest_job.payload, ingest_job.result) == ({"prelabels": "x"}, {"answers": 1})
    assert User.objects.filter(email="user-1@imported.invalid").exists()

    with connection.cursor() as cursor:
        for operation in reversed(MIGRATION.operations):
            cursor.execute(operation.reverse_sql)
    for row in (job, waiting):
        row.refresh_from_db()
        assert row.payload == PAYLOAD
    assert job.result == RESULT
    assert User.objects.filter(email="user-1@brought-over.invalid").exists()
