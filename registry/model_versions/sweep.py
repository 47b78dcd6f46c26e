"""Files of what was deleted. MLflow's own collection ignores registered versions and leaves files, so this is ours."""

import re
from dataclasses import dataclass, field
from datetime import timedelta

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from registry.mlflow_store.models import TrackedRun
from registry.model_versions.models import BrowserExport, ModelPolicy, ModelVersion, VersionState
from registry.model_versions.places import folders_of, holder_of, list_folder, lock_to_write

KEPT_DAYS = 7  # a version or run that was deleted by mistake can be brought back until then


@dataclass
class Swept:
    """What was (or would be) deleted."""

    folders: list[str] = field(default_factory=list)
    files: int = 0
    size: int = 0


def sweep(*, days: int = KEPT_DAYS, dry_run: bool = False) -> Swept:
    """Delete files of versions and runs that were deleted `days` ago, and count anew what projects use.

    Files that any version still needs stay, whoever else let go of them.
    """
    before = timezone.now() - timedelta(days=days)
    live = [
        folder
        for folder in ModelVersion.objects.exclude(state=VersionState.DELETED).values_list("facts__folder", flat=True)
        if folder
    ]
    gone = ModelVersion.objects.filter(state=VersionState.DELETED, gone_at__lt=before)
    wanted = {folder for folder in gone.values_list("facts__folder", flat=True) if folder}
    wanted |= _of_runs(int(before.timestamp() * 1000))
    swept = Swept()
    for folder in sorted(wanted):
        if any(f"{one}/".startswith(f"{folder}/") or f"{folder}/".startswith(f"{one}/") for one in live):
            continue
        with transaction.atomic():
            lock_to_write(folder, whole=True)  # nobody registers it meanwhile
            if (project := _project_of(folder)) and holder_of(project, folder):
                continue
            files, size = _walk(folder, delete=not dry_run)
        if files:
            swept.folders.append(folder)
            swept.files += files
            swept.size += size
    for export in BrowserExport.objects.filter(version__in=gone).exclude(storage_key=""):
        swept.files += 1
        swept.size += export.size
        if not dry_run:
            default_storage.delete(export.storage_key)
            export.delete()
    if not dry_run:
        for policy in ModelPolicy.objects.all():
            _, size = _walk(f"mlflow/workspaces/project-{policy.pk}", delete=False)
            ModelPolicy.objects.filter(pk=policy.pk).update(used_bytes=size)
    return swept


def _of_runs(before: int) -> set[str]:
    rows = TrackedRun.objects.filter(lifecycle_stage="deleted", deleted_time__lt=before)
    return {folder for uri in rows.values_list("artifact_uri", flat=True) for folder in folders_of("", uri or "")}


def _project_of(folder: str) -> int:
    """The project that a folder of the storage belongs to; 0 where it is no project's."""
    found = re.match(r"mlflow/workspaces/project-(\d+)/", folder)
    return int(found[1]) if found else 0


def _walk(folder: str, *, delete: bool) -> tuple[int, int]:
    """Files and bytes below a folder; deleted on the way where asked to."""
    try:
        folders, names = list_folder(folder)
    except FileNotFoundError:
        return 0, 0
    files = size = 0
    for name in folders:
        more, weight = _walk(f"{folder}/{name}", delete=delete)
        files, size = files + more, size + weight
    for name in names:
        key = f"{folder}/{name}"
        files, size = files + 1, size + default_storage.size(key)
        if delete:
            default_storage.delete(key)
    return files, size
