"""Splits, manifests and hashes that 0.2.0 stored under its own names."""

import hashlib
import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from annotation.snapshots.manifests import read_manifest
from annotation.snapshots.models import Snapshot, SnapshotEntry, SplitAssignment
from annotation.snapshots.services import content_hash_of
from annotation.snapshots.tests.test_snapshots import freeze

BEFORE, AFTER = ("snapshots", "0003_mixed_geometries"), ("snapshots", "0004_rename_splits")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_splits_and_counts_are_renamed_there_and_back(people, make_project, answer_all):
    project = make_project(items=3)
    answer_all(people.actor("annotator"), project)
    snapshot = freeze(people, project)
    counts = {"item_count": 840, "train_count": 640, "test_count": 200, "excluded_count": 7, "erased_count": 2}
    Snapshot.objects.update(**counts)
    for assignment, split in zip(
        SplitAssignment.objects.order_by("item_id"), ["train", "test", "excluded"], strict=True
    ):
        SplitAssignment.objects.filter(pk=assignment.pk).update(split=split)
    SnapshotEntry.objects.update(split="test")
    leaves = MigrationExecutor(connection).loader.graph.leaf_nodes()
    try:
        MigrationExecutor(connection).migrate([BEFORE])
        with connection.cursor() as cursor:
            cursor.execute("SELECT side FROM snapshots_splitside ORDER BY item_id")
            assert cursor.fetchall() == [("train",), ("sealed",), ("neither",)]
            cursor.execute("SELECT side FROM snapshots_snapshotentry")
            assert set(cursor.fetchall()) == {("sealed",)}
            cursor.execute("SELECT rows, train, sealed, left_out, erased FROM snapshots_snapshot")
            assert cursor.fetchall() == [(840, 640, 200, 7, 2)]
        MigrationExecutor(connection).migrate([AFTER])
        assert list(SplitAssignment.objects.order_by("item_id").values_list("split", flat=True)) == [
            "train",
            "test",
            "excluded",
        ]
        assert set(SnapshotEntry.objects.values_list("split", flat=True)) == {"test"}
        assert Snapshot.objects.filter(pk=snapshot.pk).values(*counts).get() == counts
    finally:
        MigrationExecutor(connection).migrate(leaves)


@pytest.mark.django_db
def test_a_stored_manifest_is_read_and_downloaded_with_current_names_and_stays_as_it_is(
    people, make_project, answer_all
):
    buffer = io.BytesIO()
    table = pa.table({"item_id": [1, 2], "side": ["sealed", "train"], "label": ["a", "b"]})
    pq.write_table(table.replace_schema_metadata({"plateau.kind": "classification"}), buffer)
    key = default_storage.save("snapshots/old.parquet", ContentFile(buffer.getvalue()))
    project = make_project(items=1)
    answer_all(people.actor("annotator"), project)
    snapshot = freeze(people, project)
    Snapshot.objects.update(manifest_key=key)
    snapshot.refresh_from_db()

    rows = [{"item_id": 1, "split": "test", "label": "a"}, {"item_id": 2, "split": "train", "label": "b"}]
    assert read_manifest(snapshot).to_pylist() == rows
    assert read_manifest(snapshot).schema.metadata == {b"plateau.kind": b"classification"}
    response = people.client("scientist").get(f"/api/v1/snapshots/{snapshot.pk}/manifest/")
    assert pq.read_table(io.BytesIO(b"".join(response.streaming_content))).to_pylist() == rows
    with default_storage.open(key) as file:
        assert file.read() == buffer.getvalue()


def test_the_content_hash_is_of_the_bytes_that_the_release_before_hashed():
    rows = [
        {"item__asset__sha256": "b" * 64, "item__uri": "", "annotation__value": {"label": "x"}, "split": "test"},
        {"item__asset__sha256": None, "item__uri": "text:aa", "annotation__value": {"label": "y"}, "split": "train"},
    ]
    lines = b'aa\t{"label":"y"}\ttrain\n' + b"b" * 64 + b'\t{"label":"x"}\tsealed'
    assert content_hash_of(rows) == hashlib.sha256(lines).hexdigest()
