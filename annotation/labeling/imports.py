"""Tasks from lists of addresses, texts or rows (bare SQL, no pixels read) and from files (through the data lake)."""

import hashlib
from collections.abc import Sequence
from typing import Any

import orjson
from django.db import connection, transaction
from plateau.audit.services import record
from plateau.datalake import services as datalake
from plateau.kernel.errors import Invalid
from plateau.kernel.nul import json_holds_nul
from plateau.kernel.pictures import stated_size
from plateau.kernel.scopes import Actor

from annotation.labeling.schemas import ImportOut
from annotation.labeling.services import TASKS_OF_FRESH, count_fresh
from annotation.projects.models import Project

MAX_ERRORS = 50
MAX_TEXT = 1_000_000
_INSERT = f"""
WITH made AS (
    INSERT INTO datalake_item (dataset_id, uri, name, meta, text, width, height, created_at)
    SELECT %s, u, n, coalesce(m, '{{}}')::jsonb, coalesce(t, ''), w, h, now()
    FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::int[], %s::int[]) AS rows(u, n, m, t, w, h)
    ON CONFLICT DO NOTHING RETURNING id),
fresh AS MATERIALIZED (
    SELECT p.id AS project, made.id AS item, floor(random() * 2147483647)::int AS shuffle
    FROM made CROSS JOIN projects_project p WHERE p.dataset_id = %s AND p.archived_at IS NULL),
tasks AS ({TASKS_OF_FRESH})
SELECT (SELECT count(*) FROM made), project_id, count(*) FROM tasks GROUP BY project_id
"""  # noqa: S608  # built from constants; values are bound
_SCHEMES = ("https://", "http://", "storage:")


class _Columns:
    """What the lines say, column by column."""

    def __init__(self) -> None:
        self.uris: list[str] = []
        self.names: list[str] = []
        self.metas: list[str] = []
        self.texts: list[str] = []
        self.sizes: list[tuple[int | None, int | None]] = []

    def add(self, line: bytes) -> str:
        """Take a line; says what is wrong with it, empty where nothing is."""
        try:
            row: Any = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            return f"is not JSON: {error}"
        if not isinstance(row, dict):
            return 'must be an object such as {"uri": "…", "meta": {}}, {"text": "…"} or {"row": {"column": 1}}'
        if json_holds_nul(line, row):
            return "holds the character NUL, which cannot be kept"
        if "row" in row:
            return self._add_row(row["row"], row.get("name"))
        uri: Any = row.get("uri")
        text, meta = row.get("text"), row.get("meta", {})
        if (problem := _uri_problem(uri) if text is None else _text_problem(text)) or not isinstance(meta, dict):
            return problem or "`meta` must be an object"
        packed = orjson.dumps(meta).decode() if meta else "{}"
        try:
            size = stated_size(row.get("width"), row.get("height")) if text is None else None
        except ValueError as error:
            return f"states {error}"
        self.sizes.append(size or (None, None))
        if text is None:
            self.texts.append("")
            name = uri.rsplit("/", 1)[-1][:500] or uri[:500]
        else:
            self.texts.append(text)
            uri = f"text:{hashlib.sha256(text.encode()).hexdigest()}"
            name = " ".join(text[:120].split())[:60]
        self.uris.append(uri)
        self.names.append(row["name"][:500] if isinstance(row.get("name"), str) and row["name"] else name)
        self.metas.append(packed)
        return ""

    def _add_row(self, row: Any, name: Any) -> str:
        """A row of a table: its columns are kept as `meta`, and its text is what people see of it."""
        plain = isinstance(row, dict) and all(
            isinstance(value, str | int | float | bool | None) for value in row.values()
        )
        if not plain or not row:
            return "`row` must be an object of plain values, one for each column"
        packed = orjson.dumps(row, option=orjson.OPT_SORT_KEYS).decode()
        if len(packed) > MAX_TEXT:
            return f"`row` must be shorter than {MAX_TEXT:,} characters"
        told = name if isinstance(name, str) and name else ""
        self.texts.append("\n".join(f"{key}: {'' if value is None else value}" for key, value in row.items()))
        self.uris.append("row:" + hashlib.sha256(f"{told} {packed}".encode()).hexdigest())
        self.names.append(told[:500] or ", ".join(str(value) for value in row.values())[:60])
        self.metas.append(packed)
        self.sizes.append((None, None))
        return ""


def _uri_problem(uri: Any) -> str:
    if not (isinstance(uri, str) and 0 < len(uri) <= 2000):
        return "`uri` must be a text of 1 to 2000 characters"
    return "" if uri.startswith(_SCHEMES) else "`uri` must begin with https://, http:// or storage:"


def _text_problem(text: Any) -> str:
    if not (isinstance(text, str) and text.strip() and len(text) <= MAX_TEXT):
        return f"`text` must be a text of 1 to {MAX_TEXT:,} characters"
    return ""


def _read(body: bytes) -> _Columns:
    """The columns.

    Raises:
        Invalid: with the numbers of up to 50 wrong lines.
    """
    columns = _Columns()
    errors: list[dict[str, str]] = []
    for number, line in enumerate(body.split(b"\n"), start=1):
        if line.strip() and (problem := columns.add(line)):
            errors.append({"field": f"line {number}", "message": problem})
            if len(errors) == MAX_ERRORS:
                break
    if errors:
        raise Invalid(f"{errors[0]['field']} {errors[0]['message']}; nothing was imported.", errors)
    if not columns.uris:
        raise Invalid("The body has no lines.", [{"field": "body", "message": "has no lines"}])
    return columns


@transaction.atomic
def import_lines(*, actor: Actor, project: Project, body: bytes) -> ImportOut:
    """All lines or none.

    Raises:
        Invalid: a line is wrong; the message names it.
    """
    found = _read(body)
    with connection.cursor() as cursor:
        # A column of nothing but defaults is not sent: `unnest` fills it up.
        texts = found.texts if any(found.texts) else []
        metas = found.metas if any(meta != "{}" for meta in found.metas) else []
        sizes = found.sizes if any(width for width, _ in found.sizes) else []
        columns: list[list[Any]] = [
            found.uris,
            found.names,
            metas,
            texts,
            [one[0] for one in sizes],
            [one[1] for one in sizes],
        ]
        cursor.execute(_INSERT, [project.dataset_id, *columns, project.dataset_id])
        rows = cursor.fetchall()
        count_fresh(cursor, [row[1:] for row in rows])
    added = rows[0][0] if rows else 0
    record(actor=actor, action="tasks.imported", subject=project, added=added)
    return ImportOut(added=added, already_there=len(found.uris) - added)


def import_files(*, actor: Actor, project: Project, files: Sequence[Any]) -> ImportOut:
    """Start an upload with these files; its items become tasks when it is done."""
    batch = datalake.open_batch(actor=actor, dataset=project.dataset)
    for file in files:
        datalake.stage_file(batch=batch, name=file.name or "", file=file)
    batch = datalake.start_batch(actor=actor, batch=batch)
    return ImportOut(added=0, already_there=0, batch_id=batch.pk, job_id=batch.job_id)
