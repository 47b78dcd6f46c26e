"""Tasks from lists of addresses, texts or rows (bare SQL, no pixels read) and from files (through the data lake)."""

from collections.abc import Sequence
from typing import Any

import orjson
from django.db import connection, transaction

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

MAX_ERRORS = 50
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


def _read(body: bytes) -> _Columns:
    """The columns.

    Raises:
        InvalidInput: with the numbers of up to 50 wrong lines.
    """
    columns = _Columns()
    errors: list[dict[str, str]] = []
    for number, line in enumerate(body.split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            columns.add(line)
        except UnreadableFile as bad:
            errors.append({"field": f"line {number}", "message": bad.message})
            if len(errors) == MAX_ERRORS:
                break
    if errors:
        first = errors[0]
        message = as_message(first["message"])
        detail = Message("Nothing was imported. {field}: {message}", field=first["field"], message=message)
        raise InvalidInput(detail, errors)
    if not columns.uris:
        raise InvalidInput("The body has no lines.", [{"field": "body", "message": "has no lines"}])
    return columns


@transaction.atomic
def import_lines(*, actor: Actor, project: Project, body: bytes) -> TaskImportOut:
    """All lines or none.

    Raises:
        InvalidInput: a line is wrong; the message names it.
    """
    items = _read(body)
    with connection.cursor() as cursor:
        # A column of nothing but defaults is not sent: `unnest` fills it up.
        texts = items.texts if any(items.texts) else []
        metas = items.metas if any(meta != "{}" for meta in items.metas) else []
        sizes = items.sizes if any(width for width, _ in items.sizes) else []
        columns: dict[str, list[Any]] = {
            "uris": items.uris,
            "names": items.names,
            "metas": metas,
            "texts": texts,
            "widths": [width for width, _ in sizes],
            "heights": [height for _, height in sizes],
        }
        cursor.execute(_INSERT, {"dataset": project.dataset_id, **columns})
        rows = cursor.fetchall()
        count_new_tasks(cursor, [row[1:] for row in rows])
    created_count = rows[0][0] if rows else 0
    record(actor=actor, action="tasks.imported", subject=project, added=created_count)
    return TaskImportOut(created_count=created_count, existing_count=len(items.uris) - created_count)


def import_files(*, actor: Actor, project: Project, files: Sequence[Any]) -> TaskImportOut:
    """Start an upload with these files; its items become tasks when it is done."""
    batch = datalake.open_batch(actor=actor, dataset=project.dataset)
    for file in files:
        datalake.stage_file(batch=batch, name=file.name or "", file=file)
    batch = datalake.start_batch(actor=actor, batch=batch)
    return TaskImportOut(created_count=0, existing_count=0, batch_id=batch.pk, job_id=batch.job_id)
