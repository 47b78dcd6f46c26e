"""What 0.2.0 stored of meshes is renamed by a migration, and back."""

from importlib import import_module

import pytest
from django.apps import apps

from plateau.jobs.tests.factories import JobFactory
from workers.applications.meshes.tests.factories import MeshCollectionFactory

migration = import_module("workers.applications.meshes.migrations.0003_name_stored_reports")

OVERLAP = {"value": 0.5, "low": 0.4, "high": 0.6}
REPORT = {
    "learned": 8, "held_out": 2, "steps": 400, "seconds": 12.5,
    "rows": [{"name": "network", "silhouettes": OVERLAP, "voxels": OVERLAP, "over": OVERLAP}],
}  # fmt: skip


@pytest.mark.django_db
def test_stored_reports_and_jobs_are_renamed_and_back():
    collection = MeshCollectionFactory(report=REPORT)
    job = JobFactory(kind="shapes-predict", payload={"collection_id": 1, "made_id": 2}, result={"made_id": 2})
    other_job = JobFactory(kind="demo")
    names = (migration.JOB_KINDS, migration.JOB_KEYS, migration.REPORT_KEYS)
    migration.rename_stored(*names)(apps, None)
    for row in (collection, job, other_job):
        row.refresh_from_db()
    assert collection.report == {
        "train_count": 8, "test_count": 2, "steps": 400, "training_seconds": 12.5,
        "methods": [{"name": "network", "silhouette_iou": OVERLAP, "voxel_iou": OVERLAP, "network_gain": OVERLAP}],
    }  # fmt: skip
    assert (job.kind, job.payload) == ("mesh-reconstruct", {"collection_id": 1, "result_id": 2})
    assert job.result == {"result_id": 2}
    assert other_job.kind == "demo"
    migration.rename_stored(*map(migration._inverse, names))(apps, None)
    collection.refresh_from_db()
    job.refresh_from_db()
    assert (collection.report, job.kind, job.result) == (REPORT, "shapes-predict", {"made_id": 2})
