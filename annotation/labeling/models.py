"""Tasks, the leases people hold on them, the answers they give, and what was said and counted on the way."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from plateau.access.visibility import ScopedQuerySet


class TaskState(models.TextChoices):
    """Where a task stands. Whether somebody holds it is told by its leases."""

    OPEN = "open"
    REVIEW = "review"
    DONE = "done"
    SKIPPED = "skipped"


_ROOM = models.Q(state="open", room__gt=0)


class Task(models.Model):
    """An item in a project's queue.

    `wanted` answers are to come, `given` came, and `room` is how many more may be handed out now:
    wanted − given − live leases. `position` orders the queue, lowest first; it is minus the priority.
    `shuffle` is drawn once, so that random order is one index range. `annotation` is the resolved
    label; `agreement` how alike the answers are, 0 to 1.
    """

    organization_path: ClassVar[str] = "project__organization_id"
    project_path: ClassVar[str] = "project_id"

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, db_index=False)
    item = models.ForeignKey("datalake.Item", on_delete=models.CASCADE)
    state = models.CharField(max_length=8, choices=TaskState.choices, default=TaskState.OPEN)
    wanted = models.SmallIntegerField(default=1)
    given = models.SmallIntegerField(default=0)
    room = models.SmallIntegerField(default=1)
    skips = models.SmallIntegerField(default=0)
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

    objects = ScopedQuerySet["Task"].as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["project", "position", "shuffle", "id"],
                name="task_queue_all",
                condition=_ROOM & models.Q(assignee=None, team=None),
            ),
            models.Index(
                fields=["assignee", "project", "position", "shuffle", "id"],
                name="task_queue_person",
                condition=_ROOM & models.Q(assignee__isnull=False),
            ),
            models.Index(
                fields=["team", "project", "position", "shuffle", "id"],
                name="task_queue_team",
                condition=_ROOM & models.Q(team__isnull=False),
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
            models.CheckConstraint(condition=models.Q(room__gte=0), name="no_task_beyond_its_overlap"),
            models.CheckConstraint(
                condition=~models.Q(state="done") | models.Q(annotation__isnull=False), name="done_has_answer"
            ),
        ]


class LeaseKind(models.TextChoices):
    """What a task is held for. Gold and practice tasks look like any other to who holds them."""

    ANSWER = "answer"
    GOLD = "gold"
    PRACTICE = "practice"
    REVIEW = "review"


class Lease(models.Model):
    """A task held by one person for a while."""

    pk = models.CompositePrimaryKey("user_id", "task_id")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="leases")
    kind = models.CharField(max_length=8, choices=LeaseKind.choices)
    until = models.DateTimeField()


class Source(models.TextChoices):
    """Where an answer comes from."""

    PERSON = "person"
    REVIEWER = "reviewer"
    CONSENSUS = "consensus"
    IMPORTED = "imported"
    MODEL = "model"
    RELABELED = "relabeled"


class Annotation(models.Model):
    """One answer. Append-only: a trigger refuses changes; a better answer is a new row that supersedes.

    `prelabel_shown`: the person saw a model's proposal first, and may have been led by it.
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
    prelabel_shown = models.BooleanField(db_default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedQuerySet["Annotation"].as_manager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["task", "client_id"], name="answer_once")]
        indexes: ClassVar = [models.Index(fields=["project", "user", "-id"], name="annotation_of_person")]


class Prelabel(models.Model):
    """A model's proposal for a task. A `hidden` one is the control: it is kept back, to see what proposals do."""

    task = models.OneToOneField(Task, on_delete=models.CASCADE, primary_key=True, related_name="prelabel")
    value = models.JSONField()
    score = models.FloatField(null=True)
    model = models.CharField(max_length=200)
    hidden = models.BooleanField(db_default=False)
    created_at = models.DateTimeField(auto_now_add=True)


class Skip(models.Model):
    """One person set a task aside, and why."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="skipped_by")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    reason = models.CharField(max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)


class Draft(models.Model):
    """Unfinished work of one person on one task; the newest wins by the client's own counter."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False)
    value = models.JSONField()
    revision = models.BigIntegerField()
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "task"], name="one_draft")]


class Seat(models.Model):
    """A person's place in a project: what they did and whether they may go on.

    The four state columns are what this person's acts added to the number of tasks in each state; their
    sum over all seats is the number of tasks, with no counter that everybody waits for. The seat without
    a user counts what nobody did in person: imports, bulk changes. `low_*` is how far this person has
    come in the queue where tasks take several answers; a new `low_epoch` of the project starts it over.
    """

    organization_path: ClassVar[str] = "project__organization_id"
    project_path: ClassVar[str] = "project_id"

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="seats", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True)
    assigned = models.BooleanField(db_default=False)
    cap = models.IntegerField(null=True)
    paused_at = models.DateTimeField(null=True)
    paused_why = models.CharField(max_length=200, db_default="", blank=True)
    answered = models.IntegerField(db_default=0)
    active_ms = models.BigIntegerField(db_default=0)
    practiced = models.IntegerField(db_default=0)
    gold_given = models.IntegerField(db_default=0)
    gold_right = models.IntegerField(db_default=0)
    open = models.IntegerField(db_default=0)
    review = models.IntegerField(db_default=0)
    done = models.IntegerField(db_default=0)
    skipped = models.IntegerField(db_default=0)
    low_epoch = models.IntegerField(db_default=-1)
    low_position = models.FloatField(db_default=0)
    low_shuffle = models.IntegerField(db_default=0)
    low_id = models.BigIntegerField(db_default=0)

    objects = ScopedQuerySet["Seat"].as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "user"], name="one_seat", nulls_distinct=False)
        ]


class Workday(models.Model):
    """What one person did in one project on one day (UTC)."""

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    day = models.DateField()
    answered = models.IntegerField(db_default=0)
    finished = models.IntegerField(db_default=0)
    reviewed = models.IntegerField(db_default=0)
    active_ms = models.BigIntegerField(db_default=0)
    review_ms = models.BigIntegerField(db_default=0)
    rework_ms = models.BigIntegerField(db_default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["project", "user", "day"], name="one_workday")]


class Comment(models.Model):
    """A remark on a task, pinned to a region where `region` names one."""

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
