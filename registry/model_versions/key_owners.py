"""Whose files of the storage are, by their keys: they count for its quota."""

from annotation.projects.models import Project
from registry.model_versions.artifact_paths import project_of_key
from registry.model_versions.models import ModelVersion


def organization_of_artifact(key: str) -> int | None:
    """Of `mlflow/workspaces/project-<id>/…`."""
    return Project.objects.filter(pk=project_of_key(key) or 0).values_list("organization_id", flat=True).first()


def organization_of_export(key: str) -> int | None:
    """Of `exports/<version>/…`."""
    version = key.split("/")[1]
    versions = ModelVersion.objects.filter(pk=int(version) if version.isdecimal() else 0)
    return versions.values_list("project__organization_id", flat=True).first()
