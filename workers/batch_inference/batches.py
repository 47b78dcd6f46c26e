"""A version answers many items: into a Parquet file, or as proposals in the labeling queue."""

import hashlib
import io
import random
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from annotation.labeling.models import Prelabel, Task, TaskState
from annotation.snapshots.models import SplitSide
from labelkit.annotations import ANNOTATION_TYPES
from labelkit.pictures import check_whole
from plateau.datalake.models import Item
from plateau.jobs import services as jobs
from plateau.jobs.models import Job
from registry.deployments.job_kinds import BatchOrder
from registry.deployments.models import Batch
from workers.recipes.base import Example, check_run
from workers.runtime.context import JobRun
from workers.runtime.material import example_of
from workers.runtime.opening import Opened, open_model

CHUNK = 64
PART_ROWS = 4096


def run_batch(job: Job, run: JobRun, order: BatchOrder) -> dict[str, Any]:
    """Handler of job kind `predict`; a later attempt goes on behind the last item that was written."""
    batch = Batch.objects.select_related("version", "project").get(pk=order.batch_id)
    jobs.report(claim=run.claim, done=0, total=1, message="fetching the model")
    model = open_model(batch.version, run.cache)
    items = Item.objects.select_related("asset").order_by("pk")
    if ANNOTATION_TYPES[batch.project.kind].media_type == "image":
        items = items.filter(asset__isnull=False)
    if batch.dataset_id is not None:
        items = items.filter(dataset_id=batch.dataset_id)
    else:
        open_tasks = Task.objects.filter(project=batch.project, state=TaskState.OPEN)
        items = items.filter(pk__in=open_tasks.values("item_id"))
    total = batch.done + batch.skipped + items.filter(pk__gt=batch.last_item).count()
    while True:
        check_run(run)
        chunk = list(items.filter(pk__gt=batch.last_item)[: PART_ROWS if batch.dataset_id else CHUNK])
        if not chunk:
            break
        rows, skipped = _answers(batch, chunk, model, run, total)
        with transaction.atomic():
            locked = Batch.objects.select_for_update().get(pk=batch.pk)
            if locked.last_item >= chunk[-1].pk:  # another attempt wrote it
                batch = locked
                continue
            if batch.dataset_id is not None:
                locked.parts = [*locked.parts, _keep_part(batch, rows)]
            else:
                _propose(batch, rows)
            locked.last_item, locked.done = chunk[-1].pk, locked.done + len(rows)
            locked.skipped += skipped
            locked.save()
            batch = locked
        jobs.report(claim=run.claim, done=batch.done + batch.skipped, total=max(1, total), message="answering items")
    if batch.dataset_id is not None and not batch.result_key:
        batch.result_key = _join(batch, model.labels)
        batch.save(update_fields=["result_key"])
    return {"items": batch.done, "skipped": batch.skipped, "batch_id": batch.pk}


def _answers(
    batch: Batch, chunk: list[Item], model: Opened, run: JobRun, total: int
) -> tuple[list[dict[str, Any]], int]:
    rows: list[dict[str, Any]] = []
    skipped = 0
    kind = batch.project.kind
    for begin in range(0, len(chunk), CHUNK):
        check_run(run)
        part: list[tuple[Item, Example]] = []
        for item in chunk[begin : begin + CHUNK]:
            try:
                part.append((item, _example(item, kind, run.cache)))
            except OSError:
                skipped += 1  # a picture that cannot be read is counted, and the rest goes on
        if not part:
            continue
        run.message, run.total = "answering items", max(1, total)
        run.begin, run.share = batch.done + batch.skipped + begin, len(part)
        found = model.predict([example for _, example in part], run)
        for (item, _), answer in zip(part, found, strict=True):
            rows.append({"item_id": item.pk, "name": item.name, **_told(answer, kind, model.labels)})
    return rows, skipped


def _example(item: Item, kind: str, cache: Path) -> Example:
    """An item as a model gets it; a picture is opened once, so that one that cannot be read is found out here."""
    asset = item.asset
    row = {
        "sha256": asset.sha256 if asset else str(item.pk),
        "display_key": asset.display_key if asset else "",
        "label": "",
        "text": item.text,
        "meta": orjson.dumps(item.meta).decode(),
    }
    example = example_of(row, kind, cache)
    if asset is not None:
        check_whole(example.path)
    return example


def _told(answer: Any, kind: str, labels: list[str]) -> dict[str, Any]:
    """One answer: `value` as people give it, how sure (null for numbers), and of classes all that was said."""
    told = vars(ANNOTATION_TYPES[kind].from_prediction(answer, labels))
    return {key: value for key, value in told.items() if key != "probabilities" or value is not None}


def _keep_part(batch: Batch, rows: list[dict[str, Any]]) -> str:
    schema = pa.schema(
        [
            ("item_id", pa.int64()),
            ("name", pa.string()),
            ("label", pa.string()),
            ("confidence", pa.float64()),
            ("probabilities", pa.list_(pa.float32())),  # of classes
            ("value", pa.string()),  # the answer as JSON
        ]
    )
    out = io.BytesIO()
    told = [row | {"value": orjson.dumps(row["value"]).decode()} for row in rows]
    pq.write_table(pa.Table.from_pylist(told, schema=schema), out, compression="zstd")
    return default_storage.save(f"predictions/{batch.pk}/part.parquet", ContentFile(out.getvalue()))


def _join(batch: Batch, labels: list[str]) -> str:
    tables = []
    for key in batch.parts:
        with default_storage.open(key) as file:
            tables.append(pq.read_table(io.BytesIO(file.read())))
    out = io.BytesIO()
    if tables:
        table = pa.concat_tables(tables).replace_schema_metadata({"plateau.labels": ",".join(labels)})
        pq.write_table(table, out, compression="zstd")
    key = default_storage.save(f"predictions/{batch.pk}/predictions.parquet", ContentFile(out.getvalue()))
    for part in batch.parts:
        default_storage.delete(part)
    return key


def _propose(batch: Batch, rows: list[dict[str, Any]]) -> None:
    """Proposals for tasks that are still open; sealed items get none, and a random share is kept back as the control.

    A proposal leads whoever sees it: on the sealed split, which judges models, it would judge itself.
    """
    sealed = SplitSide.objects.filter(
        project=batch.project, side="sealed", item_id__in=[row["item_id"] for row in rows]
    )
    left_alone = set(sealed.values_list("item_id", flat=True))
    tasks = {
        task.item_id: task
        for task in Task.objects.filter(
            project=batch.project, state=TaskState.OPEN, item_id__in=[row["item_id"] for row in rows]
        )
    }
    share = batch.hidden_share or 0.0
    made = [
        Prelabel(
            task=tasks[row["item_id"]],
            value=row["value"],
            score=None if row["confidence"] is None else round(row["confidence"], 4),
            model=f"{batch.version.name} {batch.version.version}",
            hidden=_hidden(batch.pk, row["item_id"], share),
        )
        for row in rows
        if row["item_id"] in tasks and row["item_id"] not in left_alone
    ]
    Prelabel.objects.bulk_create(
        made,
        update_conflicts=True,
        unique_fields=["task"],
        update_fields=["value", "score", "model", "hidden"],
    )


def _hidden(batch: int, item: int, share: float) -> bool:
    """Drawn once for each item, and drawn again the same."""
    seed = hashlib.sha256(f"{batch}:{item}".encode()).digest()
    return random.Random(seed).random() < share  # a draw that can be repeated, no secret
