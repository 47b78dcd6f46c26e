"""CSV: one line an item, for spreadsheets."""

import codecs
import csv
import io
from collections.abc import Iterator
from itertools import chain
from typing import BinaryIO

from annotation.formats.base import BadFormat, ExportData, Format, ImportedItem, ImportSource, names_of
from annotation.formats.bounded_reading import RowLines, bounded_lines
from annotation.formats.reading import joined, parted
from labelkit.annotations.classification import Classification, MultiClassification

COLUMNS = ["item_id", "name", "uri", "label", "label_name", "annotator", "annotated_at"]
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula (OWASP: CSV injection)."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def plain(text: str) -> str:
    """The text that `harmless` was given."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA) else text


class Table(Format):
    """Classes as CSV; several labels of one item stand in one cell, with semicolons.

    A name that has a semicolon stands in quotation marks there.
    """

    key = "csv"
    title = "CSV"
    annotation_types = (Classification, MultiClassification)
    content_type = "text/csv; charset=utf-8"
    suffix = "csv"
    loses = ("attributes", "texts (the name stands for them)")

    def write(self, export: ExportData) -> Iterator[bytes]:
        """See `Format`."""
        names = names_of(export.labels)
        buffer = io.StringIO()
        writer = csv.writer(buffer)
        writer.writerow(COLUMNS)
        yield buffer.getvalue().encode()
        for row in export.rows:
            buffer.seek(0)
            buffer.truncate()
            labels = [row.value["label"]] if "label" in row.value else row.value["labels"]
            label_names = [names.get(label, label) for label in labels]
            label_text = label_names[0] if "label" in row.value else joined(label_names)
            texts = [row.name, row.uri, ";".join(labels), label_text, row.annotator]
            writer.writerow([row.item_id, *map(harmless, texts), row.annotated_at.isoformat()])
            yield buffer.getvalue().encode()

    def read(self, source: ImportSource) -> Iterator[ImportedItem]:
        """See `Format`; the columns `name` (or `uri`) and `label_name` (or `label`) are needed."""
        lines = RowLines(bounded_lines(_after_mark(source.rewind())))
        head = next(lines, "")
        delimiter = max(",;\t", key=head.count)  # Excel writes that of its country
        reader = csv.DictReader(chain([head], lines), delimiter=delimiter)
        for item in _read_items(reader, isinstance(source.annotation_type, MultiClassification)):
            lines.row_bytes = 0
            yield item


def _after_mark(file: BinaryIO) -> BinaryIO:
    """The file, after the mark with which Excel begins UTF-8."""
    if file.read(3) != codecs.BOM_UTF8:
        file.seek(0)
    return file


def _read_items(reader: "csv.DictReader[str]", many: bool) -> Iterator[ImportedItem]:
    columns = set(reader.fieldnames or [])
    if not columns & {"name", "uri"} or not columns & {"label", "label_name"}:
        raise BadFormat(f"the first row must name `name` and `label_name`; found: {', '.join(sorted(columns))}")
    for number, row in enumerate(reader, start=2):
        label_text = plain(row.get("label_name") or row.get("label") or "")
        value = {"labels": parted(label_text)} if many else {"label": label_text}
        yield ImportedItem(
            f"row {number}",
            plain(row.get("name") or row.get("uri") or ""),
            value if label_text or many else None,
            uri=plain(row.get("uri") or ""),
            annotator=plain(row.get("annotator") or ""),
        )
