"""What runs: which version answers under a name, who answers, and what was seen on the way."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from plateau.access.visibility import ScopedQuerySet

BINS = 20


def _bins() -> list[int]:
    return [0] * BINS


class Deployment(models.Model):
    """A name that answers with the version an alias points at, or with one version.

    Where `alias` is set, moving the alias moves the deployment. `shadow` answers the same pictures unseen, to be
    compared. Predictions below `threshold`, and `sample_share` of all, go back into the project's queue.
    """

    organization_path: ClassVar[str] = "project__organization_id"
    project_path: ClassVar[str] = "project_id"

    organization = models.ForeignKey("identity.Organization", on_delete=models.CASCADE, related_name="+")
    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="deployments")
    name = models.CharField(max_length=60)
    model = models.CharField(max_length=256)
    alias = models.CharField(max_length=256, default="", blank=True)
    version = models.ForeignKey("model_versions.ModelVersion", on_delete=models.PROTECT, null=True, related_name="+")
    shadow = models.ForeignKey("model_versions.ModelVersion", on_delete=models.PROTECT, null=True, related_name="+")
    threshold = models.FloatField(null=True)
    sample_share = models.FloatField(default=0.0)
    running = models.BooleanField(default=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedQuerySet["Deployment"].as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "name"], name="deployment_name_once"),
            models.CheckConstraint(
                condition=models.Q(alias="", version__isnull=False) | (~models.Q(alias="") & models.Q(version=None)),
                name="deployment_by_alias_or_by_version",
            ),
        ]


class Replica(models.Model):
    """One serving process and one deployment: what it answers with, and whether it is well."""

    deployment = models.ForeignKey(Deployment, on_delete=models.CASCADE, related_name="replicas")
    process = models.CharField(max_length=80)
    version = models.ForeignKey("model_versions.ModelVersion", on_delete=models.SET_NULL, null=True, related_name="+")
    shadow = models.ForeignKey("model_versions.ModelVersion", on_delete=models.SET_NULL, null=True, related_name="+")
    problem = models.CharField(max_length=300, default="", blank=True)
    seen_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["deployment", "process"], name="replica_once")]


class Hour(models.Model):
    """What one version answered in one hour (UTC) under one name.

    `confidence`, `brightness` and `contrast` are counts in `BINS` equal bins of 0 to 1; `labels` counts answers.
    """

    deployment = models.ForeignKey(Deployment, on_delete=models.CASCADE, related_name="hours")
    version = models.ForeignKey("model_versions.ModelVersion", on_delete=models.CASCADE, related_name="+")
    hour = models.DateTimeField()
    answered = models.IntegerField(default=0)
    refused = models.IntegerField(default=0)
    failed = models.IntegerField(default=0)
    milliseconds = models.FloatField(default=0)
    confidence = ArrayField(models.IntegerField(), default=_bins)
    brightness = ArrayField(models.IntegerField(), default=_bins)
    contrast = ArrayField(models.IntegerField(), default=_bins)
    labels = models.JSONField(default=dict)
    shadow_answered = models.IntegerField(default=0)
    shadow_agreed = models.IntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["deployment", "version", "hour"], name="one_row_an_hour")
        ]


class Feedback(models.Model):
    """A picture that was answered and goes back to people; a worker takes it into the project's queue.

    `value` is the model's answer as people answer; `label` its surest label, empty where it found nothing.
    """

    organization_path: ClassVar[str] = "deployment__project__organization_id"
    project_path: ClassVar[str] = "deployment__project_id"

    deployment = models.ForeignKey(Deployment, on_delete=models.CASCADE, related_name="feedback")
    version = models.ForeignKey("model_versions.ModelVersion", on_delete=models.CASCADE, related_name="+")
    storage_key = models.CharField(max_length=200)
    label = models.CharField(max_length=64, blank=True)
    value = models.JSONField(default=dict, db_default={})
    confidence = models.FloatField()
    why = models.CharField(max_length=8)
    item = models.ForeignKey("datalake.Item", on_delete=models.SET_NULL, null=True, related_name="+")
    problem = models.CharField(max_length=300, default="", blank=True)
    taken_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedQuerySet["Feedback"].as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["id"], name="feedback_waiting", condition=models.Q(taken_at__isnull=True)),
        ]


class Batch(models.Model):
    """A version predicts over a dataset, or proposes labels for a project's open tasks.

    `done` is how far it came: results of the items up to there are in the storage, so a new attempt goes on from there.
    """

    organization_path: ClassVar[str] = "project__organization_id"
    project_path: ClassVar[str] = "project_id"

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="+")
    version = models.ForeignKey("model_versions.ModelVersion", on_delete=models.PROTECT, related_name="+")
    dataset = models.ForeignKey("datalake.Dataset", on_delete=models.CASCADE, null=True)
    hidden_share = models.FloatField(null=True)
    job = models.OneToOneField("jobs.Job", on_delete=models.PROTECT)
    done = models.IntegerField(default=0)
    last_item = models.BigIntegerField(default=0)
    parts = models.JSONField(default=list)
    skipped = models.IntegerField(default=0)
    result_key = models.CharField(max_length=200, default="", blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedQuerySet["Batch"].as_manager()
