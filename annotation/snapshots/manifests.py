"""Manifests of snapshots with today's names, whichever version wrote them."""

import io
from typing import BinaryIO, cast

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.core.files.storage import default_storage

from annotation.snapshots.models import Snapshot, Split

# Manifests in the storage are never rewritten: those of 0.2.0 keep their names there.
_COLUMNS_0_2 = {"side": "split"}
_SPLITS_0_2 = {"sealed": Split.TEST.value}
# The content hash covers the bytes that 0.2.0 hashed, so that hashes of snapshots from before and after compare.
HASHED_SPLITS = {Split.TRAIN.value: b"train", Split.TEST.value: b"sealed"}


def read_manifest(snapshot: Snapshot) -> pa.Table:
    """The manifest of a snapshot, a row for each item."""
    with default_storage.open(snapshot.manifest_key) as file:
        return _with_current_names(pq.read_table(io.BytesIO(file.read())))


def open_manifest(snapshot: Snapshot) -> BinaryIO:
    """The manifest as a Parquet file: the stored one, or a copy of one that has names of 0.2.0."""
    file = cast(BinaryIO, default_storage.open(snapshot.manifest_key))
    if not _COLUMNS_0_2.keys() & set(pq.read_schema(file).names):
        file.seek(0)
        return file
    file.close()
    buffer = io.BytesIO()
    pq.write_table(read_manifest(snapshot), buffer, compression="zstd")
    buffer.seek(0)
    return buffer


def _with_current_names(table: pa.Table) -> pa.Table:
    if not _COLUMNS_0_2.keys() & set(table.column_names):
        return table
    metadata = table.schema.metadata
    table = table.rename_columns([_COLUMNS_0_2.get(name, name) for name in table.column_names])
    splits = table["split"]
    for former, current in _SPLITS_0_2.items():
        splits = pc.if_else(pc.equal(splits, former), current, splits)
    return table.set_column(table.column_names.index("split"), "split", splits).replace_schema_metadata(metadata)
