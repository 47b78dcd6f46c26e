"""Frozen sets of resolved labels, and the split that each item is assigned to for good."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from annotation.projects.models import HasProjectType
from plateau.access.visibility import ScopedQuerySet
from plateau.jobs.models import is_unfinished


class Split(models.TextChoices):
    """Of an item. `excluded`: it resembles items of both others, so it is used in none."""

    TRAIN = "train"
    TEST = "test"
    EXCLUDED = "excluded"


class SplitAssignment(models.Model):
    """The split of one item in one project: drawn once, never changed."""

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="split_assignments")
    item = models.ForeignKey("datalake.Item", on_delete=models.CASCADE)
    split = models.CharField(max_length=8, choices=Split.choices)
    group = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "item"], name="split_assignment_once"),
            models.CheckConstraint(condition=models.Q(split__in=Split.values), name="split_known"),
        ]


class SnapshotState(models.TextChoices):
    """Of a snapshot. `failed` is not stored: see `Snapshot.current_state`."""

    BUILDING = "building"
    READY = "ready"
    FAILED = "failed"


class Snapshot(HasProjectType):
    """Resolved labels at one moment: immutable once ready, but for items that were erased since.

    Of these only the number is left (`erased_count`); `content_hash` stays that of what was frozen.
    """

    organization_path: ClassVar[str] = "project__organization_id"
    project_path: ClassVar[str] = "project_id"

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="snapshots")
    version = models.IntegerField()
    state = models.CharField(max_length=8, choices=SnapshotState.choices, default=SnapshotState.BUILDING)
    job = models.ForeignKey("jobs.Job", on_delete=models.SET_NULL, null=True)
    labels = models.JSONField()
    schema_version = models.IntegerField()
    content_hash = models.CharField(max_length=64, default="", blank=True)
    manifest_key = models.CharField(max_length=200, default="", blank=True)
    item_count = models.IntegerField(default=0)
    train_count = models.IntegerField(default=0)
    test_count = models.IntegerField(default=0)
    excluded_count = models.IntegerField(default=0)
    erased_count = models.IntegerField(db_default=0)
    erased_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedQuerySet["Snapshot"].as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "version"], name="snapshot_version_once"),
            models.CheckConstraint(
                condition=~models.Q(state="ready") | ~models.Q(content_hash=""), name="ready_has_hash"
            ),
        ]

    @property
    def current_state(self) -> SnapshotState:
        """The state, where one that is not ready and whose job is over, however that ended, has failed."""
        if self.state == SnapshotState.BUILDING and not is_unfinished(self.job):
            return SnapshotState.FAILED
        return SnapshotState(self.state)


class SnapshotEntry(models.Model):
    """Which label version of which item is in a snapshot, and in which split: the root of lineage."""

    snapshot = models.ForeignKey(Snapshot, on_delete=models.CASCADE, related_name="entries")
    item = models.ForeignKey("datalake.Item", on_delete=models.CASCADE)
    annotation = models.ForeignKey("labeling.Annotation", on_delete=models.CASCADE)
    split = models.CharField(max_length=8, choices=Split.choices)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["snapshot", "item"], name="item_once_in_snapshot")]
