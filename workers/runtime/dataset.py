"""A snapshot's items on local disk, the held-out test set apart from the training examples."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from django.core.files.storage import default_storage

from annotation.snapshots.manifests import read_manifest
from annotation.snapshots.models import Snapshot
from labelkit.project_types import ProjectType
from plateau.jobs import services as jobs
from workers.recipes.base import Example
from workers.runtime.job_run import JobRun


@dataclass(frozen=True)
class SnapshotDataset:
    """Training examples and, apart from them, the held-out test set. No recipe ever gets `test` to fit."""

    labels: list[str]
    train: list[Example]
    test: list[Example]
    test_slices: list[frozenset[str]]
    test_item_ids: list[int]

    @property
    def training_mean(self) -> float:
        """The mean of the training targets where they are numbers, else 0."""
        numbers = [example.target for example in self.train if isinstance(example.target, float)]
        return sum(numbers) / len(numbers) if numbers else 0.0


def load_dataset(snapshot: Snapshot, *, cache: Path) -> SnapshotDataset:
    """Read the manifest; fetch images that are not on local disk yet."""
    table, annotation_type = read_manifest(snapshot), snapshot.annotation_type
    table_rows = table.select(["item_id", "sha256", "display_key", "split", "label", "meta", "text", "value"])
    splits: dict[str, list[Example]] = {"train": [], "test": []}
    slices: list[frozenset[str]] = []
    item_ids: list[int] = []
    medium = snapshot.media_type
    for row in table_rows.to_pylist():
        splits[row["split"]].append(build_example(row, snapshot.project_type, cache))
        if row["split"] == "test":
            slices.append(frozenset() if medium.meta_is_content else metadata_slices(row["meta"]))
            item_ids.append(row["item_id"])
    labels = [label["id"] for label in orjson.loads(table.schema.metadata[b"plateau.labels"])]
    if not annotation_type.learns_labels:
        labels = []
    return SnapshotDataset(labels, splits["train"], splits["test"], slices, item_ids)


def build_example(row: dict[str, Any], project_type: ProjectType, cache: Path) -> Example:
    """An example from a row of the manifest; it has a target only where the row has an annotation."""
    key, sha256 = row["display_key"], row["sha256"]
    annotation_type, annotation = project_type.annotation_type, orjson.loads(row.get("value") or "null")
    return Example(
        key=sha256,
        path=fetch_image(key, sha256, cache) if key else Path(),
        text=row["text"] or "",
        row=orjson.loads(row["meta"] or "{}") if project_type.media_type.meta_is_content else {},
        target=None if annotation is None else annotation_type.training_target(annotation),
        annotation_type=annotation_type.key,
        annotation=annotation or {},
        stratum=row["label"],
    )


def metadata_slices(meta: str | None) -> frozenset[str]:
    """`meta:<field>=<value>` of each plain value that an item carries; lists and objects make no slices."""
    fields = orjson.loads(meta or "{}")
    if not isinstance(fields, dict):
        return frozenset()
    return frozenset(
        f"meta:{key}={value}" for key, value in fields.items() if isinstance(value, str | int | float | bool)
    )


def fetch_image(key: str, sha256: str, cache: Path) -> Path:
    """An image's path on local disk; it is copied once where the storage is elsewhere."""
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


def fetch_dataset(snapshot_id: int, run: JobRun) -> tuple[Snapshot, SnapshotDataset]:
    """The snapshot of a job and its dataset; reports progress meanwhile."""
    snapshot = Snapshot.objects.get(pk=snapshot_id)
    jobs.report(claim=run.claim, done=0, total=1000, message="fetching items")
    return snapshot, load_dataset(snapshot, cache=run.cache)
