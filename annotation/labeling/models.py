"""Tasks, leases, annotations, comments, and what a project's members did."""

from typing import ClassVar, Self

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from plateau.access.visibility import ScopedQuerySet
from plateau.texts.fields import MessageField


class TaskState(models.TextChoices):
    """The state of a task. Whether somebody holds it follows from its leases."""

    OPEN = "open"
    REVIEW = "review"
    DONE = "done"
    SKIPPED = "skipped"


_AVAILABLE = models.Q(state="open", available_slots__gt=0)


class TaskQuerySet(ScopedQuerySet["Task"]):
    """Tasks."""

    def in_conflict(self) -> Self:
        """Whose annotations are less similar than the project asks for, and that nobody decided yet."""
        undecided = (TaskState.OPEN, TaskState.REVIEW)
        return self.filter(agreement__lt=models.F("project__min_agreement"), state__in=undecided)


class Task(models.Model):
    """An item in a project's queue.

    `available_slots` is how many more people may lease it now: `required_annotations` − `annotation_count` − live
    leases. `position` orders the queue, lowest first; it is minus the priority. `shuffle` is drawn once, so that random
    order is one index range. `annotation` is the resolved label; `agreement` the mean similarity of the annotations,
    0 to 1.
    """

    organization_path: ClassVar[str] = "project__organization_id"
    project_path: ClassVar[str] = "project_id"

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, db_index=False)
    item = models.ForeignKey("datalake.Item", on_delete=models.CASCADE)
    state = models.CharField(max_length=8, choices=TaskState.choices, default=TaskState.OPEN)
    required_annotations = models.SmallIntegerField(default=1)
    annotation_count = models.SmallIntegerField(default=0)
    available_slots = models.SmallIntegerField(default=1)
    skip_count = models.SmallIntegerField(default=0)
    position = models.FloatField(default=0)
    shuffle = models.IntegerField()
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    team = models.ForeignKey("projects.Team", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    annotation = models.ForeignKey(
        "labeling.Annotation", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    agreement = models.FloatField(null=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["project", "position", "shuffle", "id"],
                name="task_queue_all",
                condition=_AVAILABLE & models.Q(assignee=None, team=None),
            ),
            models.Index(
                fields=["assignee", "project", "position", "shuffle", "id"],
                name="task_queue_person",
                condition=_AVAILABLE & models.Q(assignee__isnull=False),
            ),
            models.Index(
                fields=["team", "project", "position", "shuffle", "id"],
                name="task_queue_team",
                condition=_AVAILABLE & models.Q(team__isnull=False),
            ),
            models.Index(
                fields=["project", "position", "shuffle", "id"],
                name="task_queue_review",
                condition=models.Q(state="review"),
            ),
            models.Index(fields=["project", "state", "-id"], name="task_list"),
            models.Index(
                fields=["project", "agreement", "id"],
                name="task_agreement",
                condition=models.Q(agreement__isnull=False),
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "item"], name="item_once_in_project"),
            models.CheckConstraint(condition=models.Q(state__in=TaskState.values), name="task_state_known"),
            models.CheckConstraint(condition=models.Q(available_slots__gte=0), name="available_slots_not_negative"),
            models.CheckConstraint(
                condition=~models.Q(state="done") | models.Q(annotation__isnull=False), name="done_has_annotation"
            ),
        ]


class LeaseKind(models.TextChoices):
    """What a task is held for. Gold and qualification tasks look like any other to the person who holds them."""

    ANNOTATION = "annotation"
    GOLD = "gold"
    QUALIFICATION = "qualification"
    REVIEW = "review"


class Lease(models.Model):
    """A task held by one person until the lease expires."""

    pk = models.CompositePrimaryKey("user_id", "task_id")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="leases")
    kind = models.CharField(max_length=13, choices=LeaseKind.choices)
    expires_at = models.DateTimeField()


class ExpiredLease(models.Model):
    """Who held a task when the lease ran out: that person may still answer where nobody else has the task.

    Kept for `services.TAKEN_UP_DAYS`.
    """

    pk = models.CompositePrimaryKey("user_id", "task_id")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="expired_leases")
    expired_at = models.DateTimeField()


class Source(models.TextChoices):
    """Where an annotation comes from."""

    PERSON = "person"
    REVIEWER = "reviewer"
    CONSENSUS = "consensus"
    IMPORTED = "imported"
    MODEL = "model"
    RELABELED = "relabeled"


class LabelIds(models.Func):
    """The ids of the labels in an annotation's value, wherever its type has them, as a JSON array."""

    function = ""
    template = (
        "(jsonb_path_query_array(%(expressions)s, '$.label') || jsonb_path_query_array(%(expressions)s, '$.labels[*]')"
        " || jsonb_path_query_array(%(expressions)s, '$.*[*].label'))"
    )
    output_field = models.JSONField()


