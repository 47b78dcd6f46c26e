"""Rows of tables. An item holds its columns as `meta`, and as its text what people see of them."""

from dataclasses import dataclass
from typing import ClassVar

import orjson

from labelkit.media.base import EditorView, MediaFacts, MediaType, Probe, UnreadableFile
from labelkit.messages import Message


@dataclass(frozen=True)
class RowFacts(MediaFacts):
    """Names of the columns, in their order."""

    columns: tuple[str, ...]


class RowMedia(MediaType[RowFacts]):
    """A row as a JSON object of plain values, one for each column."""

    key: ClassVar[str] = "row"
    title: ClassVar[str] = "Table row"
    accepts: ClassVar[str] = "tables (.csv, .tsv)"
    facts_type = RowFacts
    editor_view: ClassVar[EditorView] = "text"
    is_file: ClassVar[bool] = False
    uri_scheme: ClassVar[str] = "row:"
    meta_is_content: ClassVar[bool] = True

    def probe(self, data: bytes, *, max_pixels: int = 10**9) -> Probe[RowFacts]:
        """See `MediaType`."""
        try:
            row = orjson.loads(data)
        except orjson.JSONDecodeError as error:
            raise UnreadableFile("bad_row", Message("The row is not JSON: {error}.", error=error)) from error
        is_plain = isinstance(row, dict) and all(
            isinstance(value, str | int | float | bool | None) for value in row.values()
        )
        if not is_plain or not row:
            raise UnreadableFile("bad_row", ("A row must be an object of plain values, one for each column."))
        return Probe("application/json", RowFacts(tuple(row)))
