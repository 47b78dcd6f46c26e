"""Frozen sets of resolved labels, and the side of the sealed split that each item is on for good."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from plateau.access.visibility import ScopedQuerySet
from plateau.jobs.models import is_unfinished


class Side(models.TextChoices):
    """Which side of the split. `neither`: it resembles items on both sides, so it is used on none."""

    TRAIN = "train"
    SEALED = "sealed"
    NEITHER = "neither"


class SplitSide(models.Model):
    """The side of one item in one project: drawn once, never changed."""

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="sides")
    item = models.ForeignKey("datalake.Item", on_delete=models.CASCADE)
    side = models.CharField(max_length=8, choices=Side.choices)
    group = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "item"], name="one_side"),
            models.CheckConstraint(condition=models.Q(side__in=Side.values), name="side_known"),
        ]


class SnapshotState(models.TextChoices):
    """A snapshot's way. `failed` is not written: see `Snapshot.standing`."""

    BUILDING = "building"
    READY = "ready"
    FAILED = "failed"


class Snapshot(models.Model):
    """Resolved labels at one moment: immutable once ready, but for items that were erased since.

    Of these only the number is left (`erased`); `content_hash` stays that of what was frozen.
    """

    organization_path: ClassVar[str] = "project__organization_id"
    project_path: ClassVar[str] = "project_id"

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="snapshots")
    version = models.IntegerField()
    state = models.CharField(max_length=8, choices=SnapshotState.choices, default=SnapshotState.BUILDING)
    job = models.ForeignKey("jobs.Job", on_delete=models.SET_NULL, null=True)
    kind = models.CharField(max_length=20)
    labels = models.JSONField()
    schema_version = models.IntegerField()
    content_hash = models.CharField(max_length=64, default="", blank=True)
    manifest_key = models.CharField(max_length=200, default="", blank=True)
    rows = models.IntegerField(default=0)
    train = models.IntegerField(default=0)
    sealed = models.IntegerField(default=0)
    left_out = models.IntegerField(default=0)
    erased = models.IntegerField(db_default=0)
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
    def standing(self) -> SnapshotState:
        """Where it stands: one that is not ready and whose job is over, however that ended, has failed."""
        if self.state == SnapshotState.BUILDING and not is_unfinished(self.job):
            return SnapshotState.FAILED
        return SnapshotState(self.state)


class SnapshotEntry(models.Model):
    """Which label version of which item is in a snapshot, and on which side: the root of lineage."""

    snapshot = models.ForeignKey(Snapshot, on_delete=models.CASCADE, related_name="entries")
    item = models.ForeignKey("datalake.Item", on_delete=models.CASCADE)
    annotation = models.ForeignKey("labeling.Annotation", on_delete=models.CASCADE)
    side = models.CharField(max_length=8, choices=Side.choices)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["snapshot", "item"], name="item_once_in_snapshot")]
