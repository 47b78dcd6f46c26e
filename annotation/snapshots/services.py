"""Freezing: resolved labels into an immutable, hashed snapshot with a held-out test set."""

import hashlib
import io
from collections import Counter
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.db.models import Q

from annotation.labeling.models import Task, TaskState
from annotation.projects.models import Project
from annotation.projects.queries import current_schema
from annotation.snapshots.errors import NothingLabeled, OneSidedSplit, SnapshotInProgress
from annotation.snapshots.job_kinds import SNAPSHOT, SnapshotPayload
from annotation.snapshots.manifests import HASHED_SPLITS
from annotation.snapshots.models import Snapshot, SnapshotEntry, SnapshotState, Split, SplitAssignment
from annotation.snapshots.split import Member, assign_splits, exact_fingerprint, text_fingerprint
from labelkit.messages import Message
from plateau.access.scopes import Actor
from plateau.audit.services import record
from plateau.datalake.models import Item
from plateau.jobs import services as jobs
from plateau.jobs.handlers import Running
from plateau.jobs.queries import find_unfinished_jobs

_ITEMS_PER_QUERY = 10_000
# So many items are expected in the smaller split where one without any is no bad luck but a fault (e⁻⁶: 1 in 400).
_MIN_EXPECTED = 6
_FIELDS = (
    "item_id",
    "item__name",
    "item__uri",
    "item__text",
    "item__asset__sha256",
    "item__asset__storage_key",
    "item__asset__display_key",
    "item__asset__width",
    "item__asset__height",
    "item__meta",
    "annotation_id",
    "annotation__value",
    "annotation__user_id",
    "annotation__schema_version",
    "annotation__guideline_version",
    "annotation__created_at",
)


@transaction.atomic
def create_snapshot(*, actor: Actor, project: Project) -> Snapshot:
    """Create a snapshot; a worker builds it.

    Raises:
        NothingLabeled: no task is done.
        SnapshotInProgress: one is being built.
    """
    Project.objects.select_for_update().get(pk=project.pk)
    if not Task.objects.filter(project=project, state=TaskState.DONE).exists():
        raise NothingLabeled("Nothing is labeled yet. Label items before you create a snapshot.")
    unfinished = find_unfinished_jobs(SNAPSHOT, project=project.pk)
    if project.snapshots.filter(state=SnapshotState.BUILDING, job__in=unfinished).exists():
        raise SnapshotInProgress("A snapshot of this project is being created. Wait until it is finished.")
    schema = current_schema(project)
    latest = project.snapshots.order_by("-version").values_list("version", flat=True).first() or 0
    snapshot = Snapshot.objects.create(
        project=project,
        version=latest + 1,
        kind=project.kind,
        labels=schema.labels,
        schema_version=schema.version,
        created_by_id=actor.user_id or None,
    )
    payload = SnapshotPayload(snapshot_id=snapshot.pk)
    snapshot.job = jobs.submit(SNAPSHOT, payload, actor=actor, project_id=project.pk)
    snapshot.save(update_fields=["job"])
    record(actor=actor, action="snapshot.created", subject=snapshot, version=snapshot.version)
    return snapshot


