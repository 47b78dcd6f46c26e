"""Learning curves point by point, forecasts made from them, and their backtests."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from plateau.access.visibility import ScopedQuerySet
from plateau.texts.fields import MessageField


class Ablation(models.Model):
    """A learning curve for each option of one recipe parameter, on the same labels with the same seeds.

    The parameter's default is the baseline.
    """

    organization_path: ClassVar[str] = "project__organization_id"
    project_path: ClassVar[str] = "project_id"

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="ablations")
    snapshot = models.ForeignKey("snapshots.Snapshot", on_delete=models.PROTECT, related_name="ablations")
    recipe = models.CharField(max_length=40)
    parameter = models.CharField(max_length=40)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedQuerySet["Ablation"].as_manager()

    class Meta:
        verbose_name = "ablation"


class LearningCurve(models.Model):
    """A recipe trained on nested subsets of a snapshot, and evaluated on its held-out test set.

    `training_plan` lists [size, seed] in the order of training; `compute_budget` is what it may cost, in trainings on
    all labels. Scheduled curves were submitted by the project's schedule; those of an `ablation` are one variant.
    """

    organization_path: ClassVar[str] = "project__organization_id"
    project_path: ClassVar[str] = "project_id"

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="learning_curves")
    snapshot = models.ForeignKey("snapshots.Snapshot", on_delete=models.PROTECT, related_name="learning_curves")
    recipe = models.CharField(max_length=40)
    params = models.JSONField(default=dict)
    sizes = models.JSONField()
    seeds = models.JSONField()
    training_plan = models.JSONField(default=list)
    compute_budget = models.FloatField(null=True)
    is_scheduled = models.BooleanField(default=False)
    ablation = models.ForeignKey(Ablation, on_delete=models.CASCADE, null=True, related_name="learning_curves")
    job = models.OneToOneField("jobs.Job", on_delete=models.PROTECT)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedQuerySet["LearningCurve"].as_manager()

    class Meta:
        verbose_name = "learning curve"


class CurvePoint(models.Model):
    """One training of a learning curve.

    `per_class` maps a label id, and `slices` `meta:<field>=<value>`, to test items and how many were right; `metrics`
    maps macro_f1 and auroc to [value, standard error]. Reused points were measured by an earlier curve whose labels
    are all in this one's snapshot.
    """

    learning_curve = models.ForeignKey(LearningCurve, on_delete=models.CASCADE, related_name="points")
    n = models.IntegerField()
    seed = models.IntegerField()
    accuracy = models.FloatField()
    macro_f1 = models.FloatField()
    test_items = models.IntegerField()
    per_class = models.JSONField()
    metrics = models.JSONField(default=dict)
    slices = models.JSONField(default=dict)
    training_seconds = models.FloatField()
    is_reused = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["learning_curve", "n", "seed"], name="curve_point_once")
        ]


class StoredForecast(models.Model):
    """A forecast as it was made (`queries.forecast_as_json`); never changed, so that it can be backtested."""

    learning_curve = models.ForeignKey(LearningCurve, on_delete=models.CASCADE, related_name="forecasts")
    target = models.FloatField()
    forecast = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)


class ForecastBacktest(models.Model):
    """The measured score at a size for which there was a forecast.

    `scaled_error` is the distance of the score from the median, in units of half the 80 % interval on that side.
    """

    organization_path: ClassVar[str] = "stored_forecast__learning_curve__project__organization_id"
    project_path: ClassVar[str] = "stored_forecast__learning_curve__project_id"

    stored_forecast = models.ForeignKey(StoredForecast, on_delete=models.CASCADE, related_name="backtests")
    n = models.IntegerField()
    score = models.FloatField()
    low_80 = models.FloatField()
    median = models.FloatField()
    high_80 = models.FloatField()
    scaled_error = models.FloatField()
    is_in_80 = models.BooleanField()
    is_in_95 = models.BooleanField()
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedQuerySet["ForecastBacktest"].as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["stored_forecast", "n"], name="forecast_backtest_once")
        ]


class LearningCurveSchedule(models.Model):
    """When a project's curve is measured again by itself: after so many new labels, or so many hours with new ones."""

    project = models.OneToOneField("projects.Project", on_delete=models.CASCADE, related_name="learning_curve_schedule")
    recipe = models.CharField(max_length=40)
    params = models.JSONField(default=dict)
    every_labels = models.IntegerField()
    every_hours = models.IntegerField(null=True)
    enabled = models.BooleanField(default=True)
    snapshot = models.ForeignKey("snapshots.Snapshot", on_delete=models.SET_NULL, null=True)
    last_error = MessageField(default="", blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(every_labels__gte=10), name="schedule_of_ten_labels_at_least")
        ]


class ProjectCostModel(models.Model):
    """What labels and errors of a project cost, as entered, in any one currency."""

    project = models.OneToOneField("projects.Project", on_delete=models.CASCADE, related_name="cost_model")
    cost_per_label = models.FloatField(null=True)
    fn_cost = models.FloatField(null=True)
    fp_cost = models.FloatField(null=True)
    fn_fraction = models.FloatField(default=0.5)
    decisions_per_month = models.FloatField(null=True)
    months = models.FloatField(default=12)
    baseline_cost = models.FloatField(null=True)
    operating_cost = models.FloatField(default=0)


class ActiveLearningSimulation(models.Model):
    """Query strategies simulated on the labels of a snapshot; the comparison is the result of its job."""

    organization_path: ClassVar[str] = "project__organization_id"
    project_path: ClassVar[str] = "project_id"

    project = models.ForeignKey(
        "projects.Project", on_delete=models.CASCADE, related_name="active_learning_simulations"
    )
    snapshot = models.ForeignKey(
        "snapshots.Snapshot", on_delete=models.PROTECT, related_name="active_learning_simulations"
    )
    job = models.OneToOneField("jobs.Job", on_delete=models.PROTECT)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedQuerySet["ActiveLearningSimulation"].as_manager()
