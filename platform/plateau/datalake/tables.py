"""Tables (Parquet) in the storage that name items."""

import io
import uuid

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage


def _read(key: str, item_ids: list[int]) -> tuple[pa.Table, pa.Array]:
    """A table with a column `item_id`, and which of its rows are of these items."""
    with default_storage.open(key) as file:
        table = pq.read_table(io.BytesIO(file.read()))
    return table, pc.is_in(table["item_id"], value_set=pa.array(item_ids, pa.int64()))


def rows_of(key: str, item_ids: list[int]) -> int:
    """How many rows of a table are of these items."""
    return int(pc.sum(_read(key, item_ids)[1]).as_py() or 0)


def without(key: str, item_ids: list[int]) -> str:
    """The key of a copy without these items; the key itself where none of them is in it."""
    table, gone = _read(key, item_ids)
    if not pc.any(gone).as_py():
        return key
    out = io.BytesIO()
    pq.write_table(table.filter(pc.invert(gone)), out, compression="zstd")
    base = key.removesuffix(".parquet").split("~")[0]
    return str(default_storage.save(f"{base}~{uuid.uuid4().hex[:8]}.parquet", ContentFile(out.getvalue())))