class Annotation(models.Model):
    """An annotation of a task. Append-only: a trigger refuses changes; a better one is a new row that supersedes.

    `label_ids` are those in `value`, kept by the database for filters and counts.
    `pre_annotation_shown`: the person saw a model's prediction first, and may have been led by it.
    """

    organization_path: ClassVar[str] = "project__organization_id"
    project_path: ClassVar[str] = "project_id"

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, db_index=False)
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="annotations", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, db_index=False)
    client_id = models.UUIDField()
    source = models.CharField(max_length=9, choices=Source.choices, default=Source.PERSON)
    value = models.JSONField()
    schema_version = models.IntegerField()
    guideline_version = models.IntegerField()
    supersedes = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    active_ms = models.IntegerField(default=0)
    confidence = models.FloatField(null=True)
    label_ids = models.GeneratedField(expression=LabelIds("value"), output_field=models.JSONField(), db_persist=True)
    pre_annotation_shown = models.BooleanField(db_default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedQuerySet["Annotation"].as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["task", "client_id"], name="annotation_client_id_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["project", "user", "-id"], name="annotation_of_person"),
            GinIndex(fields=["label_ids"], name="annotation_by_label", opclasses=["jsonb_path_ops"]),
        ]


class PreAnnotation(models.Model):
    """A model's prediction that annotators of a task start from.

    A hidden one is the control: it is not shown, so that the effect of those that are shown can be measured.
    """

    task = models.OneToOneField(Task, on_delete=models.CASCADE, primary_key=True, related_name="pre_annotation")
    value = models.JSONField()
    score = models.FloatField(null=True)
    model = models.CharField(max_length=200)
    is_hidden = models.BooleanField(db_default=False)
    created_at = models.DateTimeField(auto_now_add=True)


class Skip(models.Model):
    """A person skipped a task, and why."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="skipped_by")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    reason = models.CharField(max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)


class Draft(models.Model):
    """Unfinished work of one person on one task; the highest revision, counted by the client, wins."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False)
    value = models.JSONField()
    revision = models.BigIntegerField()
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "task"], name="draft_once")]


class ProjectMembership(models.Model):
    """A person's work in a project: assignment, limit, pause, and counts.

    The four state columns are what this person's acts added to the number of tasks in each state; their sum over all
    memberships is the number of tasks, with no counter that everybody waits for. The membership without a user counts
    what nobody did in person: imports, bulk changes. `cursor_*` is how far this person has come in the queue where
    tasks take several annotations; it starts over where the project's `queue_version` is another one.
    """

    organization_path: ClassVar[str] = "project__organization_id"
    project_path: ClassVar[str] = "project_id"

    project = models.ForeignKey(
        "projects.Project", on_delete=models.CASCADE, related_name="memberships", db_index=False
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True)
    is_assigned = models.BooleanField(db_default=False)
    max_annotations = models.IntegerField(null=True)
    paused_at = models.DateTimeField(null=True)
    pause_reason = MessageField(db_default="", blank=True)
    annotation_count = models.IntegerField(db_default=0)
    active_ms = models.BigIntegerField(db_default=0)
    qualification_count = models.IntegerField(db_default=0)
    gold_count = models.IntegerField(db_default=0)
    gold_correct_count = models.IntegerField(db_default=0)
    open = models.IntegerField(db_default=0)
    review = models.IntegerField(db_default=0)
    done = models.IntegerField(db_default=0)
    skipped = models.IntegerField(db_default=0)
    cursor_queue_version = models.IntegerField(db_default=-1)
    cursor_position = models.FloatField(db_default=0)
    cursor_shuffle = models.IntegerField(db_default=0)
    cursor_task_id = models.BigIntegerField(db_default=0)

    objects = ScopedQuerySet["ProjectMembership"].as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "user"], name="project_membership_once", nulls_distinct=False)
        ]


class Workday(models.Model):
    """What one person did in one project on one day (UTC)."""

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    day = models.DateField()
    annotation_count = models.IntegerField(db_default=0)
    completed_count = models.IntegerField(db_default=0)
    review_count = models.IntegerField(db_default=0)
    active_ms = models.BigIntegerField(db_default=0)
    review_ms = models.BigIntegerField(db_default=0)
    rework_ms = models.BigIntegerField(db_default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["project", "user", "day"], name="workday_once")]


class Comment(models.Model):
    """A comment on a task, pinned to a region where `region` is the id of one."""

    organization_path: ClassVar[str] = "task__project__organization_id"
    project_path: ClassVar[str] = "task__project_id"

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="comments")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    region = models.CharField(max_length=40, default="", blank=True)
    text = models.CharField(max_length=2000)
    created_at = models.DateTimeField(auto_now_add=True)
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = ScopedQuerySet["Comment"].as_manager()
