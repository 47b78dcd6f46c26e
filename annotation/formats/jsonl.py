"""One JSON object a line: everything that is known of a label."""

from collections.abc import Iterator

import orjson

from annotation.formats.base import BadFormat, ExportData, Format, ImportedItem, ImportSource, names_of
from annotation.formats.bounded_reading import bounded_lines
from plateau.http import json_numbers


class Jsonl(Format):
    """Lossless, for programs."""

    key = "jsonl"
    title = "JSON Lines"
    content_type = "application/x-ndjson"
    suffix = "jsonl"

    def write(self, export: ExportData) -> Iterator[bytes]:
        """See `Format`; labels are ids, with their names in the first line's `labels`."""
        names = names_of(export.labels)
        for row in export.rows:
            yield orjson.dumps({**vars(row), "labels": names}) + b"\n"

    def read(self, source: ImportSource) -> Iterator[ImportedItem]:
        """See `Format`; `value` and `name` (or `text`, or `uri`) are needed, names of labels are taken over."""
        for number, line in enumerate(bounded_lines(source.rewind()), start=1):
            if not line.strip():
                continue
            location = f"line {number}"
            try:
                row = json_numbers.loads(line)
            except json_numbers.UnrepresentableNumber as error:
                raise BadFormat(f"{location}: {error}") from error
            except orjson.JSONDecodeError as error:
                raise BadFormat(f"{location} is not JSON: {error}") from error
            if not isinstance(row, dict) or not isinstance(row.get("value"), dict):
                raise BadFormat(f"{location} has no `value`")
            names = row.get("labels") if isinstance(row.get("labels"), dict) else {}
            yield ImportedItem(
                location,
                str(row.get("name") or row.get("uri") or ""),
                source.annotation_type.relabel(row["value"], names or {}),
                uri=str(row.get("uri") or ""),
                text=str(row.get("text") or ""),
                width=row.get("width"),
                height=row.get("height"),
                annotator=str(row.get("annotator") or ""),
            )
