"""Trainings."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from plateau.access.visibility import ScopedQuerySet


class TrainingRun(models.Model):
    """One training: from a snapshot, by a recipe, with a seed. Its state is its job's."""

    organization_path: ClassVar[str] = "project__organization_id"
    project_path: ClassVar[str] = "project_id"

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="runs")
    snapshot = models.ForeignKey("snapshots.Snapshot", on_delete=models.PROTECT, related_name="runs")
    recipe = models.CharField(max_length=40)
    params = models.JSONField(default=dict)
    seed = models.IntegerField()
    job = models.OneToOneField("jobs.Job", on_delete=models.PROTECT)
    mlflow_run_id = models.CharField(max_length=32, default="", db_default="", blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedQuerySet["TrainingRun"].as_manager()

    class Meta:
        verbose_name = "run"
