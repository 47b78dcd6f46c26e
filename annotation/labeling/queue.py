"""The hot path: dispatch tasks, take annotations. The SQL is in `statements`.

A task goes to at most as many people as it requires annotations. Gold and qualification tasks are injected in
between; to the person who gets one it looks like any other task.
"""

import random
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

import orjson
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from annotation.labeling import hooks
from annotation.labeling import statements as sql
from annotation.labeling.aggregation import aggregate_annotations
from annotation.labeling.errors import AnnotatedElsewhere, IdempotencyKeyReused, TaskLeaseLost
from annotation.labeling.memberships import record_state_changes
from annotation.labeling.models import Skip, TaskState
from annotation.projects.models import LabelSchema
from annotation.projects.queries import checked_value
from labelkit.annotations import ANNOTATION_TYPES, AnnotationType, Schema
from labelkit.geometries import Frame
from plateau.access.scopes import Actor, Scope
from plateau.audit.services import record_item_accesses
from plateau.datalake.queries import content_url
from plateau.http.errors import NotFound, ProjectArchived

Parameters = dict[str, Any]
START_OF_QUEUE: Parameters = {"cursor_position": float("-inf"), "cursor_shuffle": 0, "cursor_task_id": 0}
_ATTEMPTS = 3
_CALIBRATION = ("gold", "qualification")


class QueueContext(NamedTuple):
    """What a project's queue rules and a person's membership say about dispatch; see `statements.CONTEXT_COLUMNS`."""

    project_id: int
    kind: str
    has_overlap: bool
    gold_fraction: float
    qualification_tasks: int
    max_annotations: int | None
    queue_version: int
    is_paused: bool
    annotation_count: int
    qualification_count: int
    cursor_queue_version: int | None
    cursor_position: float | None
    cursor_shuffle: int | None
    cursor_task_id: int | None
    is_member: bool
    is_archived: bool

    @property
    def blocked_reason(self) -> str:
        """Why nothing is dispatched: `paused`, `not_assigned`, `limit_reached`; empty where something may be."""
        if self.is_paused:
            return "paused"
        if not self.is_member:
            return "not_assigned"
        reached = self.max_annotations is not None and self.annotation_count >= self.max_annotations
        return "limit_reached" if reached else ""

    @property
    def needs_qualification(self) -> bool:
        """Whether qualification tasks come before the person's first ordinary one."""
        return self.qualification_count < self.qualification_tasks

    @property
    def takes_queue_head_only(self) -> bool:
        """Whether the next task is just the head of the queue: nothing is injected, and nobody has a task twice."""
        return not (self.has_overlap or self.gold_fraction or self.needs_qualification or self.blocked_reason)

    @property
    def cursor(self) -> Parameters:
        """How far the person has come where tasks take several annotations; the start where the queue changed."""
        is_current = self.has_overlap and self.cursor_queue_version == self.queue_version
        if not is_current or self.cursor_position is None:
            return dict(START_OF_QUEUE)
        return {
            "cursor_position": self.cursor_position,
            "cursor_shuffle": self.cursor_shuffle or 0,
            "cursor_task_id": self.cursor_task_id or 0,
        }


class LockedTask(NamedTuple):
    """A task under its lock; in the order of `statements.LOCK_TASK`."""

    state: str
    required_annotations: int
    annotation_count: int
    available_slots: int
    skip_count: int
    shuffle: int
    annotation_id: int | None
    lease_kind: str | None
    text: str
    width: int | None
    height: int | None
    schema_version: int
    guideline_version: int
    review_fraction: float
    replayed_annotation_id: int | None
    replayed_value: Any
    own_annotation_id: int | None

    @property
    def is_available(self) -> bool:
        """Whether somebody without a lease may still take it."""
        return self.state == TaskState.OPEN and self.available_slots > 0

    @property
    def is_calibration(self) -> bool:
        """Whether the lease is of a gold or qualification task."""
        return self.lease_kind in _CALIBRATION


@dataclass(frozen=True)
class Dispatch:
    """Tasks leased to the caller, and why there are none where there are none."""

    tasks: list[dict[str, Any]] = field(default_factory=list)
    blocked_reason: str = ""


@dataclass(frozen=True)
class SubmittedAnnotation:
    """An annotation as it was saved, and the tasks that follow. `feedback` is the trusted one, after qualification."""

    id: int
    value: dict[str, Any]
    is_replayed: bool
    next_dispatch: Dispatch
    feedback: dict[str, Any] | None = None


class _StaleReadError(Exception):
    """What was read before the lock was no longer so after it; read again."""


@lru_cache(maxsize=4096)
def get_label_schema(project_id: int, version: int) -> Schema:
    """Labels and attributes of a schema version; cached, because a version never changes."""
    row = LabelSchema.objects.get(project_id=project_id, version=version)
    return Schema.of(row.version, row.labels, row.attributes)


