"""Deployments of model versions, the processes that serve them, and statistics of live traffic."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from plateau.access.visibility import ScopedQuerySet

HISTOGRAM_BINS = 20


def _empty_histogram() -> list[int]:
    return [0] * HISTOGRAM_BINS


class Deployment(models.Model):
    """A named endpoint that predicts with the version an alias points at, or with a fixed version.

    Where `alias` is set, moving the alias moves the deployment. `shadow_version` predicts the same images without its
    predictions being returned. Images predicted below `confidence_threshold`, and a random `sample_fraction` of all,
    go back into the project's labeling queue. One with `deleted_at` serves nothing and gives its name free; it can be
    restored for `RESTORABLE_DAYS`.
    """

    organization_path: ClassVar[str] = "project__organization_id"
    project_path: ClassVar[str] = "project_id"

    organization = models.ForeignKey("identity.Organization", on_delete=models.CASCADE, related_name="+")
    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="deployments")
    name = models.CharField(max_length=60)
    model_name = models.CharField(max_length=256)
    alias = models.CharField(max_length=256, default="", blank=True)
    version = models.ForeignKey("model_versions.ModelVersion", on_delete=models.PROTECT, null=True, related_name="+")
    shadow_version = models.ForeignKey(
        "model_versions.ModelVersion", on_delete=models.PROTECT, null=True, related_name="+"
    )
    confidence_threshold = models.FloatField(null=True)
    sample_fraction = models.FloatField(default=0.0)
    is_running = models.BooleanField(default=True)
    deleted_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedQuerySet["Deployment"].as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "name"],
                condition=models.Q(deleted_at=None),
                name="live_deployment_name_once",
            ),
            models.CheckConstraint(
                condition=models.Q(alias="", version__isnull=False) | (~models.Q(alias="") & models.Q(version=None)),
                name="deployment_by_alias_or_by_version",
            ),
        ]


class Replica(models.Model):
    """A deployment in one serving process: the versions it has loaded, and why it could not load what it should."""

    deployment = models.ForeignKey(Deployment, on_delete=models.CASCADE, related_name="replicas")
    process = models.CharField(max_length=80)
    version = models.ForeignKey("model_versions.ModelVersion", on_delete=models.SET_NULL, null=True, related_name="+")
    shadow_version = models.ForeignKey(
        "model_versions.ModelVersion", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    error = models.CharField(max_length=300, default="", blank=True)
    heartbeat_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["deployment", "process"], name="replica_once")]


class DeploymentStatsHourly(models.Model):
    """Requests that one version handled for one deployment in one hour (UTC).

    The histograms count in `HISTOGRAM_BINS` equal bins of 0 to 1; `label_counts` counts predictions by label.
    `rejected_count` is what the full queue turned down, `failed_count` what the model could not predict.
    """

    deployment = models.ForeignKey(Deployment, on_delete=models.CASCADE, related_name="hourly_stats")
    version = models.ForeignKey("model_versions.ModelVersion", on_delete=models.CASCADE, related_name="+")
    hour = models.DateTimeField()
    prediction_count = models.IntegerField(default=0)
    rejected_count = models.IntegerField(default=0)
    failed_count = models.IntegerField(default=0)
    latency_ms_sum = models.FloatField(default=0)
    confidence_histogram = ArrayField(models.IntegerField(), default=_empty_histogram)
    brightness_histogram = ArrayField(models.IntegerField(), default=_empty_histogram)
    contrast_histogram = ArrayField(models.IntegerField(), default=_empty_histogram)
    label_counts = models.JSONField(default=dict)
    shadow_prediction_count = models.IntegerField(default=0)
    shadow_agreement_count = models.IntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["deployment", "version", "hour"], name="one_row_an_hour")
        ]


class FeedbackReason(models.TextChoices):
    """Why an image goes back to people."""

    LOW_CONFIDENCE = "low_confidence"
    RANDOM_SAMPLE = "random_sample"


class Feedback(models.Model):
    """A live image on its way into the project's labeling queue; a worker imports it (`imported_at`) as `item`.

    `prediction` is the prediction as an annotation value, `predicted_label` its most confident label, empty where the
    model detected nothing.
    """

    organization_path: ClassVar[str] = "deployment__project__organization_id"
    project_path: ClassVar[str] = "deployment__project_id"

    deployment = models.ForeignKey(Deployment, on_delete=models.CASCADE, related_name="feedback")
    version = models.ForeignKey("model_versions.ModelVersion", on_delete=models.CASCADE, related_name="+")
    storage_key = models.CharField(max_length=200)
    predicted_label = models.CharField(max_length=64, blank=True)
    prediction = models.JSONField(default=dict, db_default={})
    confidence = models.FloatField()
    reason = models.CharField(max_length=16, choices=FeedbackReason.choices)
    item = models.ForeignKey("datalake.Item", on_delete=models.SET_NULL, null=True, related_name="+")
    error = models.CharField(max_length=300, default="", blank=True)
    imported_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedQuerySet["Feedback"].as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["id"], name="feedback_waiting", condition=models.Q(imported_at__isnull=True)),
        ]


class BatchPrediction(models.Model):
    """A version's predictions over a dataset, or as pre-annotations of a project's open tasks.

    Results of the items up to `last_item_id` are in the storage (`part_keys`), so a new attempt resumes behind it.
    `hidden_fraction` of the pre-annotations are not shown to annotators, as the control group.
    """

    organization_path: ClassVar[str] = "project__organization_id"
    project_path: ClassVar[str] = "project_id"

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="+")
    version = models.ForeignKey("model_versions.ModelVersion", on_delete=models.PROTECT, related_name="+")
    dataset = models.ForeignKey("datalake.Dataset", on_delete=models.CASCADE, null=True)
    hidden_fraction = models.FloatField(null=True)
    job = models.OneToOneField("jobs.Job", on_delete=models.PROTECT)
    predicted_count = models.IntegerField(default=0)
    skipped_count = models.IntegerField(default=0)
    last_item_id = models.BigIntegerField(default=0)
    part_keys = models.JSONField(default=list)
    result_key = models.CharField(max_length=200, default="", blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedQuerySet["BatchPrediction"].as_manager()
