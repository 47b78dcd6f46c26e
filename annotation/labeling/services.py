"""Tasks of new items, drafts, leases, skips and the order of the queue; the hot path is `queue`."""

import random
from collections.abc import Mapping
from datetime import timedelta

from django.contrib.postgres.functions import TransactionNow
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Count, F, Func, IntegerField, QuerySet, Sum
from django.db.models.functions import Now
from django.utils import timezone

from annotation.labeling.errors import TaskLeased, TooManyDrafts
from annotation.labeling.job_kinds import SELECTION, SelectionPayload
from annotation.labeling.memberships import record_state_changes
from annotation.labeling.models import (
    Annotation,
    Comment,
    Draft,
    ExpiredLease,
    Lease,
    LeaseKind,
    ProjectMembership,
    Skip,
    Source,
    Task,
    TaskState,
    Workday,
)
from annotation.labeling.notification_kinds import tell_commented
from annotation.labeling.queue.lease_statements import RELEASE_EXPIRED_LEASES
from annotation.labeling.schemas import GoldAccuracyOut, OwnMembershipOut
from annotation.projects.models import Project
from annotation.projects.queries import dataset_ids_of
from plateau.access.scopes import Actor
from plateau.audit.services import record
from plateau.datalake.queries import is_import_under_way
from plateau.jobs import services as jobs
from plateau.jobs.models import Job
from plateau.texts import translate
from statkit.confidence_sequences import anytime_interval

# Digits of the shuffle number draw which tasks are in which sample; they are independent of its order in the queue.
_REQUIRED = "CASE WHEN (shuffle / 10000) %% 10000 < p.overlap_fraction * 10000 THEN p.overlap ELSE 1 END"
INSERT_NEW_TASKS = f"""
    INSERT INTO labeling_task (project_id, item_id, state, required_annotations, annotation_count, available_slots,
        skip_count, position, shuffle)
    SELECT p.id, item, 'open', {_REQUIRED}, 0, {_REQUIRED}, 0, 0, shuffle
    FROM new_item JOIN projects_project p ON p.id = project ORDER BY shuffle
    ON CONFLICT DO NOTHING RETURNING project_id
"""  # noqa: S608  # built from constants; values are bound
# Projects `p` that label the items of `%(dataset)s`.
ON_DATASET = """(p.dataset_id = %(dataset)s OR EXISTS (
        SELECT 1 FROM projects_project_added_datasets a WHERE a.project_id = p.id AND a.dataset_id = %(dataset)s))"""
_SYNC = f"""
WITH new_item AS MATERIALIZED (
    SELECT p.id AS project, i.id AS item, floor(random() * 2147483647)::int AS shuffle
    FROM datalake_item i JOIN projects_project p ON {ON_DATASET}
    WHERE i.dataset_id = %(dataset)s AND p.archived_at IS NULL AND NOT EXISTS (
        SELECT 1 FROM labeling_task t WHERE t.project_id = p.id AND t.item_id = i.id)),
new_task AS ({INSERT_NEW_TASKS})
SELECT project_id, count(*) FROM new_task GROUP BY project_id
"""  # noqa: S608  # built from constants; values are bound
_USED_LABELS = """
SELECT DISTINCT jsonb_path_query(n.value, %s::jsonpath) #>> '{}'
FROM labeling_annotation n JOIN labeling_task t ON t.id = n.task_id
WHERE n.project_id = %s AND (n.id = t.annotation_id OR t.state <> 'done')
"""
_MANY_TASKS = 1000
MAX_DRAFTS_BYTES = 64 * 1024 * 1024  # of one person, as they are stored
TAKEN_UP_DAYS = 30  # for so long whoever held a task may still answer it where nobody else has it


def sync_tasks(dataset_id: int) -> None:
    """Give every project on the dataset a task for each item that it lacks; archived ones when they are restored."""
    with connection.cursor() as cursor:
        cursor.execute(_SYNC, {"dataset": dataset_id})
        count_new_tasks(cursor, cursor.fetchall())


def sync_tasks_of(project: Project) -> None:
    """Give a project a task for each item of its datasets that it lacks."""
    for dataset_id in dataset_ids_of(project):
        sync_tasks(dataset_id)


def count_new_tasks(cursor: CursorWrapper, counts: list[tuple[int, int]]) -> None:
    """Count new tasks, as pairs of project and number, and let people's cursors start over."""
    if (total := sum(count for _, count in counts)) > _MANY_TASKS:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'labeling_task'")
        if total > cursor.fetchone()[0] / 5:
            cursor.execute("ANALYZE labeling_task")  # plans made for a small table must not live on
    for project_id, count in counts:
        record_state_changes(project_id=project_id, user_id=None, changes={"open": count})
    if counts:
        project_ids = [project_id for project_id, _ in counts]
        Project.objects.filter(pk__in=project_ids).update(queue_version=F("queue_version") + 1)


