"""Reviews, gold tasks with their results, and suspected label errors."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from plateau.access.visibility import ScopedQuerySet


class Verdict(models.TextChoices):
    """A reviewer's verdict on an annotation."""

    ACCEPTED = "accepted"
    CORRECTED = "corrected"
    REJECTED = "rejected"


class Review(models.Model):
    """A reviewer's verdict on an annotation. Round 2 did not see round 1; round 3 decides between them."""

    organization_path: ClassVar[str] = "project__organization_id"
    project_path: ClassVar[str] = "project_id"

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, db_index=False)
    task = models.ForeignKey("labeling.Task", on_delete=models.CASCADE, related_name="reviews")
    annotation = models.ForeignKey("labeling.Annotation", on_delete=models.CASCADE, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    round = models.SmallIntegerField(default=1)
    verdict = models.CharField(max_length=9, choices=Verdict.choices)
    correction = models.ForeignKey("labeling.Annotation", on_delete=models.SET_NULL, null=True, related_name="+")
    reason = models.CharField(max_length=500, default="", blank=True)
    is_first_pass = models.BooleanField(default=False)
    client_id = models.UUIDField()
    active_ms = models.IntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedQuerySet["Review"].as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["project", "-id"], name="reviews_of_project")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["task", "client_id"], name="review_once"),
            models.CheckConstraint(
                condition=~models.Q(verdict="corrected") | models.Q(correction__isnull=False),
                name="corrected_has_correction",
            ),
        ]


class ReviewTally(models.Model):
    """Reviews of one author's annotations in a project, counted by triggers as reviews come and go.

    `tasks` are those whose first review was of this author's annotation; annotations without an author have a row of
    their own.
    """

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, db_index=False, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reviews = models.IntegerField(db_default=0)
    accepted = models.IntegerField(db_default=0)
    tasks = models.IntegerField(db_default=0)
    first_pass = models.IntegerField(db_default=0)
    first_round = models.IntegerField(db_default=0)
    first_round_accepted = models.IntegerField(db_default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "author"], name="review_tally_once", nulls_distinct=False)
        ]


class GoldTask(models.Model):
    """A task with a trusted annotation; qualification tasks are for newcomers and show it afterwards."""

    organization_path: ClassVar[str] = "task__project__organization_id"
    project_path: ClassVar[str] = "task__project_id"

    task = models.OneToOneField("labeling.Task", on_delete=models.CASCADE, primary_key=True, related_name="gold")
    value = models.JSONField()
    is_qualification = models.BooleanField(default=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedQuerySet["GoldTask"].as_manager()


class GoldResult(models.Model):
    """A person's result on a gold task: `similarity` to the trusted annotation, 0 to 1."""

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, db_index=False)
    task = models.ForeignKey("labeling.Task", on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    annotation = models.ForeignKey("labeling.Annotation", on_delete=models.CASCADE, related_name="+")
    is_qualification = models.BooleanField(default=False)
    similarity = models.FloatField()
    is_correct = models.BooleanField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["task", "user"], name="gold_result_once")]
        indexes: ClassVar = [models.Index(fields=["project", "user", "id"], name="gold_results_of_person")]


class LabelIssue(models.Model):
    """A resolved label that is probably wrong; the lower its quality `score` (0 to 1), the more probably.

    Of a near-duplicate with another label, `duplicate_task` has that label and `score` is their similarity.
    """

    organization_path: ClassVar[str] = "task__project__organization_id"
    project_path: ClassVar[str] = "task__project_id"

    task = models.ForeignKey("labeling.Task", on_delete=models.CASCADE, related_name="label_issues")
    annotation = models.ForeignKey("labeling.Annotation", on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(max_length=24)
    suggested_label = models.CharField(max_length=40, default="", blank=True)
    duplicate_task = models.ForeignKey("labeling.Task", on_delete=models.CASCADE, null=True, related_name="+")
    score = models.FloatField()
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedQuerySet["LabelIssue"].as_manager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["task", "reason"], name="label_issue_once")]
