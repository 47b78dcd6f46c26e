"""CSV: one line an item, for spreadsheets."""

import csv
import io
from collections.abc import Iterable, Iterator

from annotation.formats.base import Row

COLUMNS = ["item_id", "name", "uri", "label", "label_name", "annotator", "annotated_at"]
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula (OWASP: CSV injection)."""
    return f"'{text}" if text.startswith(_FORMULA) else text


class Table:
    """Classes as CSV."""

    key = "csv"
    title = "CSV"
    kinds = frozenset({"classification"})
    media_type = "text/csv; charset=utf-8"
    suffix = "csv"

    def write(self, rows: Iterable[Row], *, labels: list[dict[str, str]]) -> Iterator[bytes]:
        """See `Exporter.write`."""
        names = {label["id"]: label["name"] for label in labels}
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(COLUMNS)
        for row in rows:
            label = row.value["label"]
            texts = [row.name, row.uri, label, names.get(label, label), row.annotator]
            writer.writerow([row.item_id, *map(harmless, texts), row.annotated_at.isoformat()])
            yield out.getvalue().encode()
            out.seek(0)
            out.truncate()
        if out.tell():
            yield out.getvalue().encode()