def used_labels(*, project: Project) -> set[str]:
    """Label ids that occur in resolved labels, and in annotations of tasks that are not done."""
    with connection.cursor() as cursor:
        cursor.execute(_USED_LABELS, [project.annotation_type.label_path, project.pk])
        return {row[0] for row in cursor.fetchall()}


def count_tasks_by_state(*, project_ids: list[int]) -> dict[int, dict[str, int]]:
    """Tasks by state of each project, in one query over the memberships: its cost does not grow with the tasks."""
    counts: dict[int, dict[str, int]] = {pk: dict.fromkeys(TaskState.values, 0) for pk in project_ids}
    sums = {state: Sum(state) for state in TaskState.values}
    memberships = ProjectMembership.objects.filter(project_id__in=project_ids)
    for row in memberships.values("project_id").annotate(**sums).order_by():
        states: dict[str, int] = {key: int(number) for key, number in row.items()}  # type: ignore[call-overload]  # its values are integers: an id and sums
        counts[states.pop("project_id")] = states
    return counts


def count_conflicts(*, project_ids: list[int]) -> dict[int, int]:
    """Tasks of each project whose annotations differ and that wait for one more person or for a review."""
    counts = dict.fromkeys(project_ids, 0)
    tasks = Task.objects.filter(project_id__in=project_ids).in_conflict()
    for project_id, number in tasks.values_list("project_id").annotate(number=Count("pk")).order_by():
        counts[project_id] = number
    return counts


def save_draft(*, actor: Actor, task: Task, value: Mapping[str, object], revision: int) -> bool:
    """Save unfinished work; an older revision that arrives late changes nothing. True where it was saved.

    Raises:
        TaskLeased: somebody else holds the task, or the caller neither held nor annotated it.
        TooManyDrafts: there is no room for it beside the caller's other drafts.
    """
    of_caller = {"task": task, "user_id": actor.user_id}
    if not Lease.objects.filter(**of_caller).exists():
        is_own = any(rows.objects.filter(**of_caller).exists() for rows in (ExpiredLease, Annotation))
        if not is_own or (task.state == TaskState.OPEN and task.available_slots < 1):
            raise TaskLeased("You do not hold this task, or somebody else is working on it.")
    stored_bytes = Func(F("value"), function="pg_column_size", output_field=IntegerField())  # without a look at them
    others = Draft.objects.filter(user_id=actor.user_id).exclude(task=task)
    if others.aggregate(total=Sum(stored_bytes, default=0))["total"] > MAX_DRAFTS_BYTES:
        raise TooManyDrafts
    with transaction.atomic():
        draft, created = Draft.objects.select_for_update().get_or_create(
            task=task, user_id=actor.user_id, defaults={"value": value, "revision": revision}
        )
        if created or draft.revision >= revision:
            return created or draft.revision == revision
        draft.value, draft.revision = value, revision
        draft.save(update_fields=["value", "revision", "updated_at"])
    return True


def renew_leases(*, actor: Actor, task_ids: list[int], seconds: int) -> int:
    """Hold the caller's leases for longer; returns how many were still held.

    Those in archived projects run out, and those in projects that the caller does not reach any more.
    """
    tasks = Task.objects.visible_to(actor).filter(pk__in=task_ids, project__archived_at=None)
    leases = Lease.objects.filter(task__in=tasks, user_id=actor.user_id)
    return leases.update(expires_at=Now() + timedelta(seconds=seconds))


def release_leases(*, actor: Actor, project: Project) -> int:
    """Release every task that the caller holds in a project; returns how many."""
    return _release(Lease.objects.filter(task__project=project, user_id=actor.user_id), project_id=project.pk)


def _release(leases: "QuerySet[Lease]", *, project_id: int | None) -> int:
    """End leases now, and let others have the tasks."""
    # By the clock of the transaction, as the statement that deletes them: in a long one, the other clock is ahead.
    count = leases.update(expires_at=TransactionNow() - timedelta(seconds=1))
    release_expired_leases(project_id=project_id)
    return count


def forget_expired_leases() -> int:
    """Delete the memory of leases that ran out long ago; returns how many."""
    limit = timezone.now() - timedelta(days=TAKEN_UP_DAYS)
    return ExpiredLease.objects.filter(expired_at__lt=limit).delete()[0]


