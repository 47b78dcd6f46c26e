"""Reading events and weather from what people send: CSV or Parquet, every row right or nothing taken."""

import io
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from plateau.http.errors import Invalid

MOST_BYTES = 512 * 1024 * 1024
NEEDED = ("time", "latitude", "longitude")
MOST_READINGS = 20
ARRIVAL = ("to_time", "to_latitude", "to_longitude")


def wrong(message: str) -> Invalid:
    """A refusal that names the file."""
    return Invalid(f"file: {message}", [{"field": "file", "message": message}])


def read_events(data: bytes) -> pa.Table:
    """Columns time (and to_time) as seconds of a local clock, the others as float64.

    Raises:
        Invalid: naming the column and the row that is wrong.
    """
    table = _table(data, NEEDED)
    names = [*NEEDED, *ARRIVAL] if set(ARRIVAL) <= set(table.column_names) else list(NEEDED)
    columns = {name: _column(name, table[name].combine_chunks()) for name in names}
    return pa.table(columns)


def read_weather(data: bytes) -> pa.Table:
    """Column time, and the others as float64; empty where an instrument gave nothing.

    Raises:
        Invalid: naming the column and the row that is wrong.
    """
    table = _table(data, ("time",))
    names = sorted(set(table.column_names) - {"time"})
    if not 1 <= len(names) <= MOST_READINGS:
        raise wrong(f"needs 1 to {MOST_READINGS} columns of numbers beside `time`; it has {len(names)}")
    columns = {"time": _column("time", table["time"].combine_chunks())}
    for name in names:
        values = table[name].combine_chunks()
        try:
            columns[name] = values.cast(pa.float64())
        except pa.ArrowException as error:
            raise wrong(f"`{name}` must hold numbers: {str(error)[:120]}") from error
        if not np.isfinite(np.asarray(pc.drop_null(columns[name]), dtype=np.float64)).any():
            raise wrong(f"`{name}` holds no number")
    return pa.table(columns)


def _table(data: bytes, needed: tuple[str, ...]) -> pa.Table:
    """The file as a table that has the needed columns, each name once, and a row."""
    options = pa.csv.ConvertOptions(timestamp_parsers=[pa.csv.ISO8601, "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M"])
    try:
        if data[:4] == b"PAR1":
            table = pq.read_table(io.BytesIO(data))
        else:
            table = pyarrow.csv.read_csv(io.BytesIO(data), convert_options=options)
        there = set(table.column_names)  # a name that is no text raises here
    except (pa.ArrowException, OSError, ValueError) as error:
        raise wrong(f"is neither Parquet nor CSV: {str(error)[:200]}") from error
    for column in needed:
        if column not in there:
            raise wrong(f"has no column `{column}`; it has: {', '.join(table.column_names[:20]) or 'none'}")
    if len(there) < len(table.column_names):
        raise wrong("has two columns of one name")
    if not table.num_rows:
        raise wrong("has no rows")
    return table


def _column(name: str, values: Any) -> Any:
    missing = np.flatnonzero(np.asarray(pc.is_null(values)))
    if len(missing) and not name.startswith("to_"):
        raise wrong(f"row {missing[0] + 1}: `{name}` is empty")
    if name.endswith("time"):
        if not pa.types.is_timestamp(values.type):
            raise wrong(f"`{name}` must hold times such as 2026-03-01T08:30:00; it holds {values.type}")
        if values.type.tz is not None:  # the same clock for all: what it shows there
            values = pc.local_timestamp(values)
        return values.cast(pa.timestamp("s"), safe=False)
    try:
        numbers = values.cast(pa.float64())
    except pa.ArrowException as error:
        raise wrong(f"`{name}` must hold numbers: {str(error)[:120]}") from error
    most = 90.0 if name.endswith("latitude") else 180.0
    far = np.flatnonzero(np.abs(np.nan_to_num(np.asarray(numbers, dtype=np.float64))) > most)
    if len(far):
        raise wrong(f"row {far[0] + 1}: `{name}` is {numbers[int(far[0])].as_py():g}, beyond ±{most:g}")
    return numbers
