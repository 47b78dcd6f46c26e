"""Tasks from lists of addresses, texts or rows (bare SQL, no pixels read) and from files (through the data lake)."""

import io
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import orjson
from django.db import connection

from annotation.labeling.schemas import TaskImportOut
from annotation.labeling.services import INSERT_NEW_TASKS, ON_DATASET, count_new_tasks
from annotation.projects.models import Project
from labelkit.media import UnreadableFile
from labelkit.messages import Message, as_message
from plateau.access.scopes import Actor
from plateau.audit.services import record
from plateau.datalake import imported
from plateau.datalake import services as datalake
from plateau.datalake.lines import entry_of_line
from plateau.http.errors import InvalidInput
from plateau.quotas.items import adding_items

MAX_ERRORS = 50
_LINES, _BYTES = 20_000, 8 * 1024 * 1024  # of one statement
_INSERT = f"""
WITH created_item AS (
    INSERT INTO datalake_item (dataset_id, uri, name, meta, text, width, height, created_at)
    SELECT %(dataset)s, u, n, coalesce(m, '{{}}')::jsonb, coalesce(t, ''), w, h, now()
    FROM unnest(%(uris)s::text[], %(names)s::text[], %(metas)s::text[], %(texts)s::text[], %(widths)s::int[],
        %(heights)s::int[]) AS rows(u, n, m, t, w, h)
    ON CONFLICT DO NOTHING RETURNING id),
new_item AS MATERIALIZED (
    SELECT p.id AS project, created_item.id AS item, floor(random() * 2147483647)::int AS shuffle
    FROM created_item CROSS JOIN projects_project p WHERE {ON_DATASET} AND p.archived_at IS NULL),
new_task AS ({INSERT_NEW_TASKS})
SELECT (SELECT count(*) FROM created_item), project_id, count(*) FROM new_task GROUP BY project_id
"""  # noqa: S608  # built from constants; values are bound


class _Columns:
    """The items of the lines, column by column."""

    def __init__(self) -> None:
        self.uris: list[str] = []
        self.names: list[str] = []
        self.metas: list[str] = []
        self.texts: list[str] = []
        self.sizes: list[tuple[int | None, int | None]] = []

    def add(self, line: bytes) -> None:
        """Add the item of a line.

        Raises:
            UnreadableFile: it cannot be taken; the message names the field.
        """
        entry = entry_of_line(line)
        if entry.uri.startswith(imported.SCHEME):
            imported.path_of(entry.uri)
        self.uris.append(entry.uri)
        self.names.append(entry.name)
        self.metas.append(orjson.dumps(entry.meta).decode() if entry.meta else "{}")
        self.texts.append(entry.text)
        self.sizes.append(entry.size or (None, None))


def _read(body: bytes) -> Iterator[_Columns]:
    """The columns, of so many lines at a time.

    Raises:
        InvalidInput: after the last line, with the numbers of up to 50 wrong ones.
    """
    columns, size, is_empty = _Columns(), 0, True
    errors: list[dict[str, str]] = []
    for number, line in enumerate(io.BytesIO(body), start=1):
        if not line.strip():
            continue
        is_empty = False
        try:
            columns.add(line)
        except UnreadableFile as bad:
            errors.append({"field": f"line {number}", "message": bad.message})
            if len(errors) == MAX_ERRORS:
                break
        size += len(line)
        if len(columns.uris) >= _LINES or size >= _BYTES:
            if not errors:
                yield columns
            columns, size = _Columns(), 0
    if errors:
        first = errors[0]
        message = as_message(first["message"])
        detail = Message("Nothing was imported. {field}: {message}", field=first["field"], message=message)
        raise InvalidInput(detail, errors)
    if is_empty:
        raise InvalidInput("The body has no lines.", [{"field": "body", "message": "has no lines"}])
    if columns.uris:
        yield columns


def import_lines(*, actor: Actor, project: Project, body: bytes) -> TaskImportOut:
    """All lines or none.

    Raises:
        InvalidInput: a line is wrong; the message names it.
        ItemQuotaExceeded: the organization would have more items than it may.
    """
    with adding_items(project.organization_id):
        return _import_lines(actor=actor, project=project, body=body)


def _import_lines(*, actor: Actor, project: Project, body: bytes) -> TaskImportOut:
    line_count = created_count = 0
    new_tasks: Counter[int] = Counter()  # by project
    with connection.cursor() as cursor:
        for items in _read(body):
            cursor.execute(_INSERT, {"dataset": project.dataset_id, **_arrays(items)})
            rows = cursor.fetchall()
            line_count += len(items.uris)
            created_count += rows[0][0] if rows else 0
            new_tasks.update({project_id: count for _, project_id, count in rows})
        count_new_tasks(cursor, list(new_tasks.items()))
    record(actor=actor, action="tasks.imported", subject=project, added=created_count)
    return TaskImportOut(created_count=created_count, existing_count=line_count - created_count)


def _arrays(items: _Columns) -> dict[str, list[Any]]:
    """The columns as the statement takes them. One of nothing but defaults is not sent: `unnest` fills it up."""
    sizes = items.sizes if any(width for width, _ in items.sizes) else []
    return {
        "uris": items.uris,
        "names": items.names,
        "metas": items.metas if any(meta != "{}" for meta in items.metas) else [],
        "texts": items.texts if any(items.texts) else [],
        "widths": [width for width, _ in sizes],
        "heights": [height for _, height in sizes],
    }


def import_files(*, actor: Actor, project: Project, files: Sequence[Any]) -> TaskImportOut:
    """Start an upload with these files; its items become tasks when it is done."""
    batch = datalake.open_batch(actor=actor, dataset=project.dataset)
    for file in files:
        datalake.stage_file(batch=batch, name=file.name or "", file=file)
    batch = datalake.start_batch(actor=actor, batch=batch)
    return TaskImportOut(created_count=0, existing_count=0, batch_id=batch.pk, job_id=batch.job_id)
