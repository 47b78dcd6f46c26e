"""Resolved labels as rows, read through a server-side cursor."""

from collections.abc import Iterator
from typing import Any

import orjson
from django.db import connection, transaction

from annotation.formats.base import ExportRow
from annotation.projects.models import Project
from annotation.snapshots.models import Snapshot

_COLUMNS = """
SELECT t.id, i.id, i.name, i.uri, i.text, a.sha256, coalesce(a.width, i.width), coalesce(a.height, i.height),
       i.meta::text, n.value::text, coalesce(u.email, ''), n.created_at, n.schema_version
"""
_JOINS = """
JOIN datalake_item i ON i.id = t.item_id
LEFT JOIN datalake_asset a ON a.id = i.asset_id
LEFT JOIN identity_user u ON u.id = n.user_id
"""
_ROWS = f"""{_COLUMNS}
FROM labeling_task t
JOIN labeling_annotation n ON n.id = t.annotation_id
{_JOINS}
WHERE t.project_id = %s AND t.state = 'done' AND t.id > %s ORDER BY t.id LIMIT %s
"""
_SNAPSHOT_ROWS = f"""{_COLUMNS}
FROM snapshots_snapshotentry e
JOIN labeling_annotation n ON n.id = e.annotation_id
JOIN labeling_task t ON t.id = n.task_id
{_JOINS}
WHERE e.snapshot_id = %s AND t.id > %s ORDER BY t.id LIMIT %s
"""
_UNSIZED = """
SELECT i.name, count(*) OVER ()
FROM labeling_task t
JOIN labeling_annotation n ON n.id = t.annotation_id
JOIN datalake_item i ON i.id = t.item_id
WHERE t.project_id = %s AND t.state = 'done' AND i.asset_id IS NULL AND (i.width IS NULL OR i.height IS NULL)
  AND n.value @? %s::jsonpath
ORDER BY i.name, t.id LIMIT 5
"""
_UNSIZED_OF_SNAPSHOT = """
SELECT i.name, count(*) OVER ()
FROM snapshots_snapshotentry e
JOIN labeling_annotation n ON n.id = e.annotation_id
JOIN datalake_item i ON i.id = e.item_id
WHERE e.snapshot_id = %s AND i.asset_id IS NULL AND (i.width IS NULL OR i.height IS NULL) AND n.value @? %s::jsonpath
ORDER BY i.name, e.id LIMIT 5
"""
_PAGE = 2000  # rows
_PAGE_BYTES = 16 * 1024 * 1024  # of names, texts, metadata and annotations, from which on a page ends early
_FIRST_ROWS = 8


def unsized_items(project: Project, path: str, snapshot: Snapshot | None = None) -> tuple[int, list[str]]:
    """How many resolved items without a known size have an answer in which the jsonpath finds something; names.

    Of a snapshot, where one is given.
    """
    with connection.cursor() as cursor:
        if snapshot is None:
            cursor.execute(_UNSIZED, [project.pk, path])
        else:
            cursor.execute(_UNSIZED_OF_SNAPSHOT, [snapshot.pk, path])
        rows = cursor.fetchall()
    return (rows[0][1] if rows else 0), [row[0] for row in rows]


def resolved_rows(project: Project, snapshot: Snapshot | None = None) -> Iterator[ExportRow]:
    """Every resolved label of a project, or as a snapshot has them, in the order of tasks.

    Memory stays flat, and no transaction stays open.
    """
    query, owner = (_ROWS, project.pk) if snapshot is None else (_SNAPSHOT_ROWS, snapshot.pk)
    after = 0
    while True:
        with transaction.atomic():
            with connection.cursor() as cursor:
                # A page is a few look-ups, however large the tables.
                cursor.execute("SET LOCAL enable_hashjoin = off")
                cursor.execute("SET LOCAL enable_mergejoin = off")
            rows, is_last = _page(query, [owner, after, _PAGE])
        for row in rows:
            values = [*row[:8], orjson.loads(row[8]), orjson.loads(row[9]), *row[10:]]
            yield ExportRow(*values)
        if is_last:
            return
        after = rows[-1][0]


def _page(query: str, parameters: list[int]) -> tuple[list[tuple[Any, ...]], bool]:
    """The first rows, as many as are not too heavy together; and whether there are no more.

    The database makes them as they are fetched: a few first, then as many as their weight lets one expect to fit.
    """
    rows: list[tuple[Any, ...]] = []
    weight, number = 0, _FIRST_ROWS
    with connection.chunked_cursor() as cursor:
        cursor.execute(query, parameters)
        while weight < _PAGE_BYTES:
            more = cursor.fetchmany(number)
            rows += more
            if len(more) < number:
                return rows, len(rows) < _PAGE
            weight += sum(len(text) for row in more for text in row if isinstance(text, str))
            number = max(1, min(_PAGE, (_PAGE_BYTES - weight) * len(rows) // (weight + 1)))
    return rows, False
