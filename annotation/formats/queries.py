"""Resolved labels as rows, read through a server-side cursor."""

from collections.abc import Iterator
from typing import Any

from annotation.formats.base import Row
from annotation.labeling.models import Task, TaskState
from annotation.projects.models import Project

_FIELDS = (
    "id",
    "item_id",
    "item__name",
    "item__uri",
    "item__asset__sha256",
    "item__asset__width",
    "item__asset__height",
    "item__meta",
    "annotation__value",
    "annotation__user__email",
    "annotation__created_at",
    "annotation__schema_version",
)


def resolved_rows(project: Project) -> Iterator[Row]:
    """Every resolved label of a project, in the order of tasks; memory stays flat."""
    tasks = Task.objects.filter(project=project, state=TaskState.DONE).order_by("id")
    for values in tasks.values_list(*_FIELDS).iterator(chunk_size=2000):
        yield _row(values)


def _row(values: Any) -> Row:
    task, item, name, uri, sha256, width, height, meta, value, email, at, version = values
    return Row(task, item, name, uri, sha256, width, height, meta, value, email or "", at, version)