def parse_json(value: Any) -> Any:
    """A JSON column of a raw cursor, which may come as text."""
    return orjson.loads(value) if isinstance(value, str | bytes) else value


def actor_parameters(actor: Actor, **parameters: Any) -> Parameters:
    """Parameters of the statements that say who asks, with others added."""
    return {
        "user_id": actor.user_id,
        "organization_id": actor.organization_id,
        "token_project_id": actor.project_id,
        "lease_seconds": settings.LEASE_SECONDS,
        **parameters,
    }


def admit_team_member(cursor: Any, context: QueueContext, parameters: Parameters) -> QueueContext:
    """Make the person a member in the context where one of their teams is assigned to the project."""
    if context.is_member:
        return context
    cursor.execute(sql.IS_IN_ASSIGNED_TEAM, {"project_id": context.project_id, "user_id": parameters["user_id"]})
    return context._replace(is_member=cursor.fetchone()[0])


def lock_task(cursor: Any, parameters: Parameters) -> tuple[LockedTask, QueueContext]:
    """Lock a task and read what decides about it.

    Raises:
        NotFound: no such task.
    """
    row = sql.LOCK_TASK.run(cursor, parameters).fetchone()
    if row is None:
        raise NotFound("There is no such task in your organization.")
    columns = len(LockedTask._fields)
    return LockedTask(*row[:columns]), admit_team_member(cursor, QueueContext(*row[columns:]), parameters)


def task_payload(row: tuple[Any, ...]) -> dict[str, Any]:
    """A row of `statements.TASK_COLUMNS` as `schemas.TaskOut` has it, without the cost of building one."""
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


def get_task(*, actor: Actor, task_id: int) -> dict[str, Any]:
    """A task with the caller's draft and annotation; reviewers without one see the resolved label.

    Raises:
        NotFound: no such task.
    """
    parameters = actor_parameters(actor, task_id=task_id)
    with connection.cursor() as cursor:
        cursor.execute(sql.TASK, parameters)
        row = cursor.fetchone()
        if row is None:
            raise NotFound("There is no such task in your organization.")
        task = task_payload(row)
        if task["annotation"] is None and actor.may(Scope.LABELS_REVIEW):
            cursor.execute(sql.RESOLVED_VALUE, [task_id])
            resolved = cursor.fetchone()
            task["annotation"] = parse_json(resolved[0]) if resolved else None
    log_text_access(parameters, [task])
    return task


@contextmanager
def _commit_without_waiting() -> Iterator[Any]:
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
        row = sql.QUEUE_CONTEXT.run(cursor, parameters).fetchone()
        if row is None:
            raise NotFound("There is no such project in your organization.")
        context = admit_team_member(cursor, QueueContext(*row), parameters)
        if context.is_archived:
            raise ProjectArchived
        held = sql.HELD_TASKS.run(cursor, parameters | {"count": count}).fetchall() if resume else []
        return dispatch(cursor, context, parameters, count - len(held), [task_payload(row) for row in held])


