"""Skip tasks, and take skips back."""

import uuid

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from annotation.labeling.errors import TaskLeaseLost
from annotation.labeling.memberships import record_state_changes
from annotation.labeling.models import Skip, TaskState
from annotation.labeling.queue.leasing import Dispatch, dispatch_tasks
from annotation.labeling.queue.locking import LockedTask, check_may_label, lock_task
from annotation.labeling.queue.parameters import Parameters, actor_parameters
from annotation.labeling.queue.task_payloads import get_task
from plateau.access.scopes import Actor
from plateau.http.errors import NotFound, ProjectArchived

SAVE_SKIP = """
WITH ended_lease AS (DELETE FROM labeling_lease WHERE user_id = %(user_id)s AND task_id = %(task_id)s),
ended_draft AS (DELETE FROM labeling_draft WHERE user_id = %(user_id)s AND task_id = %(task_id)s),
new_skip AS (
    INSERT INTO labeling_skip (task_id, user_id, reason, created_at)
    VALUES (%(task_id)s, %(user_id)s, %(reason)s, now()))
UPDATE labeling_task SET state = %(state)s, skip_count = skip_count + 1, available_slots = %(available_slots)s
WHERE id = %(task_id)s
"""


def skip_task(*, actor: Actor, task_id: int, reason: str, lease_next: bool = False) -> Dispatch:
    """Skip a task with a reason. One that requires several annotations is skipped when as many people skipped it.

    Asked again, it stays one skip.

    Raises:
        NotFound: no such task.
        ProjectArchived: nothing is labeled any more.
        TaskLeaseLost: it is with somebody else now, or annotated.
        LabelingBlocked: the caller is paused, or no member of the project.
    """
    parameters = actor_parameters(actor, task_id=task_id, client_id=uuid.UUID(int=0), reason=reason)
    with transaction.atomic(), connection.cursor() as cursor:
        task, context = lock_task(cursor, parameters)
        parameters["project_id"] = context.project_id
        if context.is_archived:
            raise ProjectArchived
        is_replayed = task.lease_kind is None and Skip.objects.filter(task_id=task_id, user_id=actor.user_id).exists()
        if not is_replayed:
            check_may_label(context, is_new=False)
            _save_skip(cursor, parameters, task)
        return dispatch_tasks(cursor, context, parameters) if lease_next else Dispatch()


# Nobody else may have the slot that the skip freed; a skip that gave the task up opens it again.
UNDO_SKIP = """
WITH gone AS (DELETE FROM labeling_skip WHERE user_id = %(user_id)s AND task_id = %(task_id)s RETURNING task_id),
new_lease AS (
    INSERT INTO labeling_lease (user_id, task_id, kind, expires_at)
    SELECT DISTINCT %(user_id)s, task_id, 'annotation', now() + %(lease_seconds)s * interval '1 second' FROM gone
    ON CONFLICT (user_id, task_id) DO UPDATE SET expires_at = excluded.expires_at)
UPDATE labeling_task SET state = 'open', skip_count = skip_count - 1, available_slots = available_slots - 1
FROM gone WHERE labeling_task.id = gone.task_id
"""


def undo_skip(*, actor: Actor, task_id: int) -> dict[str, object]:
    """Take the caller's skip back; the task is theirs again.

    Raises:
        NotFound: no such task, or the caller did not skip it.
        ProjectArchived: nothing is labeled any more.
        TaskLeaseLost: it is with somebody else now, or annotated.
        LabelingBlocked: the caller is paused, or no member of the project.
    """
    parameters = actor_parameters(actor, task_id=task_id, client_id=uuid.UUID(int=0))
    with transaction.atomic(), connection.cursor() as cursor:
        task, context = lock_task(cursor, parameters)
        if context.is_archived:
            raise ProjectArchived
        check_may_label(context, is_new=True)
        if not Skip.objects.filter(task_id=task_id, user_id=actor.user_id).exists():
            raise NotFound("You did not skip this task.")
        if task.state not in (TaskState.OPEN, TaskState.SKIPPED) or task.available_slots < 1:
            raise TaskLeaseLost("This task is already annotated, or somebody else is working on it.")
        cursor.execute(UNDO_SKIP, parameters)
        if task.state == TaskState.SKIPPED:
            record_state_changes(
                project_id=context.project_id, user_id=parameters["user_id"], changes={task.state: -1, "open": 1}
            )
    return get_task(actor=actor, task_id=task_id)


def _save_skip(cursor: CursorWrapper, parameters: Parameters, task: LockedTask) -> None:
    if not task.is_held:
        raise TaskLeaseLost("You do not hold this task: it is already annotated, or somebody else is working on it.")
    missing_annotations = task.required_annotations - task.annotation_count
    is_given_up = not task.is_calibration and task.skip_count + 1 >= missing_annotations
    state = TaskState.SKIPPED.value if is_given_up else task.state
    available_slots = task.available_slots + (task.lease_kind == "annotation")
    cursor.execute(SAVE_SKIP, parameters | {"state": state, "available_slots": available_slots})
    if state != task.state:
        record_state_changes(
            project_id=parameters["project_id"], user_id=parameters["user_id"], changes={task.state: -1, state: 1}
        )
