"""Label-budget studies: learning curves, point by point; what was forecast from them, and what came of it."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from plateau.access.visibility import ScopedQuerySet


class Ways(models.Model):
    """Ways of training beside each other: for each option of one choice of a recipe a study, on the same labels with
    the same seeds. The recipe's default is the standard that the others are held against."""

    organization_path: ClassVar[str] = "project__organization_id"
    project_path: ClassVar[str] = "project_id"

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="ways")
    snapshot = models.ForeignKey("snapshots.Snapshot", on_delete=models.PROTECT, related_name="ways")
    recipe = models.CharField(max_length=40)
    choice = models.CharField(max_length=40)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedQuerySet["Ways"].as_manager()

    class Meta:
        verbose_name = "comparison of ways of training"


class Study(models.Model):
    """One learning curve: a recipe on nested subsets of a snapshot, judged on the sealed split.

    `plan` lists [size, seed] in the order of training; `budget` is what it may cost, in trainings on all labels.
    `live` studies were ordered by the project's live plan; those of `ways` are one way of training of several.
    """

    organization_path: ClassVar[str] = "project__organization_id"
    project_path: ClassVar[str] = "project_id"

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="studies")
    snapshot = models.ForeignKey("snapshots.Snapshot", on_delete=models.PROTECT, related_name="studies")
    recipe = models.CharField(max_length=40)
    params = models.JSONField(default=dict)
    sizes = models.JSONField()
    seeds = models.JSONField()
    plan = models.JSONField(default=list)
    budget = models.FloatField(null=True)
    live = models.BooleanField(default=False)
    ways = models.ForeignKey(Ways, on_delete=models.CASCADE, null=True, related_name="studies")
    job = models.OneToOneField("jobs.Job", on_delete=models.PROTECT)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedQuerySet["Study"].as_manager()

    class Meta:
        verbose_name = "study"


class CurvePoint(models.Model):
    """One training of a study.

    `per_class` maps a label id, and `slices` `meta:<field>=<value>`, to sealed items and how many were right;
    `metrics` maps macro_f1 and auroc to [value, standard error]. `reused` points were measured by an earlier study
    whose labels are all in this one's snapshot.
    """

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="points")
    n = models.IntegerField()
    seed = models.IntegerField()
    accuracy = models.FloatField()
    macro_f1 = models.FloatField()
    test_items = models.IntegerField()
    per_class = models.JSONField()
    metrics = models.JSONField(default=dict)
    slices = models.JSONField(default=dict)
    seconds = models.FloatField()
    reused = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["study", "n", "seed"], name="point_once")]


class ForecastRecord(models.Model):
    """A forecast as it was made; never changed, so that it can be held against what came."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="forecasts")
    target = models.FloatField()
    body = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)


class ForecastOutcome(models.Model):
    """What was measured at a size for which there was a forecast.

    `distance` is the measured score's distance from the middle, in units of half the 80 % range on that side.
    """

    organization_path: ClassVar[str] = "record__study__project__organization_id"
    project_path: ClassVar[str] = "record__study__project_id"

    record = models.ForeignKey(ForecastRecord, on_delete=models.CASCADE, related_name="outcomes")
    n = models.IntegerField()
    score = models.FloatField()
    low = models.FloatField()
    middle = models.FloatField()
    high = models.FloatField()
    distance = models.FloatField()
    inside80 = models.BooleanField()
    inside95 = models.BooleanField()
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedQuerySet["ForecastOutcome"].as_manager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["record", "n"], name="outcome_once")]


class LivePlan(models.Model):
    """When a project's curve gets its next point by itself: after so many labels, or so many hours with new labels."""

    project = models.OneToOneField("projects.Project", on_delete=models.CASCADE, related_name="live_plan")
    recipe = models.CharField(max_length=40)
    params = models.JSONField(default=dict)
    every_labels = models.IntegerField()
    every_hours = models.IntegerField(null=True)
    enabled = models.BooleanField(default=True)
    snapshot = models.ForeignKey("snapshots.Snapshot", on_delete=models.SET_NULL, null=True)
    problem = models.CharField(max_length=300, default="", blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(every_labels__gte=10), name="live_every_ten_labels_at_least")
        ]


class Economics(models.Model):
    """What labels and mistakes cost in a project, as people entered it. Money in any one currency."""

    project = models.OneToOneField("projects.Project", on_delete=models.CASCADE, related_name="economics")
    price = models.FloatField(null=True)
    miss = models.FloatField(null=True)
    false_alarm = models.FloatField(null=True)
    miss_share = models.FloatField(default=0.5)
    decisions = models.FloatField(null=True)
    months = models.FloatField(default=12)
    today = models.FloatField(null=True)
    running = models.FloatField(default=0)


class Replay(models.Model):
    """Query strategies tried on labels that are there already. The comparison is its job's result."""

    organization_path: ClassVar[str] = "project__organization_id"
    project_path: ClassVar[str] = "project_id"

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="replays")
    snapshot = models.ForeignKey("snapshots.Snapshot", on_delete=models.PROTECT, related_name="replays")
    job = models.OneToOneField("jobs.Job", on_delete=models.PROTECT)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedQuerySet["Replay"].as_manager()
