"""Everything around the queue that is not its hot path."""

from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Count
from django.utils import timezone
from plateau.audit.services import record
from plateau.kernel.errors import Conflict
from plateau.kernel.scopes import Actor

from annotation.labeling.models import Draft, Task, TaskState
from annotation.projects.kinds import KINDS
from annotation.projects.models import Project

_SYNC = """
INSERT INTO labeling_task (project_id, item_id, state, priority, shuffle, skip_reason)
SELECT p.id, i.id, 'open', 0, floor(random() * 2147483647)::int, ''
FROM projects_project p JOIN datalake_item i ON i.dataset_id = p.dataset_id
WHERE p.dataset_id = %s AND NOT EXISTS (
    SELECT 1 FROM labeling_task t WHERE t.project_id = p.id AND t.item_id = i.id)
ON CONFLICT DO NOTHING
"""
_USED = """
SELECT DISTINCT jsonb_path_query(n.value, %s::jsonpath) #>> '{}'
FROM labeling_annotation n JOIN labeling_task t ON t.id = n.task_id WHERE t.project_id = %s
"""


def sync_tasks(dataset_id: int) -> None:
    """Give every project on the dataset a task for each item that it lacks."""
    with connection.cursor() as cursor:
        cursor.execute(_SYNC, [dataset_id])


def used_labels(*, project: Project) -> set[str]:
    """Label ids that occur in answers."""
    with connection.cursor() as cursor:
        cursor.execute(_USED, [KINDS[project.kind].label_path, project.pk])
        return {row[0] for row in cursor.fetchall()}


def progress(*, project_ids: list[int]) -> dict[int, dict[str, int]]:
    """Tasks by state, for each project, in one query."""
    counts: dict[int, dict[str, int]] = {pk: dict.fromkeys(TaskState.values, 0) for pk in project_ids}
    rows = Task.objects.filter(project_id__in=project_ids).values_list("project_id", "state")
    for project_id, state, number in rows.annotate(number=Count("id")).order_by():
        counts[project_id][state] = number
    return counts


def save_draft(*, actor: Actor, task: Task, value: dict[str, Any], revision: int) -> bool:
    """Keep unfinished work; an older revision that arrives late changes nothing. True where it was kept.

    Raises:
        Conflict: somebody else holds the task.
    """
    live = task.lease_until is not None and task.lease_until > timezone.now()
    if task.state == TaskState.LEASED and live and task.lease_user_id != actor.user_id:
        raise Conflict("Somebody else holds this task.")
    with transaction.atomic():
        draft, created = Draft.objects.select_for_update().get_or_create(
            task=task, user_id=actor.user_id, defaults={"value": value, "revision": revision}
        )
        if created or draft.revision >= revision:
            return created or draft.revision == revision
        draft.value, draft.revision = value, revision
        draft.save(update_fields=["value", "revision", "updated_at"])
    return True


def renew(*, actor: Actor, task_ids: list[int], seconds: int) -> int:
    """Hold the caller's leases for longer; returns how many were still held."""
    held = Task.objects.filter(pk__in=task_ids, state=TaskState.LEASED, lease_user_id=actor.user_id)
    return held.update(lease_until=timezone.now() + timedelta(seconds=seconds))


def release(*, actor: Actor, project: Project) -> int:
    """Give back every task that the caller holds in a project."""
    held = Task.objects.filter(project=project, state=TaskState.LEASED, lease_user_id=actor.user_id)
    return held.update(state=TaskState.OPEN, lease_user=None, lease_until=None)


def reopen_expired() -> int:
    """Put tasks whose lease ran out back into the queue."""
    expired = Task.objects.filter(state=TaskState.LEASED, lease_until__lt=timezone.now())
    return expired.update(state=TaskState.OPEN, lease_user=None, lease_until=None)


@transaction.atomic
def reopen_skipped(*, actor: Actor, project: Project) -> int:
    """Put skipped tasks back into the queue."""
    rows = Task.objects.filter(project=project, state=TaskState.SKIPPED)
    number = rows.update(state=TaskState.OPEN, skip_reason="", answered_by=None, answered_at=None)
    record(actor=actor, action="tasks.reopened", subject=project, number=number)
    return number
