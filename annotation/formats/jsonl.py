"""One JSON object a line: everything that is known of a label."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict

import orjson

from annotation.formats.base import Row


class Jsonl:
    """Lossless, for programs."""

    key = "jsonl"
    title = "JSON lines"
    kinds = frozenset({"classification", "boxes"})
    media_type = "application/x-ndjson"
    suffix = "jsonl"

    def write(self, rows: Iterable[Row], *, labels: list[dict[str, str]]) -> Iterator[bytes]:
        """See `Exporter.write`."""
        for row in rows:
            yield orjson.dumps(asdict(row)) + b"\n"
