"""When items are erased: what models said of them goes from predictions, and from what deployments sent back."""

import io
import uuid

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models import Q
from plateau.datalake.hooks import Reach
from plateau.datalake.models import Item

from registry.deployments.models import Batch, Feedback


def _batches(item_ids: list[int]) -> list[Batch]:
    """Batches over the datasets of these items, and so perhaps over the items."""
    datasets = Item.objects.filter(pk__in=item_ids).values("dataset_id").distinct()
    some = Q(last_item__gte=min(item_ids, default=0)) & (~Q(result_key="") | ~Q(parts=[]))
    return list(Batch.objects.filter(some, dataset_id__in=datasets).select_related("project").order_by("pk"))


def _read(key: str) -> pa.Table:
    with default_storage.open(key) as file:
        return pq.read_table(io.BytesIO(file.read()))


def _among(table: pa.Table, item_ids: list[int]) -> pa.Array:
    return pc.is_in(table["item_id"], value_set=pa.array(item_ids, pa.int64()))


def _files(batch: Batch) -> list[str]:
    return [batch.result_key] if batch.result_key else list(batch.parts)


def reach(item_ids: list[int]) -> Reach:
    """Predictions that name these items, and pictures that deployments sent back."""
    named = []
    for batch in _batches(item_ids):
        number = sum(pc.sum(_among(_read(key), item_ids)).as_py() or 0 for key in _files(batch))
        if number:
            title = f"{batch.project.name} #{batch.pk}"
            one = {"kind": "predictions", "id": batch.pk, "project_id": batch.project_id, "title": title}
            named.append(one | {"items": number})
    return Reach({"feedback": Feedback.objects.filter(item_id__in=item_ids).count()}, named)


def erase(item_ids: list[int]) -> list[str]:
    """Write predictions anew without these items; forget what was sent back."""
    Feedback.objects.filter(item_id__in=item_ids).delete()
    old: list[str] = []
    for one in _batches(item_ids):
        batch = Batch.objects.select_for_update().get(pk=one.pk)
        changed = {key: made for key in _files(batch) if (made := _without(key, item_ids)) != key}
        if changed:
            old += changed
            batch.parts = [changed.get(key, key) for key in batch.parts]
            batch.result_key = changed.get(batch.result_key, batch.result_key)
            batch.save(update_fields=["parts", "result_key"])
    return old


def _without(key: str, item_ids: list[int]) -> str:
    table = _read(key)
    gone = _among(table, item_ids)
    if not pc.any(gone).as_py():
        return key
    out = io.BytesIO()
    pq.write_table(table.filter(pc.invert(gone)), out, compression="zstd")
    base = key.removesuffix(".parquet").split("~")[0]
    return str(default_storage.save(f"{base}~{uuid.uuid4().hex[:8]}.parquet", ContentFile(out.getvalue())))
