"""Deletion of files of deleted versions and runs: MLflow's own collection skips registered versions."""

from dataclasses import dataclass, field
from datetime import timedelta

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from registry.mlflow_store.models import TrackedRun
from registry.model_versions.artifact_paths import (
    artifact_folders,
    list_folder,
    lock_to_write,
    project_of_key,
    version_holding,
)
from registry.model_versions.models import BrowserExport, ModelPolicy, ModelVersion, VersionState

RETENTION_DAYS = 7  # a version or run that was deleted by mistake can be brought back until then


@dataclass
class DeletedArtifacts:
    """What was (or would be) deleted."""

    folders: list[str] = field(default_factory=list)
    file_count: int = 0
    size_bytes: int = 0


def delete_unused_artifacts(*, days: int = RETENTION_DAYS, dry_run: bool = False) -> DeletedArtifacts:
    """Delete files of versions and runs that were deleted `days` ago, and count anew what projects use.

    Files that any version still needs stay, whoever else let go of them.
    """
    before = timezone.now() - timedelta(days=days)
    live = [
        folder
        for folder in ModelVersion.objects.exclude(state=VersionState.DELETED).values_list("facts__folder", flat=True)
        if folder
    ]
    deleted_versions = ModelVersion.objects.filter(state=VersionState.DELETED, deleted_at__lt=before)
    candidates = {folder for folder in deleted_versions.values_list("facts__folder", flat=True) if folder}
    candidates |= _deleted_run_folders(int(before.timestamp() * 1000))
    deleted = DeletedArtifacts()
    for folder in sorted(candidates):
        if any(
            f"{live_folder}/".startswith(f"{folder}/") or f"{folder}/".startswith(f"{live_folder}/")
            for live_folder in live
        ):
            continue
        with transaction.atomic():
            lock_to_write(folder, whole=True)  # nobody registers it meanwhile
            if (project := project_of_key(folder)) and version_holding(project, folder):
                continue
            files, size = _walk(folder, delete=not dry_run)
        if files:
            deleted.folders.append(folder)
            deleted.file_count += files
            deleted.size_bytes += size
    for export in BrowserExport.objects.filter(version__in=deleted_versions).exclude(storage_key=""):
        deleted.file_count += 1
        deleted.size_bytes += export.size_bytes
        if not dry_run:
            default_storage.delete(export.storage_key)
            export.delete()
    if not dry_run:
        for policy in ModelPolicy.objects.all():
            _, size = _walk(f"mlflow/workspaces/project-{policy.pk}", delete=False)
            ModelPolicy.objects.filter(pk=policy.pk).update(used_bytes=size)
    return deleted


def _deleted_run_folders(before: int) -> set[str]:
    rows = TrackedRun.objects.filter(lifecycle_stage="deleted", deleted_time__lt=before)
    return {folder for uri in rows.values_list("artifact_uri", flat=True) for folder in artifact_folders("", uri or "")}


def _walk(folder: str, *, delete: bool) -> tuple[int, int]:
    """Files and bytes below a folder; deleted on the way where asked to."""
    try:
        folders, names = list_folder(folder)
    except FileNotFoundError:
        return 0, 0
    file_count = size_bytes = 0
    for name in folders:
        inner_files, inner_bytes = _walk(f"{folder}/{name}", delete=delete)
        file_count, size_bytes = file_count + inner_files, size_bytes + inner_bytes
    for name in names:
        key = f"{folder}/{name}"
        file_count, size_bytes = file_count + 1, size_bytes + default_storage.size(key)
        if delete:
            default_storage.delete(key)
    return file_count, size_bytes
