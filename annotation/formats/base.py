"""What a format gives: a name, a media type, and a stream of bytes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True)
class Row:
    """One resolved label on its way out."""

    task_id: int
    item_id: int
    name: str
    uri: str
    sha256: str | None
    width: int | None
    height: int | None
    meta: dict[str, Any]
    value: dict[str, Any]
    annotator: str
    annotated_at: datetime
    schema_version: int


class Exporter(Protocol):
    """One export format."""

    key: str
    title: str
    kinds: frozenset[str]
    media_type: str
    suffix: str

    def write(self, rows: Iterable[Row], *, labels: list[dict[str, str]]) -> Iterator[bytes]:
        """The file, piece by piece; `rows` are read once."""
        ...
