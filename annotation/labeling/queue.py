"""The hot path, in bare SQL: hand out tasks, take answers. Each statement is one indexed pass.

A hand-out is `UPDATE … WHERE id = ANY(ARRAY(SELECT … FOR UPDATE SKIP LOCKED))`: concurrent callers
step over each other's rows, so nobody waits and no task goes to two people.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import orjson
from django.conf import settings
from django.db import connection, transaction
from plateau.kernel.errors import Conflict, NotFound
from plateau.kernel.scopes import Actor

from annotation.projects.kinds import KINDS, Kind
from annotation.projects.models import LabelSchema

_TASK_COLUMNS = """
    t.id, t.project_id, t.state, t.lease_until, i.id, i.name, i.uri, i.meta, a.id, a.width, a.height,
    d.value, d.revision, n.value
"""
_TASK_JOINS = """
    JOIN datalake_item i ON i.id = t.item_id
    LEFT JOIN datalake_asset a ON a.id = i.asset_id
    LEFT JOIN labeling_draft d ON d.task_id = t.id AND d.user_id = %(user)s
    LEFT JOIN labeling_annotation n ON n.id = t.annotation_id
"""
_HELD = f"""
SELECT {_TASK_COLUMNS} FROM labeling_task t {_TASK_JOINS}
WHERE t.state = 'leased' AND t.lease_user_id = %(user)s AND t.project_id = %(project)s AND t.lease_until > now()
ORDER BY d.id IS NULL, t.priority DESC, t.shuffle, t.id LIMIT %(count)s
"""  # noqa: S608  # built from constants above; values are bound
_NEXT = f"""
WITH t AS (
    UPDATE labeling_task SET state = 'leased', lease_user_id = %(user)s,
           lease_until = now() + %(seconds)s * interval '1 second'
    WHERE id = ANY(ARRAY(
        SELECT id FROM labeling_task WHERE project_id = %(project)s AND state = 'open'
        ORDER BY priority DESC, shuffle, id LIMIT %(count)s FOR UPDATE SKIP LOCKED))
    RETURNING *
)
SELECT {_TASK_COLUMNS} FROM t {_TASK_JOINS} ORDER BY t.priority DESC, t.shuffle, t.id
"""  # noqa: S608  # as above
_FREE = """
UPDATE labeling_task SET state = 'open', lease_user_id = NULL, lease_until = NULL
WHERE id = ANY(ARRAY(SELECT id FROM labeling_task
    WHERE state = 'leased' AND lease_until < now() AND project_id = %(project)s FOR UPDATE SKIP LOCKED))
"""
_ONE = f"""
SELECT {_TASK_COLUMNS} FROM labeling_task t
JOIN projects_project p ON p.id = t.project_id {_TASK_JOINS}
WHERE t.id = %(task)s AND p.organization_id = %(organization)s AND (%(bound)s IS NULL OR p.id = %(bound)s)
"""  # noqa: S608  # as above
_PROJECT = """
SELECT p.id FROM projects_project p
WHERE p.id = %(project)s AND p.organization_id = %(organization)s AND p.archived_at IS NULL
  AND (%(bound)s IS NULL OR p.id = %(bound)s)
"""
_LOCK = """
SELECT t.id, t.project_id, t.state, t.lease_user_id, t.answered_by_id, t.annotation_id,
       t.lease_until > now(), p.kind, a.width, a.height,
       (SELECT s.id FROM projects_labelschema s WHERE s.project_id = p.id ORDER BY s.version DESC LIMIT 1),
       (SELECT max(g.version) FROM projects_guideline g WHERE g.project_id = p.id),
       n.id, n.value
FROM labeling_task t
JOIN projects_project p ON p.id = t.project_id
JOIN datalake_item i ON i.id = t.item_id
LEFT JOIN datalake_asset a ON a.id = i.asset_id
LEFT JOIN labeling_annotation n ON n.task_id = t.id AND n.client_id = %(client)s
WHERE t.id = %(task)s AND p.organization_id = %(organization)s AND p.archived_at IS NULL
  AND (%(bound)s IS NULL OR p.id = %(bound)s)
FOR UPDATE OF t
"""
_ANSWER = """
WITH n AS (
    INSERT INTO labeling_annotation
        (task_id, user_id, client_id, value, schema_version, guideline_version, supersedes_id, active_ms, created_at)
    VALUES (%(task)s, %(user)s, %(client)s, %(value)s, %(schema)s, %(guideline)s, %(supersedes)s, %(active)s, now())
    RETURNING id
), gone AS (
    DELETE FROM labeling_draft WHERE task_id = %(task)s AND user_id = %(user)s
)
UPDATE labeling_task SET state = 'done', annotation_id = n.id, answered_by_id = %(user)s, answered_at = now(),
       lease_user_id = NULL, lease_until = NULL, skip_reason = ''
FROM n WHERE labeling_task.id = %(task)s RETURNING n.id
"""
_SKIP = """
UPDATE labeling_task SET state = 'skipped', skip_reason = %(reason)s, answered_by_id = %(user)s, answered_at = now(),
       lease_user_id = NULL, lease_until = NULL WHERE id = %(task)s
