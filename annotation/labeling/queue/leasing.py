"""Dispatch tasks: qualification first, gold now and then, then the queue."""

import random
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from annotation.labeling import hooks
from annotation.labeling.errors import TaskLeased
from annotation.labeling.queue.context import READ_QUEUE_CONTEXT, START_OF_QUEUE, QueueContext
from annotation.labeling.queue.lease_statements import (
    LEASE_NEXT,
    LEASE_TASK,
    READ_HELD_TASKS,
    RELEASE_EXPIRED_LEASES,
    RENEW_LEASE,
    SAVE_CURSOR,
)
from annotation.labeling.queue.locking import check_may_label, lock_task
from annotation.labeling.queue.parameters import Parameters, actor_parameters
from annotation.labeling.queue.task_payloads import get_task, log_text_access, task_payload
from plateau.access.scopes import Actor, Scope
from plateau.http.errors import NotFound, ProjectArchived


@dataclass(frozen=True)
class Dispatch:
    """Tasks leased to the caller, and why there are none where there are none."""

    tasks: list[dict[str, Any]] = field(default_factory=list)
    blocked_reason: str = ""


@contextmanager
def _commit_without_waiting() -> Iterator[CursorWrapper]:
    """A cursor whose commit does not wait for the disk: right for a lease, which a crash may forget."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
        yield cursor


def lease_next_tasks(*, actor: Actor, project_id: int, count: int = 1, resume: bool = False) -> Dispatch:
    """Lease up to `count` tasks to the caller; with `resume`, those already held come first.

    Raises:
        NotFound: no such project.
        ProjectArchived: nothing of it is dispatched.
    """
    parameters = actor_parameters(actor, project_id=project_id)
    with _commit_without_waiting() as cursor:
        row = READ_QUEUE_CONTEXT.run(cursor, parameters).fetchone()
        if row is None:
            raise NotFound("There is no such project in your organization.")
        context = QueueContext(*row)
        if context.is_archived:
            raise ProjectArchived
        held_rows = READ_HELD_TASKS.run(cursor, parameters | {"count": count}).fetchall() if resume else []
        return dispatch_tasks(
            cursor, context, parameters, count - len(held_rows), [task_payload(row) for row in held_rows]
        )


def lease_task(*, actor: Actor, task_id: int) -> dict[str, object]:
    """Lease a task that is asked for by its number: one of the caller's own, or any to who reviews.

    Who annotated it already, or holds it, gets it as it is.

    Raises:
        NotFound: no such task.
        ProjectArchived: nothing of it is dispatched.
        LabelingBlocked: the caller is paused, no member of the project, or at the limit.
        TaskLeased: somebody else has it, or the queue decides who gets it.
    """
    parameters = actor_parameters(actor, task_id=task_id, client_id=uuid.UUID(int=0))
    with transaction.atomic(), connection.cursor() as cursor:
        task, context = lock_task(cursor, parameters)
        if context.is_archived:
            raise ProjectArchived
        check_may_label(context, is_new=task.own_annotation_id is None)
        if task.lease_kind is None and task.own_annotation_id is None:
            is_offered = task.was_held or task.assignee_id == actor.user_id or actor.may(Scope.LABELS_REVIEW)
            if not (is_offered and task.is_available):
                raise TaskLeased("Somebody else has this task, or the queue decides who gets it.")
            cursor.execute(LEASE_TASK, parameters)
        elif task.lease_kind is not None:
            cursor.execute(RENEW_LEASE, parameters)
    return get_task(actor=actor, task_id=task_id)


def dispatch_tasks(
    cursor: CursorWrapper,
    context: QueueContext,
    parameters: Parameters,
    count: int = 1,
    held_tasks: list[dict[str, Any]] | None = None,
) -> Dispatch:
    """Lease up to `count` tasks beside those that are held: qualification first, gold now and then, then the queue."""
    tasks = held_tasks or []
    if count <= 0 or context.blocked_reason:
        return Dispatch(tasks, "" if tasks else context.blocked_reason)
    if context.needs_qualification:
        missing = context.qualification_tasks - context.qualification_count
        tasks += _inject_gold_tasks(cursor, parameters, min(count, missing), is_qualification=True)
    elif context.gold_fraction > 0 and random.random() < context.gold_fraction * count:
        tasks += _inject_gold_tasks(cursor, parameters, 1, is_qualification=False)
        count -= len(tasks)
    if count > 0 and not (context.needs_qualification and tasks):
        tasks += [task_payload(row) for row in _lease_from_queue(cursor, context, parameters | {"count": count})]
    log_text_access(parameters, tasks)
    return Dispatch(tasks)


def _inject_gold_tasks(
    cursor: CursorWrapper, parameters: Parameters, count: int, *, is_qualification: bool
) -> list[dict[str, object]]:
    parameters = parameters | {
        "is_qualification": is_qualification,
        "lease_kind": "qualification" if is_qualification else "gold",
        "count": count,
    }
    return [
        task_payload(row)
        for provider in hooks.gold_providers
        for row in provider.lease_tasks.run(cursor, parameters).fetchall()
    ]


def _lease_from_queue(cursor: CursorWrapper, context: QueueContext, parameters: Parameters) -> list[tuple[Any, ...]]:
    """Lease from the head of the queue, or from the person's cursor where tasks take several annotations."""
    queue_cursor = context.cursor
    rows: list[tuple[Any, ...]] = LEASE_NEXT.run(cursor, parameters | queue_cursor).fetchall()
    if not rows:  # it looks empty: do not wait for the scheduler to release what expired, and look at all of it
        cursor.execute(RELEASE_EXPIRED_LEASES, parameters)
        if cursor.rowcount or queue_cursor != START_OF_QUEUE:
            rows = LEASE_NEXT.run(cursor, parameters | START_OF_QUEUE).fetchall()
    if context.has_overlap and rows:
        task_id, _, position, shuffle = rows[-1][:4]
        new_cursor = {
            "cursor_position": position,
            "cursor_shuffle": shuffle,
            "cursor_task_id": task_id,
            "queue_version": context.queue_version,
        }
        SAVE_CURSOR.run(cursor, parameters | new_cursor)
    return rows
