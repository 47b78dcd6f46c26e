"""Lineage both ways: from a version to every label that made it, and from a label to every version that learned it."""

from django.db.models import Count, Max, Min, Q, QuerySet

from annotation.snapshots.models import SnapshotEntry
from plateau.access.scopes import Actor
from plateau.http.errors import NotFound
from registry.model_versions.hooks import served_by_version
from registry.model_versions.models import ModelVersion, VersionState
from registry.model_versions.schemas import (
    AnnotatorLabels,
    DerivedModelOut,
    GuidelineLabels,
    LineageOut,
    TrainingLabelOut,
)

TRAIN = "train"


def training_entries(version: ModelVersion) -> QuerySet[SnapshotEntry]:
    """The label versions that `version` learned from: the training side of its snapshot.

    Raises:
        NotFound: nobody said which snapshot made it.
    """
    if version.snapshot is None:
        raise NotFound("The snapshot behind this version is unknown. Log the tag plateau.snapshot_hash with its run.")
    return version.snapshot.entries.filter(split=TRAIN)


def lineage_of(version: ModelVersion) -> LineageOut:
    """Who labeled what this version learned from, by which guideline, when, and led by which proposals."""
    if version.snapshot is None:
        return LineageOut(is_known=False)
    rows = training_entries(version)
    totals = rows.aggregate(
        labels=Count("id"),
        first=Min("annotation__created_at"),
        last=Max("annotation__created_at"),
        shown=Count("id", filter=Q(annotation__pre_annotation_shown=True)),
    )
    people = rows.values("annotation__user_id", "annotation__user__name", "annotation__source").annotate(n=Count("id"))
    guidelines = rows.values("annotation__guideline_version").annotate(n=Count("id"))
    return LineageOut(
        is_known=True,
        labels=totals["labels"],
        first_label_at=totals["first"],
        last_label_at=totals["last"],
        pre_annotation_shown=totals["shown"],
        annotators=[
            AnnotatorLabels(
                user_id=row["annotation__user_id"],
                name=row["annotation__user__name"] or "",
                source=row["annotation__source"],
                labels=row["n"],
            )
            for row in people.order_by("-n")[:200]
        ],
        guidelines=[
            GuidelineLabels(version=row["annotation__guideline_version"], labels=row["n"])
            for row in guidelines.order_by("annotation__guideline_version")
        ],
    )


def training_label_out(entry: SnapshotEntry) -> TrainingLabelOut:
    """One label version that made a model; superseded where the item has another annotation by now."""
    annotation, task = entry.annotation, entry.annotation.task
    return TrainingLabelOut(
        entry_id=entry.pk,
        item_id=entry.item_id,
        item=entry.item.name,
        task_id=task.pk,
        annotation_id=annotation.pk,
        value=annotation.value,
        annotator=annotation.user.name if annotation.user else "",
        source=annotation.source,
        guideline_version=annotation.guideline_version,
        annotated_at=annotation.created_at,
        pre_annotation_shown=annotation.pre_annotation_shown,
        is_superseded=task.annotation_id != annotation.pk,
    )


def training_labels(version: ModelVersion) -> QuerySet[SnapshotEntry]:
    """Rows for `training_label_out`."""
    return training_entries(version).select_related("item", "annotation__user", "annotation__task")


def derived_models(actor: Actor, **entry: int) -> list[DerivedModelOut]:
    """Versions that learned from an item or a label, live ones first; `entry` is `item_id` or `annotation_id`."""
    entries = {f"snapshot__entries__{key}": value for key, value in entry.items()}
    rows = ModelVersion.objects.visible_to(actor).filter(**entries, snapshot__entries__split=TRAIN)
    versions = list(
        rows.exclude(state=VersionState.DELETED).select_related("snapshot").distinct().order_by("-pk")[:500]
    )
    serving = served_by_version(versions)
    derived = [
        DerivedModelOut(
            id=row.pk,
            project_id=row.project_id,
            name=row.name,
            version=row.version,
            snapshot_version=row.snapshot.version if row.snapshot else 0,
            aliases=row.aliases,
            deployments=serving.get(row.pk, []),
        )
        for row in versions
    ]
    return sorted(derived, key=lambda model: (not model.deployments, not model.aliases, -model.id))
