"""Tasks from lists of addresses, texts or rows (bare SQL, no pixels read) and from files (through the data lake)."""

from collections.abc import Sequence
from typing import Any

import orjson
from django.db import connection, transaction

from annotation.labeling.schemas import ImportOut
from annotation.labeling.services import TASKS_OF_FRESH, count_fresh
from annotation.projects.models import Project
from labelkit.media import UnreadableFile
from plateau.access.scopes import Actor
from plateau.audit.services import record
from plateau.datalake import imported
from plateau.datalake import services as datalake
from plateau.datalake.lines import entry_of_line
from plateau.http.errors import Invalid

MAX_ERRORS = 50
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


class _Columns:
    """What the lines say, column by column."""

    def __init__(self) -> None:
        self.uris: list[str] = []
        self.names: list[str] = []
        self.metas: list[str] = []
        self.texts: list[str] = []
        self.sizes: list[tuple[int | None, int | None]] = []

    def add(self, line: bytes) -> None:
        """Take a line.

        Raises:
            UnreadableFile: it cannot be taken; the message names the field.
        """
        found = entry_of_line(line)
        if found.uri.startswith(imported.SCHEME):
            imported.path_of(found.uri)
        self.uris.append(found.uri)
        self.names.append(found.name)
        self.metas.append(orjson.dumps(found.meta).decode() if found.meta else "{}")
        self.texts.append(found.text)
        self.sizes.append(found.size or (None, None))


def _read(body: bytes) -> _Columns:
    """The columns.

    Raises:
        Invalid: with the numbers of up to 50 wrong lines.
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
        raise Invalid(f"{errors[0]['field']}: {errors[0]['message'].rstrip('.')}; nothing was imported.", errors)
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
