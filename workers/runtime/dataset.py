"""A snapshot's items on local disk, and its two sides kept apart."""

import io
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
from django.core.files.storage import default_storage

from annotation.snapshots.models import Snapshot
from labelkit.annotations import ANNOTATION_TYPES
from labelkit.media import MEDIA_TYPES
from plateau.jobs import services as jobs
from workers.recipes.base import Example
from workers.runtime.job_run import JobRun


@dataclass(frozen=True)
class Material:
    """Examples to learn from and, apart, the sealed ones to be judged by. No recipe ever gets `sealed` to fit."""

    labels: list[str]
    train: list[Example]
    sealed: list[Example]
    sealed_slices: list[frozenset[str]]
    sealed_items: list[int]

    @property
    def training_mean(self) -> float:
        """The mean of the numbers that may be learned from; 0 for other kinds."""
        numbers = [example.target for example in self.train if isinstance(example.target, float)]
        return sum(numbers) / len(numbers) if numbers else 0.0


def manifest_of(snapshot: Snapshot) -> pa.Table:
    """The snapshot's manifest."""
    with default_storage.open(snapshot.manifest_key) as file:
        return pq.read_table(io.BytesIO(file.read()))


def load_material(snapshot: Snapshot, *, cache: Path) -> Material:
    """Read the manifest; fetch pictures that are not on local disk yet."""
    table, annotation_type = manifest_of(snapshot), ANNOTATION_TYPES[snapshot.kind]
    table_rows = table.select(["item_id", "sha256", "display_key", "side", "label", "meta", "text", "value"])
    sides: dict[str, list[Example]] = {"train": [], "sealed": []}
    slices: list[frozenset[str]] = []
    items: list[int] = []
    medium = MEDIA_TYPES[ANNOTATION_TYPES[snapshot.kind].media_type]
    for row in table_rows.to_pylist():
        sides[row["side"]].append(example_of(row, snapshot.kind, cache))
        if row["side"] == "sealed":
            slices.append(frozenset() if medium.meta_is_content else slices_of(row["meta"]))
            items.append(row["item_id"])
    labels = [label["id"] for label in orjson.loads(table.schema.metadata[b"plateau.labels"])]
    if not annotation_type.learns_labels:
        labels = []
    return Material(labels, sides["train"], sides["sealed"], slices, items)


def example_of(row: dict[str, Any], kind: str, cache: Path) -> Example:
    """A row of the manifest as a recipe gets it; with a target only where the row has its annotation."""
    key, sha256 = row["display_key"], row["sha256"]
    annotation_type, annotation = ANNOTATION_TYPES[kind], orjson.loads(row.get("value") or "null")
    medium = MEDIA_TYPES[annotation_type.media_type]
    return Example(
        key=sha256,
        path=local_picture(key, sha256, cache) if key else Path(),
        text=row["text"] or "",
        row=orjson.loads(row["meta"] or "{}") if medium.meta_is_content else {},
        target=None if annotation is None else annotation_type.training_target(annotation),
        annotation_type=kind,
        annotation=annotation or {},
        stratum=row["label"],
    )


def slices_of(meta: str | None) -> frozenset[str]:
    """`meta:<field>=<value>` of each plain value that an item carries; lists and objects make no slices."""
    found = orjson.loads(meta or "{}")
    if not isinstance(found, dict):
        return frozenset()
    return frozenset(
        f"meta:{key}={value}" for key, value in found.items() if isinstance(value, str | int | float | bool)
    )


def local_picture(key: str, sha256: str, cache: Path) -> Path:
    """A picture's path on local disk; fetched once where the storage is elsewhere."""
    try:
        return Path(default_storage.path(key))
    except NotImplementedError:
        pass
    path = cache / "pictures" / sha256[:2] / sha256
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}.tmp")
        with default_storage.open(key) as file:
            draft.write_bytes(file.read())
        draft.replace(path)
    return path


def fetch_material(snapshot_id: int, run: JobRun) -> tuple[Snapshot, Material]:
    """The snapshot of a job, and its items on local disk."""
    snapshot = Snapshot.objects.get(pk=snapshot_id)
    jobs.report(claim=run.claim, done=0, total=1000, message="fetching items")
    return snapshot, load_material(snapshot, cache=run.cache)
