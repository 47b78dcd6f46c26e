"""Reports and jobs that 0.2.0 stored get the names that the code reads."""

from collections.abc import Callable
from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

JOB_KINDS = {"shapes-render": "mesh-render", "shapes-train": "mesh-train", "shapes-predict": "mesh-reconstruct"}
JOB_KEYS = {"made_id": "result_id"}
REPORT_KEYS = {
    "learned": "train_count",
    "held_out": "test_count",
    "seconds": "training_seconds",
    "rows": "methods",
    "silhouettes": "silhouette_iou",
    "voxels": "voxel_iou",
    "over": "network_gain",
}


def _inverse(names: dict[str, str]) -> dict[str, str]:
    return {new: old for old, new in names.items()}


def _renamed(value: Any, keys: dict[str, str]) -> Any:
    """The same JSON with other keys at every depth."""
    if isinstance(value, list):
        return [_renamed(element, keys) for element in value]
    if isinstance(value, dict):
        return {keys.get(key, key): _renamed(element, keys) for key, element in value.items()}
    return value


def rename_stored(
    job_kinds: dict[str, str], job_keys: dict[str, str], report_keys: dict[str, str]
) -> Callable[[Apps, BaseDatabaseSchemaEditor], None]:
    """What renames keys of reports, and kinds and keys of jobs."""

    def rename(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        for collection in apps.get_model("meshes", "MeshCollection").objects.exclude(report={}).iterator():
            collection.report = _renamed(collection.report, report_keys)
            collection.save(update_fields=["report"])
        for job in apps.get_model("jobs", "Job").objects.filter(kind__in=job_kinds).iterator():
            job.kind = job_kinds[job.kind]
            job.payload, job.result = _renamed(job.payload, job_keys), _renamed(job.result, job_keys)
            job.save(update_fields=["kind", "payload", "result"])

    return rename


class Migration(migrations.Migration):
    dependencies = [("meshes", "0002_name_meshes"), ("jobs", "0005_project_by_number")]

    operations = [
        migrations.RunPython(
            rename_stored(JOB_KINDS, JOB_KEYS, REPORT_KEYS),
            rename_stored(_inverse(JOB_KINDS), _inverse(JOB_KEYS), _inverse(REPORT_KEYS)),
        )
    ]