def build_snapshot(running: Running[SnapshotPayload]) -> dict[str, object]:
    """Handler of job kind `snapshot`."""
    snapshot = Snapshot.objects.select_related("project").get(pk=running.payload.snapshot_id)
    if snapshot.state == SnapshotState.READY:  # an earlier attempt got through before it was given up
        return {"snapshot_id": snapshot.pk, "content_hash": snapshot.content_hash}
    running.report(done=0, total=3, message="reading labels")
    project = snapshot.project
    done_tasks = Task.objects.filter(project=project, state=TaskState.DONE).order_by("item_id")
    has_content = Q(item__asset__isnull=False) | ~Q(item__text="")
    rows = list(done_tasks.filter(has_content).values(*_FIELDS))
    without_content = done_tasks.exclude(has_content).count()
    running.report(done=1, total=3, message="selecting the test set")
    splits = draw_splits(project=project, item_ids=[row["item_id"] for row in rows])
    for row in rows:
        row["split"] = splits.get(row["item_id"], Split.EXCLUDED)  # or it was erased meanwhile
    included = [row for row in rows if row["split"] != Split.EXCLUDED]
    running.report(done=2, total=3, message="writing the manifest")
    content_hash = content_hash_of(included)
    key = f"snapshots/{project.organization_id}/{project.pk}/v{snapshot.version}-{content_hash[:16]}.parquet"
    _write_manifest(key, included, snapshot)
    test_count = sum(row["split"] == Split.TEST for row in included)
    snapshot.item_count, snapshot.test_count = len(included), test_count
    snapshot.train_count = len(included) - test_count
    snapshot.excluded_count = len(rows) - len(included) + without_content
    snapshot.content_hash, snapshot.manifest_key, snapshot.state = content_hash, key, SnapshotState.READY
    try:
        with transaction.atomic():
            entries = [
                SnapshotEntry(
                    snapshot=snapshot, item_id=row["item_id"], annotation_id=row["annotation_id"], split=row["split"]
                )
                for row in included
            ]
            SnapshotEntry.objects.bulk_create(entries, batch_size=5000, ignore_conflicts=True)
            snapshot.save()
    except IntegrityError:  # an item was erased meanwhile: nothing of it may stay; the next attempt is without it
        default_storage.delete(key)
        raise
    running.report(done=3, total=3, message="ready")
    return {"snapshot_id": snapshot.pk, "content_hash": content_hash}


def draw_splits(*, project: Project, item_ids: list[int]) -> dict[int, str]:
    """The split of each item that is still there; items without one are drawn now and keep it for good.

    A million takes minutes, in which no transaction is open; where somebody else drew meanwhile, it begins anew.

    Raises:
        OneSidedSplit: there are enough items, and one split would have none; nothing is saved.
    """
    while True:
        assignments = {
            row.item_id: row
            for row in SplitAssignment.objects.filter(project=project).select_related("item__asset").iterator()
        }
        missing = [pk for pk in item_ids if pk not in assignments]
        if not missing:
            _check_splits([assignments[pk] for pk in item_ids])
            return {pk: assignments[pk].split for pk in item_ids}
        members = [_member(row.item, row.split, row.group) for row in assignments.values()]
        for begin in range(0, len(missing), _ITEMS_PER_QUERY):
            items = Item.objects.filter(pk__in=missing[begin : begin + _ITEMS_PER_QUERY]).select_related("asset")
            members += [_member(item, "", 0) for item in items]
        new_members = assign_splits(members, seed=project.split_seed, test_fraction=settings.TEST_FRACTION)
        new = [
            SplitAssignment(project=project, item_id=member.item_id, split=member.split, group=member.group)
            for member in new_members
        ]
        drawn_now = assignments | {row.item_id: row for row in new}
        _check_splits([drawn_now[pk] for pk in item_ids if pk in drawn_now])
        with transaction.atomic():
            Project.objects.select_for_update().get(pk=project.pk)  # two builds must not draw at once
            if SplitAssignment.objects.filter(project=project).count() == len(assignments):
                SplitAssignment.objects.bulk_create(new, batch_size=5000)
                assignments = drawn_now
        if len(assignments) >= len(members):
            return {pk: assignments[pk].split for pk in item_ids if pk in assignments}


def _check_splits(rows: list[SplitAssignment]) -> None:
    """Refuse an assignment of enough items of which one split has none.

    Raises:
        OneSidedSplit: saying which split, and how many groups there are.
    """
    used = [row for row in rows if row.split != Split.EXCLUDED]
    expected = len(used) * min(settings.TEST_FRACTION, 1 - settings.TEST_FRACTION)
    if expected < _MIN_EXPECTED or len({row.split for row in used}) > 1:
        return
    sizes = Counter(row.group for row in used)
    purpose = "held out to evaluate models on" if used[0].split == Split.TRAIN else "left to train on"
    raise OneSidedSplit(
        Message(
            "None of the {item_count:,} labeled items would be {purpose}: they form {group_count:,} groups of "
            "near-duplicates, the largest with {largest:,} items, and a group is never divided. No "
            "snapshot was created. Label other items, then try again.",
            item_count=len(used),
            purpose=purpose,
            group_count=len(sizes),
            largest=max(sizes.values()),
        )
    )


