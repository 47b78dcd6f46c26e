"""Label-budget studies: learning curves, point by point, and what was forecast from them."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from plateau.kernel.visibility import ScopedQuerySet


class Study(models.Model):
    """One learning curve: a recipe on nested subsets of a snapshot, judged on the sealed split."""

    organization_path: ClassVar[str] = "project__organization_id"
    project_path: ClassVar[str] = "project_id"

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="studies")
    snapshot = models.ForeignKey("snapshots.Snapshot", on_delete=models.PROTECT, related_name="studies")
    recipe = models.CharField(max_length=40)
    params = models.JSONField(default=dict)
    sizes = models.JSONField()
    seeds = models.JSONField()
    job = models.OneToOneField("jobs.Job", on_delete=models.PROTECT)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedQuerySet["Study"].as_manager()

    class Meta:
        verbose_name = "study"


class CurvePoint(models.Model):
    """One training of a study. `per_class` maps a label id to its sealed items and how many were right."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="points")
    n = models.IntegerField()
    seed = models.IntegerField()
    accuracy = models.FloatField()
    macro_f1 = models.FloatField()
    test_items = models.IntegerField()
    per_class = models.JSONField()
    seconds = models.FloatField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["study", "n", "seed"], name="point_once")]


class ForecastRecord(models.Model):
    """A forecast as it was made; never changed, so that it can be held against what came."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="forecasts")
    target = models.FloatField()
    body = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)