def release_expired_leases(*, project_id: int | None = None) -> int:
    """Delete leases that expired; returns how many tasks may be dispatched again."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(RELEASE_EXPIRED_LEASES, {"project_id": project_id})
        return int(cursor.rowcount)


@transaction.atomic
def reopen_skipped_tasks(*, actor: Actor, project: Project) -> int:
    """Put skipped tasks back into the queue; returns how many."""
    tasks = Task.objects.filter(project=project, state=TaskState.SKIPPED)
    Skip.objects.filter(task__in=tasks).delete()
    slots = F("required_annotations") - F("annotation_count")
    count = tasks.update(state=TaskState.OPEN, skip_count=0, available_slots=slots)
    record_state_changes(project_id=project.pk, user_id=None, changes={"skipped": -count, "open": count})
    Project.objects.filter(pk=project.pk).update(queue_version=F("queue_version") + 1)
    record(actor=actor, action="tasks.reopened", subject=project, number=count)
    return count


_OVERLAP = f"""
UPDATE labeling_task SET required_annotations = x.required, available_slots = greatest(x.required - x.leases, 0)
FROM (SELECT t.id, {_REQUIRED} AS required, (SELECT count(*) FROM labeling_lease l WHERE l.task_id = t.id) AS leases
      FROM labeling_task t JOIN projects_project p ON p.id = t.project_id
      WHERE t.project_id = %s AND t.state = 'open' AND t.annotation_count = 0 FOR UPDATE OF t) x
WHERE labeling_task.id = x.id AND labeling_task.required_annotations <> x.required
"""  # noqa: S608  # built from constants; values are bound


@transaction.atomic
def apply_overlap(*, project: Project) -> None:
    """Apply the project's overlap to tasks that nobody annotated yet."""
    with connection.cursor() as cursor:
        cursor.execute(_OVERLAP, [project.pk])


def _empty_membership(project: Project) -> ProjectMembership:
    """Of somebody who did nothing yet; database defaults are not there before a row is saved."""
    counts = dict.fromkeys(("annotation_count", "active_ms", "gold_count", "gold_correct_count"), 0)
    return ProjectMembership(project=project, pause_reason="", **counts)


def get_own_membership(*, actor: Actor, project: Project) -> OwnMembershipOut:
    """The caller's work in a project."""
    annotations = Annotation.objects.filter(project=project, user_id=actor.user_id, source=Source.PERSON)
    newest = annotations.order_by("-id").values_list("task_id", flat=True)[:80]
    membership = ProjectMembership.objects.filter(project=project, user_id=actor.user_id).first()
    membership = membership or _empty_membership(project)
    today = Workday.objects.filter(project=project, user_id=actor.user_id, day=timezone.now().date()).first()
    return OwnMembershipOut(
        recent_task_ids=list(dict.fromkeys(newest))[:50],
        annotation_count=membership.annotation_count,
        annotation_count_today=today.annotation_count if today else 0,
        active_ms=membership.active_ms,
        active_ms_today=today.active_ms if today else 0,
        gold_accuracy=gold_accuracy_of(membership),
        pause_reason=translate(membership.pause_reason or "paused") if membership.paused_at else "",
        leased_by_others_count=_count_leased_by_others(actor=actor, project=project),
        is_importing=is_import_under_way(dataset_ids_of(project)),
    )


def _count_leased_by_others(*, actor: Actor, project: Project) -> int:
    leases = Lease.objects.filter(task__project=project, kind=LeaseKind.ANNOTATION, expires_at__gt=timezone.now())
    return leases.exclude(user_id=actor.user_id).values("task_id").distinct().count()


def gold_accuracy_of(membership: ProjectMembership) -> GoldAccuracyOut:
    """The share of gold tasks that a member got right, with its confidence sequence."""
    interval = anytime_interval(membership.gold_correct_count, membership.gold_count)
    return GoldAccuracyOut(
        correct_count=membership.gold_correct_count,
        count=membership.gold_count,
        low=interval.low,
        high=interval.high,
    )


@transaction.atomic
def reorder_queue(*, actor: Actor, project: Project) -> Job | None:
    """Put the queue into the project's order: at once for `random`, by a worker's job for a query strategy.

    Tasks that have annotations (sent back, or one more was requested) keep their place before the others.
    """
    if project.order == "priority":
        return None
    record(actor=actor, action="tasks.reordered", subject=project, order=project.order)
    if project.order == "random":
        tasks = Task.objects.filter(project=project, state=TaskState.OPEN, annotation_count=0)
        tasks.exclude(position=0).update(position=0)
        return None
    order = SelectionPayload(project_id=project.pk, strategy=project.order, seed=random.randrange(2**31))
    return jobs.submit(SELECTION, order, actor=actor, project_id=project.pk)


@transaction.atomic
def create_comment(*, actor: Actor, task: Task, region: str, text: str) -> Comment:
    """Comment on a task; who is mentioned in it, or worked on the task, is told."""
    row = Comment.objects.create(task=task, user_id=actor.user_id, region=region, text=text)
    record(actor=actor, action="comment.created", subject=row, task_id=task.pk)
    tell_commented(actor=actor, comment=row)
    return row


def erase_person(user_id: int) -> None:
    """Erase what a person left besides annotations: drafts, the text of comments, and leases."""
    Draft.objects.filter(user_id=user_id).delete()
    ExpiredLease.objects.filter(user_id=user_id).delete()
    Comment.objects.filter(user_id=user_id).update(text="(erased)", user=None)
    _release(Lease.objects.filter(user_id=user_id), project_id=None)
