"""Everything around the queue that is not its hot path."""

import random
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F, QuerySet, Sum
from django.db.models.functions import Now
from django.utils import timezone

from annotation.labeling import statements
from annotation.labeling.models import Annotation, Comment, Draft, Lease, Seat, Skip, Source, Task, TaskState, Workday
from annotation.labeling.schemas import MineOut, SkillOut
from annotation.labeling.seats import count_moves
from annotation.projects.models import Project
from labelkit.annotations import ANNOTATION_TYPES
from plateau.access.scopes import Actor
from plateau.audit.services import record
from plateau.http.errors import Conflict
from plateau.jobs import services as jobs
from plateau.jobs.models import Job
from statkit.confidence_sequences import interval

# Digits of the shuffle number draw who is in which sample; they are independent of its order in the queue.
_WANTED = "CASE WHEN (shuffle / 10000) %% 10000 < p.overlap_share * 10000 THEN p.overlap ELSE 1 END"
TASKS_OF_FRESH = f"""
    INSERT INTO labeling_task (project_id, item_id, state, wanted, given, room, skips, position, shuffle)
    SELECT p.id, item, 'open', {_WANTED}, 0, {_WANTED}, 0, 0, shuffle
    FROM fresh JOIN projects_project p ON p.id = project ORDER BY shuffle
    ON CONFLICT DO NOTHING RETURNING project_id
"""  # noqa: S608  # built from constants; values are bound
_SYNC = f"""
WITH fresh AS MATERIALIZED (
    SELECT p.id AS project, i.id AS item, floor(random() * 2147483647)::int AS shuffle
    FROM projects_project p JOIN datalake_item i ON i.dataset_id = p.dataset_id
    WHERE p.dataset_id = %s AND p.archived_at IS NULL AND NOT EXISTS (
        SELECT 1 FROM labeling_task t WHERE t.project_id = p.id AND t.item_id = i.id)),
made AS ({TASKS_OF_FRESH})
SELECT project_id, count(*) FROM made GROUP BY project_id
"""  # noqa: S608  # built from constants; values are bound
_USED = """
SELECT DISTINCT jsonb_path_query(n.value, %s::jsonpath) #>> '{}'
FROM labeling_annotation n JOIN labeling_task t ON t.id = n.task_id
WHERE n.project_id = %s AND (n.id = t.annotation_id OR t.state <> 'done')
"""
_MANY = 1000
_FRESH = {"answered": 0, "active_ms": 0, "gold_right": 0, "gold_given": 0, "paused_why": ""}


def sync_tasks(dataset_id: int) -> None:
    """Give every project on the dataset a task for each item that it lacks; archived ones when they are restored."""
    with connection.cursor() as cursor:
        cursor.execute(_SYNC, [dataset_id])
        count_fresh(cursor, cursor.fetchall())


def count_fresh(cursor: Any, rows: list[tuple[int, int]]) -> None:
    """Count new tasks, given as (project, number), and let people's search for work begin anew."""
    if (fresh := sum(number for _, number in rows)) > _MANY:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'labeling_task'")
        if fresh > cursor.fetchone()[0] / 5:
            cursor.execute("ANALYZE labeling_task")  # plans made for a small table must not live on
    for project_id, number in rows:
        count_moves(project_id=project_id, user_id=None, moves={"open": number})
    if rows:
        Project.objects.filter(pk__in=[pk for pk, _ in rows]).update(queue_epoch=F("queue_epoch") + 1)


def used_labels(*, project: Project) -> set[str]:
    """Label ids that occur in resolved labels, and in answers to tasks that are not done."""
    with connection.cursor() as cursor:
        cursor.execute(_USED, [ANNOTATION_TYPES[project.kind].label_path, project.pk])
        return {row[0] for row in cursor.fetchall()}


def progress(*, project_ids: list[int]) -> dict[int, dict[str, int]]:
    """Tasks by state, for each project, in one query over the seats: its cost does not grow with the tasks."""
    counts: dict[int, dict[str, int]] = {pk: dict.fromkeys(TaskState.values, 0) for pk in project_ids}
    sums = {state: Sum(state) for state in TaskState.values}
    for row in Seat.objects.filter(project_id__in=project_ids).values("project_id").annotate(**sums).order_by():
        found: dict[str, int] = {key: int(number) for key, number in row.items()}  # type: ignore[call-overload]
        counts[found.pop("project_id")] = found
    return counts


