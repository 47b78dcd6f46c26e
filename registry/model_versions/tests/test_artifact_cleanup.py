from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from registry.model_versions.artifact_cleanup import delete_unused_artifacts
from registry.model_versions.models import ModelPolicy, ModelVersion
from registry.model_versions.tests.factories import ModelPolicyFactory, ModelVersionFactory

pytestmark = pytest.mark.django_db


def version(project, name: str, folder: str, *, gone_days: int | None) -> ModelVersion:
    gone = None if gone_days is None else timezone.now() - timedelta(days=gone_days)
    key = f"mlflow/workspaces/project-{project.pk}/{folder}"
    if not default_storage.exists(f"{key}/model.onnx"):
        default_storage.save(f"{key}/model.onnx", ContentFile(b"12345"))
    return ModelVersionFactory(
        project=project,
        snapshot=None,
        name=name,
        facts={"folder": key},
        state="deleted" if gone else "ready",
        deleted_at=gone,
    )


def there(row: ModelVersion) -> bool:
    return default_storage.exists(f"{row.facts['folder']}/model.onnx")


def test_only_files_that_nobody_needs_any_more_are_swept(make_project, mlflow_tables):
    project = make_project(items=0)
    old = version(project, "old", "1/models/a", gone_days=8)
    fresh = version(project, "fresh", "1/models/b", gone_days=2)
    live = version(project, "live", "1/models/c", gone_days=None)
    shared = version(project, "shared", "1/models/c", gone_days=8)
    ModelPolicyFactory(project=project, used_bytes=999)
    cleanup = delete_unused_artifacts(dry_run=True)
    assert (cleanup.folders, cleanup.file_count, cleanup.size_bytes) == ([old.facts["folder"]], 1, 5)
    assert there(old)
    assert delete_unused_artifacts().file_count == 1
    assert [there(version) for version in (old, fresh, live, shared)] == [False, True, True, True]
    assert ModelPolicy.objects.get().used_bytes == 10
    assert delete_unused_artifacts().file_count == 0


def test_a_version_whose_source_was_a_file_keeps_no_other_from_being_swept(make_project, mlflow_tables):
    project = make_project(items=0)
    version(project, "kept", "1/models/a", gone_days=None)
    odd = version(project, "odd", "1/models/b", gone_days=8)
    for number, folder in ((2, f"{odd.facts['folder']}/model.onnx"), (3, f"{odd.facts['folder']}/{'a' * 300}")):
        ModelVersionFactory(
            project=project,
            snapshot=None,
            name="odd",
            version=number,
            facts={"folder": folder},
            state="deleted",
            deleted_at=odd.deleted_at,
        )
    old = version(project, "old", "1/models/c", gone_days=8)
    assert delete_unused_artifacts().file_count == 2
    assert not there(old)
