"""Resolved labels as rows, read through a server-side cursor."""

from collections.abc import Iterator

import orjson
from django.db import connection, transaction

from annotation.formats.base import ExportRow
from annotation.projects.models import Project

_ROWS = """
SELECT t.id, i.id, i.name, i.uri, i.text, a.sha256, coalesce(a.width, i.width), coalesce(a.height, i.height),
       i.meta::text, n.value::text, coalesce(u.email, ''), n.created_at, n.schema_version
FROM labeling_task t
JOIN labeling_annotation n ON n.id = t.annotation_id
JOIN datalake_item i ON i.id = t.item_id
LEFT JOIN datalake_asset a ON a.id = i.asset_id
LEFT JOIN identity_user u ON u.id = n.user_id
WHERE t.project_id = %s AND t.state = 'done' AND t.id > %s ORDER BY t.id LIMIT %s
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
_PAGE = 2000


def unsized_items(project: Project, path: str) -> tuple[int, list[str]]:
    """How many resolved items without a known size have an answer in which the jsonpath finds something; names."""
    with connection.cursor() as cursor:
        cursor.execute(_UNSIZED, [project.pk, path])
        rows = cursor.fetchall()
    return (rows[0][1] if rows else 0), [row[0] for row in rows]


def resolved_rows(project: Project) -> Iterator[ExportRow]:
    """Every resolved label of a project, in the order of tasks; memory stays flat, and no transaction stays open."""
    after = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_hashjoin = off")  # a page is a few look-ups, however large the tables
            cursor.execute("SET LOCAL enable_mergejoin = off")
            cursor.execute(_ROWS, [project.pk, after, _PAGE])
            rows = cursor.fetchall()
        for row in rows:
            values = [*row[:8], orjson.loads(row[8]), orjson.loads(row[9]), *row[10:]]
            yield ExportRow(*values)
        if len(rows) < _PAGE:
            return
        after = rows[-1][0]
