"""Hyper-parameter sweeps: the trials and their scores on validation labels."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from plateau.access.visibility import ScopedQuerySet


class SearchMethod(models.TextChoices):
    """How the next parameters are chosen."""

    RANDOM = "random"
    TPE = "tpe"


class Sweep(models.Model):
    """A search over a recipe's parameters on the training labels of a snapshot.

    `space` maps a parameter to its range (`min`, `max`, `log`, `is_integer`) or `options`; those that are not in it
    keep the values of `fixed`. `importance` maps parameters to the fraction of the scores' variance that they explain,
    once enough trials are done.
    """

    organization_path: ClassVar[str] = "project__organization_id"
    project_path: ClassVar[str] = "project_id"

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="sweeps")
    snapshot = models.ForeignKey("snapshots.Snapshot", on_delete=models.PROTECT, related_name="sweeps")
    recipe = models.CharField(max_length=40)
    method = models.CharField(max_length=8, choices=SearchMethod.choices)
    pruning_enabled = models.BooleanField(default=True)
    seed = models.IntegerField()
    space = models.JSONField()
    fixed = models.JSONField(default=dict)
    metric = models.CharField(max_length=20, default="", blank=True)
    importance = models.JSONField(default=dict)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedQuerySet["Sweep"].as_manager()

    class Meta:
        verbose_name = "sweep"
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(method__in=SearchMethod.values), name="sweep_method_known")
        ]


class TrialState(models.TextChoices):
    """Of a trial. Pruned ones ended early, since others scored better with as many labels."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    PRUNED = "pruned"


class Trial(models.Model):
    """One set of parameters, suggested when the trial begins.

    `rungs` lists [training labels, score] in the order of growing labels; `value` is the score with all.
    """

    sweep = models.ForeignKey(Sweep, on_delete=models.CASCADE, related_name="trials")
    number = models.IntegerField()
    state = models.CharField(max_length=8, choices=TrialState.choices, default=TrialState.WAITING)
    params = models.JSONField(default=dict)
    rungs = models.JSONField(default=list)
    value = models.FloatField(null=True)
    seconds = models.FloatField(default=0)
    job = models.OneToOneField("jobs.Job", on_delete=models.PROTECT)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sweep", "number"], name="trial_once"),
            models.CheckConstraint(condition=models.Q(state__in=TrialState.values), name="trial_state_known"),
            models.CheckConstraint(
                condition=~models.Q(state="done") | models.Q(value__isnull=False), name="done_trial_has_value"
            ),
        ]