def dispatch(
    cursor: Any,
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
        tasks += _inject(cursor, parameters, min(count, missing), is_qualification=True)
    elif context.gold_fraction > 0 and random.random() < context.gold_fraction * count:
        tasks += _inject(cursor, parameters, 1, is_qualification=False)
        count -= len(tasks)
    if count > 0 and not (context.needs_qualification and tasks):
        tasks += [task_payload(row) for row in _lease_from_queue(cursor, context, parameters | {"count": count})]
    log_text_access(parameters, tasks)
    return Dispatch(tasks)


def _inject(cursor: Any, parameters: Parameters, count: int, *, is_qualification: bool) -> list[dict[str, Any]]:
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


def _lease_from_queue(cursor: Any, context: QueueContext, parameters: Parameters) -> list[tuple[Any, ...]]:
    """Lease from the head of the queue, or from the person's cursor where tasks take several annotations."""
    queue_cursor = context.cursor
    rows: list[tuple[Any, ...]] = sql.LEASE_NEXT.run(cursor, parameters | queue_cursor).fetchall()
    if not rows:  # it looks empty: do not wait for the scheduler to release what expired, and look at all of it
        cursor.execute(sql.RELEASE_EXPIRED_LEASES, parameters)
        if cursor.rowcount or queue_cursor != START_OF_QUEUE:
            rows = sql.LEASE_NEXT.run(cursor, parameters | START_OF_QUEUE).fetchall()
    if context.has_overlap and rows:
        task_id, _, position, shuffle = rows[-1][:4]
        new_cursor = {
            "cursor_position": position,
            "cursor_shuffle": shuffle,
            "cursor_task_id": task_id,
            "queue_version": context.queue_version,
        }
        sql.SAVE_CURSOR.run(cursor, parameters | new_cursor)
    return rows


def is_sampled_for_review(shuffle: int, fraction: float) -> bool:
    """Whether a task is in the reviewed sample: drawn by its shuffle number, the same at every call."""
    return shuffle % 10_000 < fraction * 10_000


def submit_annotation(
    *,
    actor: Actor,
    task_id: int,
    value: Any,
    client_id: uuid.UUID,
    active_ms: int = 0,
    pre_annotation_shown: bool = False,
    lease_next: bool = False,
    parent_annotation_id: int | None = None,
) -> SubmittedAnnotation:
    """Save an annotation, once for each `client_id`; with `lease_next`, lease the next task in the same transaction.

    `parent_annotation_id` is the caller's own annotation that this one was made from, 0 for none; None does not ask.

    Raises:
        NotFound: no such task.
        ProjectArchived: nothing is labeled any more.
        TaskLeaseLost: it is with somebody else now.
        IdempotencyKeyReused: the id came before with another annotation.
        AnnotatedElsewhere: the caller's own annotation is not the one that `parent_annotation_id` names.
        InvalidInput: it is no annotation of this project's kind.
    """
    parameters = actor_parameters(
        actor,
        task_id=task_id,
        client_id=client_id,
        active_ms=active_ms,
        pre_annotation_shown=pre_annotation_shown,
    )
    for attempt in range(_ATTEMPTS):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                return _submit(cursor, actor, parameters, value, parent_annotation_id, lease_next)
        except (_StaleReadError, IntegrityError):  # the same request twice at once, or a lease that just ran out
            if attempt == _ATTEMPTS - 1:
                raise TaskLeaseLost(
                    "The task is being changed by somebody else. Nothing was saved; try again."
                ) from None
    raise AssertionError


def _submit(
    cursor: Any,
    actor: Actor,
    parameters: Parameters,
    value: Any,
    parent_annotation_id: int | None,
    lease_next: bool,
) -> SubmittedAnnotation:
    task, context = lock_task(cursor, parameters)
    schema = get_label_schema(context.project_id, task.schema_version)
    frame = Frame(task.width, task.height, len(task.text) or None)
    canonical = checked_value(context.kind, value, schema=schema, frame=frame)
    parameters |= {"project_id": context.project_id, "source": "person", "guideline_version": task.guideline_version}
    if task.replayed_annotation_id is not None:
        return _replay(cursor, parameters, task, context, canonical, lease_next)
    if context.is_archived:
        raise ProjectArchived
    if parent_annotation_id is not None and parent_annotation_id != (task.own_annotation_id or 0):
        raise AnnotatedElsewhere("You annotated this task elsewhere in the meantime. Compare both and choose.")
    parameters |= {
        "value": orjson.dumps(canonical).decode(),
        "schema_version": schema.version,
        "supersedes_id": task.own_annotation_id,
    }
    if task.is_calibration:
        annotation_type = ANNOTATION_TYPES[context.kind]
        annotation_id, feedback, context = _submit_calibration(
            cursor, parameters, task, context, annotation_type, canonical
        )
        next_dispatch = dispatch(cursor, context, parameters) if lease_next else Dispatch()
        return SubmittedAnnotation(annotation_id, canonical, False, next_dispatch, feedback)
    context = context._replace(annotation_count=context.annotation_count + (task.own_annotation_id is None))
    leases_at_once = lease_next and context.takes_queue_head_only
    annotation_id, leased_at_once = _submit_to_task(cursor, actor, parameters, task, leases_at_once)
    if leased_at_once is not None:
        next_dispatch = leased_at_once
    else:
        next_dispatch = dispatch(cursor, context, parameters) if lease_next else Dispatch()
    return SubmittedAnnotation(annotation_id, canonical, False, next_dispatch)


def _replay(
    cursor: Any,
    parameters: Parameters,
    task: LockedTask,
    context: QueueContext,
    value: dict[str, Any],
    lease_next: bool,
) -> SubmittedAnnotation:
    """Answer a request whose answer was lost: nothing is written again."""
    if task.replayed_annotation_id is None or parse_json(task.replayed_value) != value:
        raise IdempotencyKeyReused(
            "This idempotency key came before with another annotation; make a new one for a new annotation."
        )
    may_lease = lease_next and not context.is_archived
    next_dispatch = dispatch(cursor, context, parameters) if may_lease else Dispatch()
    return SubmittedAnnotation(task.replayed_annotation_id, value, True, next_dispatch)


def _submit_to_task(
    cursor: Any, actor: Actor, parameters: Parameters, task: LockedTask, lease_next: bool
) -> tuple[int, Dispatch | None]:
    """Write the annotation and move the task: a first annotation, one of several, or a better one of the caller's own.

    With `lease_next`, the next task is leased in the same statement where there is one.
    """
    is_correction = task.own_annotation_id is not None and task.lease_kind is None
    if not is_correction and task.lease_kind is None and not task.is_available:
        raise TaskLeaseLost(
            "Somebody else has this task now. Your annotation is still in your browser; nothing was saved."
        )
    was_sent_back = task.own_annotation_id is not None and task.lease_kind == "annotation"  # by a reviewer
    annotation_count = task.annotation_count + (not is_correction)
    is_complete = annotation_count >= task.required_annotations
    is_only_annotation = is_complete and task.required_annotations - was_sent_back <= 1
    state = task.state
    if is_complete:
        is_sampled = is_sampled_for_review(task.shuffle, task.review_fraction)
        state = (TaskState.REVIEW if is_sampled else TaskState.DONE).value
    takes_slot = not is_correction and task.lease_kind is None
    parameters = parameters | {
        "annotation_count": annotation_count,
        "available_slots": task.available_slots - takes_slot,
        "state": state,
        "is_resolution": is_only_annotation or (is_complete and task.annotation_id is None),
        "first_annotations": int(task.own_annotation_id is None),
        "rework_ms": parameters["active_ms"] if task.own_annotation_id is not None else 0,
        **{name: (name == state) - (name == task.state) for name in TaskState.values},
    }
    statement = sql.SUBMIT_AND_LEASE_NEXT if lease_next else sql.SUBMIT
    row = statement.run(cursor, parameters | START_OF_QUEUE | {"count": 1}).fetchone()
    annotation_id, ended_leases, *next_task = row
    if bool(ended_leases) != (task.lease_kind is not None):
        raise _StaleReadError
    if is_complete and not is_only_annotation:
        aggregate_annotations(actor=actor, task_id=parameters["task_id"])
    has_next_task = bool(next_task) and next_task[0] is not None
    return int(annotation_id), Dispatch([task_payload(tuple(next_task))]) if has_next_task else None


def _submit_calibration(
    cursor: Any,
    parameters: Parameters,
    task: LockedTask,
    context: QueueContext,
    annotation_type: AnnotationType,
    value: dict[str, Any],
) -> tuple[int, dict[str, Any] | None, QueueContext]:
    """Write an annotation of a gold or qualification task: it is scored, and the task left alone."""
    is_qualification = task.lease_kind == "qualification"
    counts = dict.fromkeys(TaskState.values, 0) | {"first_annotations": int(task.own_annotation_id is None)}
    annotation_id, ended_leases = sql.SUBMIT_CALIBRATION.run(cursor, parameters | counts).fetchone()
    if not ended_leases:
        raise _StaleReadError
    (provider,) = hooks.gold_providers
    trusted_value = provider.score_annotation(
        project_id=context.project_id,
        task_id=parameters["task_id"],
        user_id=parameters["user_id"],
        annotation_id=annotation_id,
        similarity=annotation_type.similarity,
        value=value,
        is_qualification=is_qualification,
    )
    context = context._replace(
        annotation_count=context.annotation_count + 1,
        qualification_count=context.qualification_count + is_qualification,
    )
    return annotation_id, trusted_value if is_qualification else None, context


def skip_task(*, actor: Actor, task_id: int, reason: str, lease_next: bool = False) -> Dispatch:
    """Skip a task with a reason. One that requires several annotations is skipped when as many people skipped it.

    Asked again, it stays one skip.

    Raises:
        NotFound: no such task.
        ProjectArchived: nothing is labeled any more.
        TaskLeaseLost: it is with somebody else now, or annotated.
    """
    parameters = actor_parameters(actor, task_id=task_id, client_id=uuid.UUID(int=0), reason=reason)
    with transaction.atomic(), connection.cursor() as cursor:
        task, context = lock_task(cursor, parameters)
        parameters["project_id"] = context.project_id
        if context.is_archived:
            raise ProjectArchived
        is_replayed = task.lease_kind is None and Skip.objects.filter(task_id=task_id, user_id=actor.user_id).exists()
        if not is_replayed:
            _skip(cursor, parameters, task)
        return dispatch(cursor, context, parameters) if lease_next else Dispatch()


def _skip(cursor: Any, parameters: Parameters, task: LockedTask) -> None:
    if task.lease_kind is None and not task.is_available:
        raise TaskLeaseLost("This task is annotated already, or with somebody else.")
    missing_annotations = task.required_annotations - task.annotation_count
    is_given_up = not task.is_calibration and task.skip_count + 1 >= missing_annotations
    state = TaskState.SKIPPED.value if is_given_up else task.state
    available_slots = task.available_slots + (task.lease_kind == "annotation")
    cursor.execute(sql.SKIP, parameters | {"state": state, "available_slots": available_slots})
    if state != task.state:
        record_state_changes(
            project_id=parameters["project_id"], user_id=parameters["user_id"], changes={task.state: -1, state: 1}
        )