def save_draft(*, actor: Actor, task: Task, value: dict[str, Any], revision: int) -> bool:
    """Keep unfinished work; an older revision that arrives late changes nothing. True where it was kept.

    Raises:
        Conflict: the task is somebody else's.
    """
    mine = Lease.objects.filter(task=task, user_id=actor.user_id).exists()
    if not mine and task.state == TaskState.OPEN and task.room < 1:
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
    """Hold the caller's leases for longer; returns how many were still held. Those in archived projects run out."""
    held = Lease.objects.filter(task_id__in=task_ids, user_id=actor.user_id, task__project__archived_at=None)
    return held.update(until=Now() + timedelta(seconds=seconds))


def release(*, actor: Actor, project: Project) -> int:
    """Give back every task that the caller holds in a project."""
    return _give_back(Lease.objects.filter(task__project=project, user_id=actor.user_id), project_id=project.pk)


def _give_back(held: "QuerySet[Lease]", *, project_id: int | None) -> int:
    """End leases now, and let others have the tasks."""
    number = held.update(until=Now() - timedelta(seconds=1))
    free_expired(project_id=project_id)
    return number


def free_expired(*, project_id: int | None = None) -> int:
    """Take back leases that ran out; returns how many tasks may be handed out again."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statements.FREE, {"project": project_id})
        return int(cursor.rowcount)


@transaction.atomic
def reopen_skipped(*, actor: Actor, project: Project) -> int:
    """Put skipped tasks back into the queue."""
    rows = Task.objects.filter(project=project, state=TaskState.SKIPPED)
    Skip.objects.filter(task__in=rows).delete()
    number = rows.update(state=TaskState.OPEN, skips=0, room=F("wanted") - F("given"))
    count_moves(project_id=project.pk, user_id=None, moves={"skipped": -number, "open": number})
    Project.objects.filter(pk=project.pk).update(queue_epoch=F("queue_epoch") + 1)
    record(actor=actor, action="tasks.reopened", subject=project, number=number)
    return number


_OVERLAP = f"""
UPDATE labeling_task SET wanted = x.wanted, room = greatest(x.wanted - x.held, 0)
FROM (SELECT t.id, {_WANTED} AS wanted, (SELECT count(*) FROM labeling_lease l WHERE l.task_id = t.id) AS held
      FROM labeling_task t JOIN projects_project p ON p.id = t.project_id
      WHERE t.project_id = %s AND t.state = 'open' AND t.given = 0 FOR UPDATE OF t) x
WHERE labeling_task.id = x.id AND labeling_task.wanted <> x.wanted
"""  # noqa: S608  # built from constants; values are bound


@transaction.atomic
def apply_overlap(*, project: Project) -> None:
    """Let the project's overlap count for tasks that nobody answered yet."""
    with connection.cursor() as cursor:
        cursor.execute(_OVERLAP, [project.pk])


def mine(*, actor: Actor, project: Project) -> MineOut:
    """What the caller did in a project."""
    rows = Annotation.objects.filter(project=project, user_id=actor.user_id, source=Source.PERSON).order_by("-id")
    ids = list(dict.fromkeys(rows.values_list("task_id", flat=True)[:80]))[:50]
    seat = Seat.objects.filter(project=project, user_id=actor.user_id).first() or Seat(project=project, **_FRESH)
    today = Workday.objects.filter(project=project, user_id=actor.user_id, day=timezone.now().date()).first()
    low, high = interval(seat.gold_right, seat.gold_given)
    return MineOut(
        tasks=ids,
        answered=seat.answered,
        today=today.answered if today else 0,
        active_ms=seat.active_ms,
        active_today_ms=today.active_ms if today else 0,
        skill=SkillOut(right=seat.gold_right, given=seat.gold_given, low=low, high=high),
        paused=(seat.paused_why or "paused") if seat.paused_at else "",
    )


@transaction.atomic
def reorder(*, actor: Actor, project: Project) -> Job | None:
    """Put the queue into the project's order: at once for `random`, by a worker's job for a query strategy.

    Tasks that have answers (sent back, or asked once more) keep their place before the others.
    """
    if project.order == "priority":
        return None
    record(actor=actor, action="tasks.reordered", subject=project, order=project.order)
    if project.order == "random":
        rows = Task.objects.filter(project=project, state=TaskState.OPEN, given=0)
        rows.exclude(position=0).update(position=0)
        return None
    payload = {"project_id": project.pk, "strategy": project.order, "seed": random.randrange(2**31)}
    return jobs.submit(actor=actor, kind="selection", queue="cpu", payload=payload, project_id=project.pk)


def forget_person(user_id: int) -> None:
    """Take away what a person left besides answers: drafts, the words of remarks, and tasks in hand."""
    Draft.objects.filter(user_id=user_id).delete()
    Comment.objects.filter(user_id=user_id).update(text="(erased)", user=None)
    _give_back(Lease.objects.filter(user_id=user_id), project_id=None)
