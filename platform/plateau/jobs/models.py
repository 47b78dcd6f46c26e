"""Long work: one row a job, whoever runs it."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from plateau.access.visibility import ScopedQuerySet
from plateau.texts.fields import MessageField


class JobState(models.TextChoices):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


ENDED = (JobState.DONE, JobState.FAILED, JobState.CANCELLED)
# Whether something is under way is asked of the job, never of a flag that its work would have to clear: jobs end in
# ways in which none of their code runs any more (`plateau.jobs.queries.find_unfinished_jobs`).
UNFINISHED = (JobState.QUEUED, JobState.RUNNING)


class Job(models.Model):
    """A piece of long work.

    The row, not the broker, is the truth: a worker claims it with a lease and an attempt
    number, refreshes the lease while it works, and every write of a worker names its attempt,
    so that one that was given up for lost cannot write any more.
    """

    organization_path: ClassVar[str] = "organization_id"
    project_path: ClassVar[str] = "project_id"
    dataset_path: ClassVar[str] = "dataset_id"
    may_stand_alone: ClassVar[bool] = True

    organization = models.ForeignKey("identity.Organization", on_delete=models.CASCADE)
    # By number: projects stand on jobs. The database holds that there is such a project.
    project_id = models.BigIntegerField(null=True, db_index=True)
    # Of a job on the data itself, whoever labels it.
    dataset_id = models.BigIntegerField(null=True)
    kind = models.CharField(max_length=32)
    queue = models.CharField(max_length=16)
    state = models.CharField(max_length=12, choices=JobState.choices, default=JobState.QUEUED)
    priority = models.SmallIntegerField(default=0, db_default=0)
    payload = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    error = MessageField(default="", blank=True)
    message = MessageField(default="", blank=True)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    attempt = models.IntegerField(default=0)
    max_attempts = models.IntegerField(default=3)
    worker = models.CharField(max_length=120, default="", blank=True)
    lease_until = models.DateTimeField(null=True)
    dispatched_at = models.DateTimeField(null=True)
    cancel_requested_at = models.DateTimeField(null=True)
    # Which request submitted it, and the trace (W3C traceparent) that it belongs to.
    request_id = models.CharField(max_length=64, default="", db_default="", blank=True)
    trace = models.CharField(max_length=60, default="", db_default="", blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    queued_at = models.DateTimeField(null=True)  # again, after a lost worker or a failure; null: since it was created
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = ScopedQuerySet["Job"].as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organization", "-id"]),
            models.Index(
                fields=["state", "lease_until"],
                name="jobs_unfinished",
                condition=models.Q(state__in=["queued", "running"]),
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(state__in=JobState.values), name="job_state_known"),
            models.CheckConstraint(
                condition=~models.Q(state="running") | models.Q(lease_until__isnull=False), name="running_has_lease"
            ),
        ]


def is_unfinished(job: Job | None) -> bool:
    """Whether a job waits or runs; None is one that was deleted."""
    return job is not None and job.state in UNFINISHED


class Quota(models.Model):
    """How many jobs of a queue an organization may have running at once; without a row, as many as its turns come."""

    organization_path: ClassVar[str] = "organization_id"

    organization = models.ForeignKey("identity.Organization", on_delete=models.CASCADE)
    queue = models.CharField(max_length=16)
    most_running = models.PositiveSmallIntegerField()

    objects = ScopedQuerySet["Quota"].as_manager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["organization", "queue"], name="one_quota_a_queue")]


class Route(models.Model):
    """Where an organization's jobs of a queue go instead: to workers that listen to `label`, on machines of its own."""

    organization_path: ClassVar[str] = "organization_id"

    organization = models.ForeignKey("identity.Organization", on_delete=models.CASCADE)
    queue = models.CharField(max_length=16)
    label = models.CharField(max_length=16)

    objects = ScopedQuerySet["Route"].as_manager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["organization", "queue"], name="one_route_a_queue")]


class JobLog(models.Model):
    """One line of a job's live log: a step and its values (loss, accuracy, …)."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="log")
    attempt = models.IntegerField()
    step = models.BigIntegerField()
    values = models.JSONField(default=dict)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["job", "id"])]


class JobOutput(models.Model):
    """A piece of what a job wrote, from character `begin` to `end` of all that it wrote; the oldest are dropped."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="output")
    begin = models.BigIntegerField()
    end = models.BigIntegerField()
    text = models.TextField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["job", "begin"], name="one_output_a_place")]
