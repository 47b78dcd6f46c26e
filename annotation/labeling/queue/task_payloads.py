"""What a task looks like to the person who holds it."""

from typing import Any

import orjson
from django.db import connection
from django.urls import reverse

from annotation.labeling.queue.parameters import Parameters, actor_parameters
from annotation.labeling.reach import PROJECT_IS_REACHED
from plateau.access.scopes import Actor, Scope
from plateau.audit.services import record_item_accesses
from plateau.datalake.queries import content_url
from plateau.http.errors import NotFound

# What a task looks like to the person who holds it: their own annotation, never another person's.
TASK_COLUMNS = """
    t.id, t.project_id, t.position, t.shuffle, i.id, i.name, i.uri, i.text, i.meta, a.id, a.width, a.height,
    d.value, d.revision, n.value, n.id, pre.value, pre.score, pre.model,
    (SELECT count(*) FROM labeling_comment c WHERE c.task_id = t.id AND c.resolved_at IS NULL)
"""
TASK_JOINS = """
    JOIN datalake_item i ON i.id = t.item_id
    LEFT JOIN datalake_asset a ON a.id = i.asset_id
    LEFT JOIN labeling_draft d ON d.task_id = t.id AND d.user_id = %(user_id)s
    LEFT JOIN LATERAL (
        SELECT own.id, own.value FROM labeling_annotation own
        WHERE t.annotation_count > 0 AND own.task_id = t.id AND own.user_id = %(user_id)s
        ORDER BY own.id DESC LIMIT 1) n ON true
    LEFT JOIN labeling_preannotation pre ON pre.task_id = t.id AND NOT pre.is_hidden
"""
READ_TASK = f"""
SELECT {TASK_COLUMNS} FROM labeling_task t JOIN projects_project p ON p.id = t.project_id {TASK_JOINS}
WHERE t.id = %(task_id)s AND {PROJECT_IS_REACHED}
"""  # noqa: S608  # built from constants; values are bound
READ_RESOLVED_VALUE = """
SELECT n.value FROM labeling_task t JOIN labeling_annotation n ON n.id = t.annotation_id WHERE t.id = %s
"""


def parse_json(value: object) -> Any:
    """A JSON column of a raw cursor, which may come as text."""
    return orjson.loads(value) if isinstance(value, str | bytes) else value


def task_payload(row: tuple[Any, ...]) -> dict[str, object]:
    """A row of `TASK_COLUMNS` as `schemas.TaskOut` has it, without the cost of building one."""
    task_id, project_id, _, _, item_id, name, uri, text, meta, asset_id, width, height = row[:12]
    draft, revision, value, annotation_id, pre_annotation, score, model, unresolved_comments = row[12:]
    if asset_id is not None:
        image = content_url(asset_id)
    elif text:
        image = ""
    else:
        image = reverse("item-content", args=[item_id]) if uri.startswith("storage:") else uri
    return {
        "id": task_id,
        "project_id": project_id,
        "item": {
            "id": item_id,
            "name": name,
            "meta": parse_json(meta),
            "image": image,
            "text": text,
            "width": width,
            "height": height,
        },
        "draft": None if draft is None else {"value": parse_json(draft), "revision": revision},
        "annotation": parse_json(value),
        "annotation_id": annotation_id or 0,
        "unresolved_comments": unresolved_comments,
        "pre_annotation": None
        if pre_annotation is None
        else {"value": parse_json(pre_annotation), "score": score, "model": model},
    }


def log_text_access(parameters: Parameters, tasks: list[dict[str, Any]]) -> None:
    """Log who saw which text or row; pictures are logged when a browser fetches them."""
    if item_ids := [task["item"]["id"] for task in tasks if task["item"]["text"]]:
        record_item_accesses(
            organization_id=parameters["organization_id"], user_id=parameters["user_id"], item_ids=item_ids
        )


def get_task(*, actor: Actor, task_id: int) -> dict[str, object]:
    """A task with the caller's draft and annotation; reviewers without one see the resolved label.

    Raises:
        NotFound: no such task.
    """
    parameters = actor_parameters(actor, task_id=task_id)
    with connection.cursor() as cursor:
        cursor.execute(READ_TASK, parameters)
        row = cursor.fetchone()
        if row is None:
            raise NotFound("There is no such task in your organization.")
        task = task_payload(row)
        if task["annotation"] is None and actor.may(Scope.LABELS_REVIEW):
            cursor.execute(READ_RESOLVED_VALUE, [task_id])
            resolved = cursor.fetchone()
            task["annotation"] = parse_json(resolved[0]) if resolved else None
    log_text_access(parameters, [task])
    return task
