"""Batch predictions: a version predicts many items, into a Parquet file or as pre-annotations of open tasks."""

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

from annotation.labeling.models import PreAnnotation, Task, TaskState
from annotation.snapshots.models import SplitAssignment
from labelkit.annotations import AnnotationType
from labelkit.media import UnreadableFile
from labelkit.project_types import ProjectType
from plateau.datalake.models import Item
from plateau.jobs import services as jobs
from plateau.jobs.models import Job
from registry.deployments.job_kinds import BatchPredictionPayload
from registry.deployments.models import BatchPrediction
from workers.recipes.base import Example
from workers.runtime.dataset import build_example
from workers.runtime.job_run import JobRun
from workers.runtime.model_loading import Predictor, load_predictor

CHUNK_ITEMS = 64
PART_ROWS = 4096
Row = dict[str, Any]


def run_batch_prediction(job: Job, run: JobRun, payload: BatchPredictionPayload) -> dict[str, object]:
    """Handler of job kind `predict`; a later attempt resumes behind the last item that was written."""
    batch = BatchPrediction.objects.select_related("version", "project").get(pk=payload.batch_prediction_id)
    jobs.report(claim=run.claim, done=0, total=1, message="fetching the model")
    model = load_predictor(batch.version, run.cache)
    items = Item.objects.select_related("asset").order_by("pk")
    if batch.project.media_type.is_file:
        items = items.filter(asset__isnull=False)
    if batch.dataset_id is not None:
        items = items.filter(dataset_id=batch.dataset_id)
    else:
        open_tasks = Task.objects.filter(project=batch.project, state=TaskState.OPEN)
        items = items.filter(pk__in=open_tasks.values("item_id"))
    remaining = items.filter(pk__gt=batch.last_item_id).count()
    total = batch.predicted_count + batch.skipped_count + remaining
    while True:
        run.raise_if_stopped()
        limit = PART_ROWS if batch.dataset_id else CHUNK_ITEMS
        chunk = list(items.filter(pk__gt=batch.last_item_id)[:limit])
        if not chunk:
            break
        rows, skipped_count = _predict(batch, chunk, model, run, total)
        with transaction.atomic():
            locked = BatchPrediction.objects.select_for_update().get(pk=batch.pk)
            if locked.last_item_id >= chunk[-1].pk:  # another attempt wrote it
                batch = locked
                continue
            if batch.dataset_id is not None:
                locked.part_keys = [*locked.part_keys, _write_part(batch, rows)]
            else:
                _write_pre_annotations(batch, rows)
            locked.last_item_id = chunk[-1].pk
            locked.predicted_count += len(rows)
            locked.skipped_count += skipped_count
            locked.save()
            batch = locked
        processed_count = batch.predicted_count + batch.skipped_count
        jobs.report(claim=run.claim, done=processed_count, total=max(1, total), message="predicting items")
    if batch.dataset_id is not None and not batch.result_key:
        batch.result_key = _join_parts(batch, model.labels)
        batch.save(update_fields=["result_key"])
    return {
        "items": batch.predicted_count,
        "skipped": batch.skipped_count,
        "batch_prediction_id": batch.pk,
    }


def _predict(
    batch: BatchPrediction, items: list[Item], model: Predictor, run: JobRun, total: int
) -> tuple[list[Row], int]:
    """A row for each item that can be read, and how many cannot."""
    rows: list[Row] = []
    skipped_count = 0
    project_type = batch.project.project_type
    for start in range(0, len(items), CHUNK_ITEMS):
        run.raise_if_stopped()
        chunk: list[tuple[Item, Example]] = []
        for item in items[start : start + CHUNK_ITEMS]:
            try:
                chunk.append((item, _example(item, project_type, run.cache)))
            except (OSError, UnreadableFile):
                skipped_count += 1  # an image that cannot be read is counted, and the rest goes on
        if not chunk:
            continue
        run.message, run.total = "predicting items", max(1, total)
        run.begin, run.share = batch.predicted_count + batch.skipped_count + start, len(chunk)
        predictions = model.predict([example for _, example in chunk], run)
        for (item, _), prediction in zip(chunk, predictions, strict=True):
            rows.append(
                {
                    "item_id": item.pk,
                    "name": item.name,
                    **_columns(prediction, project_type.annotation_type, model.labels),
                }
            )
    return rows, skipped_count


