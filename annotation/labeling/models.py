"""Tasks, the queue they stand in, and the answers people give."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from plateau.kernel.visibility import ScopedQuerySet


class TaskState(models.TextChoices):
    """Where a task stands."""

    OPEN = "open"
    LEASED = "leased"
    DONE = "done"
    SKIPPED = "skipped"


class Task(models.Model):
    """An item in a project's queue.

    `annotation` is the resolved label: the latest answer. `shuffle` is drawn once, so that the
    order is random and still one index range.
    """

    organization_path: ClassVar[str] = "project__organization_id"
    project_path: ClassVar[str] = "project_id"

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE)
    item = models.ForeignKey("datalake.Item", on_delete=models.CASCADE)
    state = models.CharField(max_length=8, choices=TaskState.choices, default=TaskState.OPEN)
    priority = models.SmallIntegerField(default=0)
    shuffle = models.IntegerField()
    lease_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    lease_until = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    answered_at = models.DateTimeField(null=True)
    annotation = models.ForeignKey(
        "labeling.Annotation", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    skip_reason = models.CharField(max_length=200, default="", blank=True)

    objects = ScopedQuerySet["Task"].as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["project", "-priority", "shuffle", "id"], name="task_queue", condition=models.Q(state="open")
            ),
            models.Index(fields=["lease_user", "project", "id"], name="task_held", condition=models.Q(state="leased")),
            models.Index(fields=["lease_until"], name="task_expiry", condition=models.Q(state="leased")),
            models.Index(fields=["project", "state"], name="task_counts"),
            models.Index(
                fields=["answered_by", "project", "-answered_at"],
                name="task_mine",
                condition=models.Q(answered_at__isnull=False),
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "item"], name="item_once_in_project"),
            models.CheckConstraint(condition=models.Q(state__in=TaskState.values), name="task_state_known"),
            models.CheckConstraint(
                condition=~models.Q(state="leased") | models.Q(lease_user__isnull=False, lease_until__isnull=False),
                name="leased_has_holder",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="done") | models.Q(annotation__isnull=False), name="done_has_answer"
            ),
        ]


class Annotation(models.Model):
    """One answer. Append-only: a trigger refuses changes; a better answer is a new row that supersedes."""

    organization_path: ClassVar[str] = "task__project__organization_id"
    project_path: ClassVar[str] = "task__project_id"

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="annotations")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    client_id = models.UUIDField()
    value = models.JSONField()
    schema_version = models.IntegerField()
    guideline_version = models.IntegerField()
    supersedes = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    active_ms = models.IntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedQuerySet["Annotation"].as_manager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["task", "client_id"], name="answer_once")]


class Draft(models.Model):
    """Unfinished work of one person on one task; the newest wins by the client's own counter."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    value = models.JSONField()
    revision = models.BigIntegerField()
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["task", "user"], name="one_draft")]
