"""A version answers many items: into a Parquet file, or as proposals in the labeling queue."""

import hashlib
import io
import random
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from plateau.datalake.models import Item
from plateau.jobs import services as jobs
from plateau.jobs.models import Job

from annotation.labeling.models import Prelabel, Task, TaskState
from annotation.snapshots.models import SplitSide
from registry.deployments.models import Batch
from workers.recipes.base import check_run, read_rgb
from workers.runtime.context import JobRun
from workers.runtime.material import local_picture
from workers.runtime.onnx_model import OnnxModel, fetch_model

CHUNK = 64
PART_ROWS = 4096


def run_batch(job: Job, run: JobRun) -> dict[str, Any]:
    """Handler of job kind `predict`; a later attempt goes on behind the last item that was written."""
    batch = Batch.objects.select_related("version", "project").get(pk=job.payload["batch_id"])
    jobs.report(claim=run.claim, done=0, total=1, message="fetching the model")
    model = fetch_model(batch.version, run.cache)
    items = Item.objects.filter(asset__isnull=False).select_related("asset").order_by("pk")
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
        batch.result_key = _join(batch)
        batch.save(update_fields=["result_key"])
    return {"items": batch.done, "skipped": batch.skipped, "batch_id": batch.pk}


def _answers(
    batch: Batch, chunk: list[Item], model: OnnxModel, run: JobRun, total: int
) -> tuple[list[dict[str, Any]], int]:
    rows: list[dict[str, Any]] = []
    skipped = 0
    for begin in range(0, len(chunk), CHUNK):
        check_run(run)
        part, pixels = [], []
        for item in chunk[begin : begin + CHUNK]:
            asset: Any = item.asset
            try:
                pixels.append(read_rgb(local_picture(asset.display_key, asset.sha256, run.cache), model.side))
                part.append(item)
            except OSError:
                skipped += 1  # a picture that cannot be read is counted, and the rest goes on
        if not part:
            continue
        found = model.probabilities(np.stack(pixels).astype(np.float32))
        for item, row in zip(part, found, strict=True):
            rows.append(
                {
                    "item_id": item.pk,
                    "name": item.name,
                    "label": model.labels[int(row.argmax())],
                    "confidence": float(row.max()),
                    "probabilities": [float(one) for one in row],
                }
            )
        if batch.dataset_id is not None:
            done = batch.done + batch.skipped + begin
            jobs.report(claim=run.claim, done=done, total=max(1, total), message="answering items")
    return rows, skipped


def _keep_part(batch: Batch, rows: list[dict[str, Any]]) -> str:
    schema = pa.schema(
        [
            ("item_id", pa.int64()),
            ("name", pa.string()),
            ("label", pa.string()),
            ("confidence", pa.float64()),
            ("probabilities", pa.list_(pa.float32())),
        ]
    )
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), out, compression="zstd")
    return default_storage.save(f"predictions/{batch.pk}/part.parquet", ContentFile(out.getvalue()))


def _join(batch: Batch) -> str:
    tables = []
    for key in batch.parts:
        with default_storage.open(key) as file:
            tables.append(pq.read_table(io.BytesIO(file.read())))
    out = io.BytesIO()
    if tables:
        labels = ",".join(batch.version.facts["labels"])
        table = pa.concat_tables(tables).replace_schema_metadata({"plateau.labels": labels})
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
            value={"label": row["label"]},
            score=round(row["confidence"], 4),
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