def _example(item: Item, project_type: ProjectType, cache: Path) -> Example:
    """An item as a model gets it.

    Raises:
        OSError, UnreadableFile: its file cannot be read.
    """
    asset = item.asset
    row = {
        "sha256": asset.sha256 if asset else str(item.pk),
        "display_key": asset.display_key if asset else "",
        "label": "",
        "text": item.text,
        "meta": orjson.dumps(item.meta).decode(),
    }
    example = build_example(row, project_type, cache)
    if asset is not None:
        asset.medium.check_file(example.path)
    return example


def _columns(prediction: object, annotation_type: AnnotationType, labels: list[str]) -> Row:
    """A prediction as columns: the annotation `value`, its confidence (null for numbers), probabilities of classes."""
    columns = vars(annotation_type.from_prediction(prediction, labels))
    return {key: value for key, value in columns.items() if key != "probabilities" or value is not None}


def _write_part(batch: BatchPrediction, rows: list[Row]) -> str:
    schema = pa.schema(
        [
            ("item_id", pa.int64()),
            ("name", pa.string()),
            ("label", pa.string()),
            ("confidence", pa.float64()),
            ("probabilities", pa.list_(pa.float32())),  # of classes
            ("value", pa.string()),  # the annotation value as JSON
        ]
    )
    file = io.BytesIO()
    encoded = [row | {"value": orjson.dumps(row["value"]).decode()} for row in rows]
    pq.write_table(pa.Table.from_pylist(encoded, schema=schema), file, compression="zstd")
    return default_storage.save(f"predictions/{batch.pk}/part.parquet", ContentFile(file.getvalue()))


def _join_parts(batch: BatchPrediction, labels: list[str]) -> str:
    tables = []
    for key in batch.part_keys:
        with default_storage.open(key) as part:
            tables.append(pq.read_table(io.BytesIO(part.read())))
    file = io.BytesIO()
    if tables:
        table = pa.concat_tables(tables).replace_schema_metadata({"plateau.labels": ",".join(labels)})
        pq.write_table(table, file, compression="zstd")
    result_key = default_storage.save(f"predictions/{batch.pk}/predictions.parquet", ContentFile(file.getvalue()))
    for key in batch.part_keys:
        default_storage.delete(key)
    return result_key


def _write_pre_annotations(batch: BatchPrediction, rows: list[Row]) -> None:
    """Pre-annotate tasks that are still open; held-out items get none, and a random share is hidden as the control.

    A pre-annotation leads whoever sees it: on the test set, by which models are evaluated, it would evaluate
    itself.
    """
    item_ids = [row["item_id"] for row in rows]
    held_out = SplitAssignment.objects.filter(project=batch.project, split="test", item_id__in=item_ids)
    held_out_item_ids = set(held_out.values_list("item_id", flat=True))
    open_tasks = Task.objects.filter(project=batch.project, state=TaskState.OPEN, item_id__in=item_ids)
    tasks = {task.item_id: task for task in open_tasks}
    hidden_fraction = batch.hidden_fraction or 0.0
    pre_annotations = [
        PreAnnotation(
            task=tasks[row["item_id"]],
            value=row["value"],
            score=None if row["confidence"] is None else round(row["confidence"], 4),
            model=f"{batch.version.name} {batch.version.version}",
            is_hidden=_is_hidden(batch.pk, row["item_id"], hidden_fraction),
        )
        for row in rows
        if row["item_id"] in tasks and row["item_id"] not in held_out_item_ids
    ]
    PreAnnotation.objects.bulk_create(
        pre_annotations,
        update_conflicts=True,
        unique_fields=["task"],
        update_fields=["value", "score", "model", "is_hidden"],
    )


def _is_hidden(batch_prediction_id: int, item_id: int, fraction: float) -> bool:
    """Whether an item is in the control group; the same at every attempt."""
    seed = hashlib.sha256(f"{batch_prediction_id}:{item_id}".encode()).digest()
    return random.Random(seed).random() < fraction  # a draw that can be repeated, no secret
