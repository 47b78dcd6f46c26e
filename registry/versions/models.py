"""Model versions: what MLflow registered, with what we know of how it came to be."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from plateau.kernel.visibility import ScopedQuerySet


class ModelVersion(models.Model):
    """One version in the registry, traced to snapshot, recipe, seed and code.

    `metrics` were measured on the sealed split; each has `value`, `low` and `high` (95 %).
    """

    organization_path: ClassVar[str] = "project__organization_id"
    project_path: ClassVar[str] = "project_id"

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="model_versions")
    snapshot = models.ForeignKey("snapshots.Snapshot", on_delete=models.PROTECT, related_name="model_versions")
    name = models.CharField(max_length=120)
    version = models.IntegerField()
    mlflow_run_id = models.CharField(max_length=64)
    recipe = models.CharField(max_length=40)
    params = models.JSONField(default=dict)
    seed = models.IntegerField()
    code_version = models.CharField(max_length=64)
    metrics = models.JSONField(default=dict)
    per_class = models.JSONField(default=list)
    champion = models.BooleanField(default=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedQuerySet["ModelVersion"].as_manager()

    class Meta:
        verbose_name = "model version"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "name", "version"], name="model_version_once"),
            models.UniqueConstraint(
                fields=["project", "name"], condition=models.Q(champion=True), name="one_champion_for_each_name"
            ),
        ]