"""


class LeaseLost(Conflict):
    """Somebody else holds or answered the task; the answer was not taken and is still with the client."""

    code = "lease_lost"
    title = "The task went to somebody else"


class KeyReused(Conflict):
    """The idempotency key was used before for another answer."""

    code = "idempotency_key_reused"
    title = "Idempotency key used twice"


@lru_cache(maxsize=4096)
def _schema(schema_id: int) -> tuple[int, frozenset[str]]:
    """Version and label ids of a schema; cached, because a schema version never changes."""
    row = LabelSchema.objects.get(pk=schema_id)
    return row.version, frozenset(label["id"] for label in row.labels)


@contextmanager
def _fast_commit() -> Iterator[None]:
    """A commit that does not wait for the disk: right for a lease, which a crash may forget."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
        yield


def _loads(value: Any) -> Any:
    return orjson.loads(value) if isinstance(value, str | bytes) else value


def _task(row: tuple[Any, ...]) -> dict[str, Any]:
    (task, project, state, until, item, name, uri, meta, asset, width, height, draft, revision, answer) = row
    if asset is not None:
        image = f"/api/v1/assets/{asset}/content/"
    else:
        image = f"/api/v1/items/{item}/content/" if uri.startswith("storage:") else uri
    return {
        "id": task,
        "project_id": project,
        "state": state,
        "lease_until": until,
        "item": {"id": item, "name": name, "meta": _loads(meta), "image": image, "width": width, "height": height},
        "draft": None if draft is None else {"value": _loads(draft), "revision": revision},
        "answer": _loads(answer),
    }


def _bound(actor: Actor, **values: Any) -> dict[str, Any]:
    return {"user": actor.user_id, "organization": actor.organization_id, "bound": actor.project_id, **values}


def lease_next(*, actor: Actor, project_id: int, count: int = 1, resume: bool = False) -> list[dict[str, Any]]:
    """Lease up to `count` tasks to the caller; with `resume`, those already held come first.

    Raises:
        NotFound: no such project, or it is archived.
    """
    values = _bound(actor, project=project_id, count=count, seconds=settings.LEASE_SECONDS)
    found: list[tuple[Any, ...]] = []
    with _fast_commit(), connection.cursor() as cursor:
        cursor.execute(_PROJECT, values)
        if cursor.fetchone() is None:
            raise NotFound("There is no such open project in your organization.")
        if resume:
            cursor.execute(_HELD, values)
            found = cursor.fetchall()
        if len(found) < count:
            missing = values | {"count": count - len(found)}
            cursor.execute(_NEXT, missing)
            more = cursor.fetchall()
            if not more:  # the queue looks empty: do not wait for the scheduler to free what expired
                cursor.execute(_FREE, values)
                if cursor.rowcount:
                    cursor.execute(_NEXT, missing)
                    more = cursor.fetchall()
            found += more
    return [_task(row) for row in found]


def task_of(*, actor: Actor, task_id: int) -> dict[str, Any]:
    """One task with the caller's draft and the current answer.

    Raises:
        NotFound: no such task.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ONE, _bound(actor, task=task_id))
        row = cursor.fetchone()
    if row is None:
        raise NotFound("There is no such task in your organization.")
    return _task(row)


def _may_answer(actor: Actor, state: str, holder: int | None, answered_by: int | None, live: bool | None) -> bool:
    """Held by the caller, free again, or answered last by the caller."""
    if state == "leased":
        return holder == actor.user_id or not live
    return state == "open" or answered_by == actor.user_id


def submit(
    *, actor: Actor, task_id: int, value: Any, client_id: uuid.UUID, active_ms: int = 0
) -> tuple[int, int, dict[str, Any], bool]:
    """Take an answer, once for each `client_id`.

    Returns:
        Annotation id, project id, the answer in canonical form, and True where it was taken before.

    Raises:
        NotFound: no such task.
        LeaseLost: it is with somebody else now.
        KeyReused: the id came before with another answer.
        Invalid: it is no answer of this project's kind.
    """
    keys = _bound(actor, task=task_id, client=client_id)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_LOCK, keys)
        row = cursor.fetchone()
        if row is None:
            raise NotFound("There is no such task in your organization.")
        _, project, state, holder, answered_by, current, live, kind_key, width, height, schema_id, guideline = row[:12]
        version, labels = _schema(schema_id)
        kind: Kind = KINDS[kind_key]
        canonical = kind.check(value, labels=labels, width=width, height=height)
        if row[12] is not None:
            if _loads(row[13]) != canonical:
                raise KeyReused(
                    "This idempotency key came before with another answer; make a new one for a new answer."
                )
            return row[12], project, canonical, True
        if not _may_answer(actor, state, holder, answered_by, live):
            raise LeaseLost("Somebody else has this task now. Your answer is still in your browser; nothing was saved.")
        answer = {"value": orjson.dumps(canonical).decode(), "schema": version, "guideline": guideline or 1}
        cursor.execute(_ANSWER, keys | answer | {"supersedes": current, "active": active_ms})
        annotation_id: int = cursor.fetchone()[0]
    return annotation_id, project, canonical, False


def skip(*, actor: Actor, task_id: int, reason: str) -> int:
    """Set a task aside with a reason; returns its project.

    Raises:
        NotFound: no such task.
        LeaseLost: it is with somebody else now.
    """
    keys = _bound(actor, task=task_id, client=uuid.UUID(int=0))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_LOCK, keys)
        row = cursor.fetchone()
        if row is None:
            raise NotFound("There is no such task in your organization.")
        if not _may_answer(actor, row[2], row[3], row[4], row[6]) or row[2] == "done":
            raise LeaseLost("This task is answered already, or with somebody else.")
        cursor.execute(_SKIP, keys | {"reason": reason})
    project: int = row[1]
    return project
