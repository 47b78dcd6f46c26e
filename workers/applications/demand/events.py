"""Reading uploaded events and weather: CSV or Parquet, all rows or none."""

import io
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from labelkit.messages import Message
from workers.applications.demand.errors import InvalidDataFile

MAX_BYTES = 512 * 1024 * 1024
REQUIRED_COLUMNS = ("time", "latitude", "longitude")
MAX_READINGS = 20
ARRIVAL_COLUMNS = ("to_time", "to_latitude", "to_longitude")


def read_events(data: bytes) -> pa.Table:
    """Columns time (and to_time) as seconds of a local clock, the others as float64.

    Raises:
        InvalidDataFile: naming the column and the row that is wrong.
    """
    table = _table(data, REQUIRED_COLUMNS)
    names = (
        [*REQUIRED_COLUMNS, *ARRIVAL_COLUMNS]
        if set(ARRIVAL_COLUMNS) <= set(table.column_names)
        else list(REQUIRED_COLUMNS)
    )
    columns = {name: _column(name, table[name].combine_chunks()) for name in names}
    return pa.table(columns)


def read_weather(data: bytes) -> pa.Table:
    """Column time, and the others as float64; empty where an instrument gave nothing.

    Raises:
        InvalidDataFile: naming the column and the row that is wrong.
    """
    table = _table(data, ("time",))
    names = sorted(set(table.column_names) - {"time"})
    if not 1 <= len(names) <= MAX_READINGS:
        raise InvalidDataFile(
            Message(
                "needs 1 to {max_readings} numeric columns besides `time`; it has {count}",
                max_readings=MAX_READINGS,
                count=len(names),
            )
        )
    columns = {"time": _column("time", table["time"].combine_chunks())}
    for name in names:
        values = table[name].combine_chunks()
        try:
            columns[name] = values.cast(pa.float64())
        except pa.ArrowException as error:
            raise InvalidDataFile(
                Message("`{name}` must contain numbers: {error}", name=name, error=str(error)[:120])
            ) from error
        if not np.isfinite(np.asarray(pc.drop_null(columns[name]), dtype=np.float64)).any():
            raise InvalidDataFile(Message("`{name}` has no numbers", name=name))
    return pa.table(columns)


def _table(data: bytes, required: tuple[str, ...]) -> pa.Table:
    """The file as a table that has the required columns, each name once, and a row."""
    options = pa.csv.ConvertOptions(timestamp_parsers=[pa.csv.ISO8601, "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M"])
    try:
        if data[:4] == b"PAR1":
            table = pq.read_table(io.BytesIO(data))
        else:
            table = pyarrow.csv.read_csv(io.BytesIO(data), convert_options=options)
        names = set(table.column_names)  # a name that is no text raises here
    except (pa.ArrowException, OSError, ValueError) as error:
        raise InvalidDataFile(Message("is neither Parquet nor CSV: {error}", error=str(error)[:200])) from error
    for column in required:
        if column not in names:
            raise InvalidDataFile(
                Message(
                    "has no column `{column}`; its columns: {columns}",
                    column=column,
                    columns=", ".join(table.column_names[:20]) or "none",
                )
            )
    if len(names) < len(table.column_names):
        raise InvalidDataFile("has two columns with the same name")
    if not table.num_rows:
        raise InvalidDataFile("has no rows")
    return table


def _column(name: str, values: Any) -> Any:
    missing = np.flatnonzero(np.asarray(pc.is_null(values)))
    if len(missing) and not name.startswith("to_"):
        raise InvalidDataFile(Message("row {row}: `{name}` is empty", row=missing[0] + 1, name=name))
    if name.endswith("time"):
        if not pa.types.is_timestamp(values.type):
            raise InvalidDataFile(
                Message(
                    "`{name}` must contain times such as 2026-03-01T08:30:00; it contains {type}",
                    name=name,
                    type=values.type,
                )
            )
        if values.type.tz is not None:  # the same clock for all: what it shows there
            values = pc.local_timestamp(values)
        return values.cast(pa.timestamp("s"), safe=False)
    try:
        numbers = values.cast(pa.float64())
    except pa.ArrowException as error:
        raise InvalidDataFile(
            Message("`{name}` must contain numbers: {error}", name=name, error=str(error)[:120])
        ) from error
    limit = 90.0 if name.endswith("latitude") else 180.0
    outside = np.flatnonzero(np.abs(np.nan_to_num(np.asarray(numbers, dtype=np.float64))) > limit)
    if len(outside):
        raise InvalidDataFile(
            Message(
                "row {row}: `{name}` is {number:g}, outside ±{limit:g}",
                row=outside[0] + 1,
                name=name,
                number=numbers[int(outside[0])].as_py(),
                limit=limit,
            )
        )
    return numbers
