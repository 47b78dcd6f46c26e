"""Snapshots, what is in them, and the split."""

import io

import factory
import pyarrow as pa
import pyarrow.parquet as pq
from factory.django import DjangoModelFactory

from annotation.labeling.tests.factories import AnnotationFactory
from annotation.projects.tests.factories import LABELS, ProjectFactory
from annotation.snapshots.models import Snapshot, SnapshotEntry, SnapshotState, Split, SplitAssignment
from plateau.datalake.tests.factories import ItemFactory, store_file


def store_empty_manifest() -> str:
    """The storage key of a Parquet file without rows."""
    file = io.BytesIO()
    pq.write_table(pa.table({"item_id": pa.array([], pa.int64()), "split": pa.array([], pa.string())}), file)
    return store_file("snapshots/manifest.parquet", file.getvalue())


class SnapshotFactory(DjangoModelFactory):
    """A ready snapshot that counts labels enough to train on, without entries, with an empty manifest."""

    class Meta:
        model = Snapshot

    project = factory.SubFactory(ProjectFactory)
    version = factory.Sequence(lambda number: number + 1)
    state = SnapshotState.READY
    kind = factory.SelfAttribute("project.kind")
    labels = factory.LazyFunction(lambda: [dict(label) for label in LABELS])
    schema_version = factory.SelfAttribute("project.schema_version")
    item_count = 840
    train_count = 640
    test_count = 200
    content_hash = "0" * 64
    manifest_key = factory.LazyFunction(store_empty_manifest)


class SnapshotEntryFactory(DjangoModelFactory):
    class Meta:
        model = SnapshotEntry

    snapshot = factory.SubFactory(SnapshotFactory)
    annotation = factory.SubFactory(AnnotationFactory, task__project=factory.SelfAttribute("...snapshot.project"))
    item = factory.SelfAttribute("annotation.task.item")
    split = Split.TRAIN


class SplitAssignmentFactory(DjangoModelFactory):
    class Meta:
        model = SplitAssignment

    project = factory.SubFactory(ProjectFactory)
    item = factory.SubFactory(ItemFactory, dataset=factory.SelfAttribute("..project.dataset"))
    split = Split.TRAIN
    group = factory.SelfAttribute("item.pk")