def _member(item: Any, split: str, group: int) -> Member:
    if item.asset is not None:
        # Files of a medium without a fingerprint are the same where their bytes are.
        fingerprint = bytes(item.asset.fingerprint) or exact_fingerprint(item.asset.sha256.encode())
        return Member(item.pk, item.asset.sha256, fingerprint, split, group)
    if item.medium is not None and item.medium.duplicate_search == "exact":  # rows: only the same columns are the same
        content = orjson.dumps(item.meta, option=orjson.OPT_SORT_KEYS)
        return Member(item.pk, hashlib.sha256(content).hexdigest(), exact_fingerprint(content), split, group)
    return Member(item.pk, content_key_of(None, item.uri), text_fingerprint(item.text), split, group, "text")


def content_key_of(sha256: str | None, uri: str) -> str:
    """The hash by which an item's bytes are known: of its file, or the one in the address of a text or row."""
    return sha256 or uri.partition(":")[2]


def content_hash_of(rows: list[dict[str, Any]]) -> str:
    """SHA-256 over item, label and split of every row, in the order of the items' hashes; see `manifests`."""
    lines = sorted(
        b"\t".join(
            [
                content_key_of(row["item__asset__sha256"], row["item__uri"]).encode(),
                orjson.dumps(row["annotation__value"], option=orjson.OPT_SORT_KEYS),
                HASHED_SPLITS[row["split"]],
            ]
        )
        for row in rows
    )
    return hashlib.sha256(b"\n".join(lines)).hexdigest()


def _write_manifest(key: str, rows: list[dict[str, Any]], snapshot: Snapshot) -> None:
    annotation_type = snapshot.annotation_type
    content_keys = [content_key_of(row["item__asset__sha256"], row["item__uri"]) for row in rows]
    table = pa.table(
        {
            "item_id": pa.array([row["item_id"] for row in rows], pa.int64()),
            "name": pa.array([row["item__name"] for row in rows], pa.string()),
            "sha256": pa.array(content_keys, pa.string()),
            "storage_key": pa.array([row["item__asset__storage_key"] for row in rows], pa.string()),
            "display_key": pa.array([row["item__asset__display_key"] for row in rows], pa.string()),
            "width": pa.array([row["item__asset__width"] for row in rows], pa.int32()),
            "height": pa.array([row["item__asset__height"] for row in rows], pa.int32()),
            "text": pa.array([row["item__text"] for row in rows], pa.string()),
            "meta": pa.array([orjson.dumps(row["item__meta"]).decode() for row in rows], pa.string()),
            "split": pa.array([row["split"] for row in rows], pa.string()),
            "label": pa.array([annotation_type.strata(row["annotation__value"]) for row in rows], pa.string()),
            "value": pa.array([orjson.dumps(row["annotation__value"]).decode() for row in rows], pa.string()),
            "annotation_id": pa.array([row["annotation_id"] for row in rows], pa.int64()),
            "annotator_id": pa.array([row["annotation__user_id"] for row in rows], pa.int64()),
            "schema_version": pa.array([row["annotation__schema_version"] for row in rows], pa.int32()),
            "guideline_version": pa.array([row["annotation__guideline_version"] for row in rows], pa.int32()),
            "annotated_at": pa.array([row["annotation__created_at"] for row in rows], pa.timestamp("us", tz="UTC")),
        },
        metadata={"plateau.labels": orjson.dumps(snapshot.labels).decode(), "plateau.kind": snapshot.kind},
    )
    buffer = io.BytesIO()
    pq.write_table(table, buffer, compression="zstd")
    if default_storage.exists(key):
        default_storage.delete(key)
    default_storage.save(key, ContentFile(buffer.getvalue()))
