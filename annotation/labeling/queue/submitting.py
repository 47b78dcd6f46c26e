"""Take annotations, and lease the next task in the same transaction."""

import uuid
from dataclasses import dataclass
from typing import Any

import orjson
from django.db import IntegrityError, connection, transaction
from django.db.backends.utils import CursorWrapper

from annotation.labeling.aggregation import aggregate_annotations
from annotation.labeling.errors import AnnotatedElsewhere, IdempotencyKeyReused, TaskLeaseLost
from annotation.labeling.models import TaskState
from annotation.labeling.queue.calibration import submit_calibration_annotation
from annotation.labeling.queue.context import START_OF_QUEUE, QueueContext
from annotation.labeling.queue.leasing import Dispatch, dispatch_tasks
from annotation.labeling.queue.locking import LockedTask, StaleReadError, check_may_label, lock_task
from annotation.labeling.queue.parameters import Parameters, actor_parameters
from annotation.labeling.queue.submit_statements import SAVE_ANNOTATION, SAVE_ANNOTATION_AND_LEASE_NEXT
from annotation.labeling.queue.task_payloads import parse_json, task_payload
from annotation.projects.queries import checked_value, get_label_schema
from labelkit.geometries import Frame
from labelkit.project_types import PROJECT_TYPES
from plateau.access.scopes import Actor
from plateau.http.errors import ProjectArchived

_MAX_ATTEMPTS = 3
_STATES = tuple(TaskState.values)  # made anew at every look, and this is the hot path


@dataclass(frozen=True)
class SubmittedAnnotation:
    """An annotation as it was saved, and the tasks that follow. `feedback` is the trusted one, after qualification."""

    id: int
    value: dict[str, Any]
    is_replayed: bool
    next_dispatch: Dispatch
    feedback: dict[str, Any] | None = None


def is_sampled_for_review(shuffle: int, fraction: float) -> bool:
    """Whether a task is in the reviewed sample: drawn by its shuffle number, the same at every call."""
    return shuffle % 10_000 < fraction * 10_000


def submit_annotation(
    *,
    actor: Actor,
    task_id: int,
    value: object,
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
        TaskLeaseLost: it is with somebody else now, or was never given to the caller.
        LabelingBlocked: the caller is paused, no member of the project, or at the limit.
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
    for attempt in range(_MAX_ATTEMPTS):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                return _submit_to_locked_task(cursor, actor, parameters, value, parent_annotation_id, lease_next)
        except (StaleReadError, IntegrityError):  # the same request twice at once, or a lease that just ran out
            if attempt == _MAX_ATTEMPTS - 1:
                raise TaskLeaseLost("Somebody else is changing this task. Nothing was saved; try again.") from None
    raise AssertionError


def _submit_to_locked_task(
    cursor: CursorWrapper,
    actor: Actor,
    parameters: Parameters,
    value: object,
    parent_annotation_id: int | None,
    lease_next: bool,
) -> SubmittedAnnotation:
    task, context = lock_task(cursor, parameters)
    schema = get_label_schema(context.project_id, task.schema_version)
    frame = Frame(task.width, task.height, len(task.text) or None)
    annotation_type = PROJECT_TYPES[context.kind].annotation_type
    canonical = checked_value(annotation_type, value, schema=schema, frame=frame)
    parameters |= {"project_id": context.project_id, "source": "person", "guideline_version": task.guideline_version}
    if task.replayed_annotation_id is not None:
        return _replay(cursor, parameters, task, context, canonical, lease_next)
    if context.is_archived:
        raise ProjectArchived
    check_may_label(context, is_new=task.own_annotation_id is None)
    if parent_annotation_id is not None and parent_annotation_id != (task.own_annotation_id or 0):
        raise AnnotatedElsewhere("You annotated this task elsewhere in the meantime. Compare both and choose.")
    parameters |= {
        "value": orjson.dumps(canonical).decode(),
        "schema_version": schema.version,
        "supersedes_id": task.own_annotation_id,
    }
    if task.is_calibration:
        annotation_id, feedback, context = submit_calibration_annotation(
            cursor, parameters, task, context, annotation_type, canonical
        )
        next_dispatch = dispatch_tasks(cursor, context, parameters) if lease_next else Dispatch()
        return SubmittedAnnotation(annotation_id, canonical, False, next_dispatch, feedback)
    context = context._replace(annotation_count=context.annotation_count + (task.own_annotation_id is None))
    leases_at_once = lease_next and context.takes_queue_head_only
    annotation_id, next_dispatch_at_once = _save_and_move_task(cursor, actor, parameters, task, leases_at_once)
    if next_dispatch_at_once is not None:
        next_dispatch = next_dispatch_at_once
    else:
        next_dispatch = dispatch_tasks(cursor, context, parameters) if lease_next else Dispatch()
    return SubmittedAnnotation(annotation_id, canonical, False, next_dispatch)


def _replay(
    cursor: CursorWrapper,
    parameters: Parameters,
    task: LockedTask,
    context: QueueContext,
    value: dict[str, Any],
    lease_next: bool,
) -> SubmittedAnnotation:
    """Respond to a request whose response was lost: nothing is written again."""
    if task.replayed_annotation_id is None or parse_json(task.replayed_value) != value:
        raise IdempotencyKeyReused(
            "This idempotency key was used with another annotation. Use a new key for a new annotation."
        )
    may_lease = lease_next and not context.is_archived
    next_dispatch = dispatch_tasks(cursor, context, parameters) if may_lease else Dispatch()
    return SubmittedAnnotation(task.replayed_annotation_id, value, True, next_dispatch)


def _save_and_move_task(
    cursor: CursorWrapper, actor: Actor, parameters: Parameters, task: LockedTask, lease_next: bool
) -> tuple[int, Dispatch | None]:
    """Write the annotation and move the task: a first annotation, one of several, or a better one of the caller's own.

    With `lease_next`, the next task is leased in the same statement where there is one.
    """
    is_correction = task.own_annotation_id is not None and task.lease_kind is None
    if not is_correction and not task.is_held:
        raise TaskLeaseLost(
            "You do not hold this task, or somebody else has it now. Your annotation is still in your browser; nothing "
            "was saved."
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
        **{name: (name == state) - (name == task.state) for name in _STATES},
    }
    statement = SAVE_ANNOTATION_AND_LEASE_NEXT if lease_next else SAVE_ANNOTATION
    row = statement.run(cursor, parameters | START_OF_QUEUE | {"count": 1}).fetchone()
    annotation_id, ended_leases, *next_task = row
    if bool(ended_leases) != (task.lease_kind is not None):
        raise StaleReadError
    if is_complete and not is_only_annotation:
        aggregate_annotations(actor=actor, task_id=parameters["task_id"])
    has_next_task = bool(next_task) and next_task[0] is not None
    return int(annotation_id), Dispatch([task_payload(tuple(next_task))]) if has_next_task else None
