"""Reviewing: hand out answered tasks, take verdicts."""

import uuid
from typing import Any

import orjson
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F

from annotation.labeling import queue
from annotation.labeling.models import Annotation, Comment, Lease, LeaseKind, Source, Task, TaskState, Workday
from annotation.labeling.seats import count_moves
from annotation.labeling.settle import standing_answers
from annotation.projects.models import Project
from annotation.quality.models import Review, Verdict
from annotation.quality.queries import checked_answer
from labelkit.annotations import ANNOTATION_TYPES
from plateau.access.scopes import Actor
from plateau.audit.services import record
from plateau.http.errors import Conflict, NotFound

DECIDING_ROUND = 3
FIRST = -1000.0  # a position before everything of an ordinary priority
# A reviewer sees neither their own answers nor what they judged before; what others hold is stepped over.
_NEXT = """
WITH pick AS MATERIALIZED (
    SELECT q.id FROM labeling_task q
    WHERE q.project_id = %(project)s AND q.state = 'review'
      AND NOT EXISTS (SELECT 1 FROM labeling_lease l WHERE l.task_id = q.id AND l.kind = 'review' AND l.until > now())
      AND NOT EXISTS (SELECT 1 FROM labeling_annotation n
          WHERE n.task_id = q.id AND n.user_id = %(user)s AND n.source = 'person')
      AND NOT EXISTS (SELECT 1 FROM quality_review r
          WHERE r.task_id = q.id AND r.annotation_id = q.annotation_id AND r.reviewer_id = %(user)s)
    ORDER BY q.position, q.shuffle, q.id LIMIT %(count)s FOR UPDATE SKIP LOCKED)
INSERT INTO labeling_lease (user_id, task_id, kind, until)
SELECT %(user)s, pick.id, 'review', now() + %(seconds)s * interval '1 second' FROM pick
ON CONFLICT (user_id, task_id) DO UPDATE SET kind = 'review', until = excluded.until
RETURNING task_id
"""


class AnswerChanged(Conflict):
    """The answer under review is not the newest one any more; nothing was decided."""

    code = "answer_changed"
    title = "The answer changed"


def next_for_review(*, actor: Actor, project: Project, count: int) -> list[dict[str, Any]]:
    """Lease tasks for review to the caller; those already held come first."""
    held = Lease.objects.filter(user_id=actor.user_id, kind=LeaseKind.REVIEW, task__project=project)
    ids = list(held.filter(task__state=TaskState.REVIEW).values_list("task_id", flat=True)[:count])
    values = {"project": project.pk, "user": actor.user_id, "seconds": settings.LEASE_SECONDS}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_NEXT, values | {"count": max(0, count - len(ids))})
        ids += [row[0] for row in cursor.fetchall()]
    return [case_of(actor=actor, task_id=pk) for pk in ids]


def case_of(*, actor: Actor, task_id: int) -> dict[str, Any]:
    """A task as a reviewer sees it: the answer to judge, all answers without names, and earlier verdicts.

    In a blind second round the first verdict on this answer is not in it.

    Raises:
        NotFound: no such task.
    """
    made = queue.task_of(actor=actor, task_id=task_id)
    task = Task.objects.select_related("annotation", "project").get(pk=task_id)
    if task.annotation is None:
        raise NotFound("This task has no answer to review.")
    rounds = list(Review.objects.filter(task=task).order_by("pk").select_related("reviewer", "fix"))
    on_this = [one for one in rounds if one.annotation_id == task.annotation_id]
    blind = task.project.second_review and len(on_this) == 1
    shown = [one for one in rounds if one not in on_this or not blind]
    answers = [one.value for one in standing_answers(task_id)] if task.given > 1 else []
    return {
        "task": made | {"answer": task.annotation.value, "draft": None},
        "annotation_id": task.annotation_id,
        "source": task.annotation.source,
        "agreement": task.agreement,
        "answers": answers,
        "round": len(on_this) + 1,
        "reviews": [
            {
                "verdict": one.verdict,
                "reason": one.reason,
                "reviewer": one.reviewer.name if one.reviewer else "",
                "fix": one.fix.value if one.fix else None,
                "at": one.created_at,
            }
            for one in shown
        ],
    }


@transaction.atomic
def decide(
    *,
    actor: Actor,
    task_id: int,
    annotation_id: int,
    verdict: str,
    client_id: uuid.UUID,
    value: Any = None,
    reason: str = "",
    region: str = "",
    back_to: str = "same",
    active_ms: int = 0,
) -> Review:
    """Take a verdict, once for each `client_id`.

    Raises:
        NotFound: no such task.
        ProjectArchived: nothing is judged any more.
        AnswerChanged: another answer stands there now, or the task went back into the queue.
        Invalid: the fix is no answer of this project's kind.
    """
    task = (
        Task.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("project", "item__asset")
        .active(pk=task_id)
    )
    if repeated := Review.objects.filter(task=task, client_id=client_id).first():
        return repeated
    if task.state not in (TaskState.REVIEW, TaskState.DONE) or task.annotation_id != annotation_id:
        raise AnswerChanged("The task went back into the queue, or its answer changed. Look at it again.")
    judged = Annotation.objects.get(pk=annotation_id)
    fix = _fixed(actor, task, judged, value, active_ms) if verdict == Verdict.FIXED else None
    before = list(Review.objects.filter(task=task, annotation=judged).order_by("pk"))
    review = Review.objects.create(
        project_id=task.project_id,
        task=task,
        annotation=judged,
        author_id=judged.user_id,
        reviewer_id=actor.user_id,
        round=len(before) + 1,
        verdict=verdict,
        fix=fix,
        reason=reason,
        first_pass=verdict == Verdict.ACCEPTED and not Review.objects.filter(task=task).exists(),
        client_id=client_id,
        active_ms=active_ms,
    )
    Lease.objects.filter(task=task, kind=LeaseKind.REVIEW).delete()
    if reason:
        Comment.objects.create(task=task, user_id=actor.user_id, region=region, text=reason)
    _count(actor, task.project_id, active_ms)
    # A task that was done already and is judged again needs one word only.
    if task.state == TaskState.DONE or not _another_round(task, [*before, review]):
        _apply(actor, task, review, back_to)
    record(actor=actor, action="review.decided", subject=task, verdict=verdict, round=review.round)
    return review


def _fixed(actor: Actor, task: Task, judged: Annotation, value: Any, active_ms: int) -> Annotation:
    project = task.project
    canonical, schema_version = checked_answer(task, value)
    return Annotation.objects.create(
        project=project,
        task=task,
        user_id=actor.user_id,
        client_id=uuid.uuid4(),
        source=Source.REVIEWER,
        value=orjson.loads(orjson.dumps(canonical)),
        schema_version=schema_version,
        guideline_version=project.guideline_version,
        supersedes=judged,
        active_ms=active_ms,
    )


def _another_round(task: Task, reviews: list[Review]) -> bool:
    """A blind second look where the project wants one; a third that decides where two verdicts differ."""
    if not task.project.second_review or len(reviews) >= DECIDING_ROUND:
        return False
    if len(reviews) == 1:
        return True
    one, other = reviews
    if one.verdict != other.verdict:
        return True
    if one.fix is None or other.fix is None:
        return False
    kind = ANNOTATION_TYPES[task.project.kind]
    return kind.similarity(one.fix.value, other.fix.value) < task.project.agreement_floor


def _apply(actor: Actor, task: Task, review: Review, back_to: str) -> None:
    before = task.state
    if review.verdict == Verdict.REJECTED:
        _send_back(task, review, back_to)
        state = TaskState.OPEN
    else:
        task.annotation = review.fix or task.annotation
        task.state = state = TaskState.DONE
        task.save(update_fields=["annotation", "state"])
    if state != before:
        count_moves(project_id=task.project_id, user_id=actor.user_id, moves={before: -1, state: 1})


def _send_back(task: Task, review: Review, back_to: str) -> None:
    """Into the queue again, first in line: to the same person, or to anyone who has not answered it."""
    author = review.author_id if back_to == "same" else None
    held = Lease.objects.filter(task=task, kind=LeaseKind.ANSWER).count()
    task.state, task.wanted, task.room = TaskState.OPEN, task.given + 1, max(0, 1 - held)
    task.position, task.assignee_id = FIRST, author
    task.save(update_fields=["state", "wanted", "room", "position", "assignee"])
    Project.objects.filter(pk=task.project_id).update(queue_epoch=F("queue_epoch") + 1)


def _count(actor: Actor, project_id: int, active_ms: int) -> None:
    from django.utils import timezone

    day, _ = Workday.objects.get_or_create(project_id=project_id, user_id=actor.user_id, day=timezone.now().date())
    Workday.objects.filter(pk=day.pk).update(reviewed=F("reviewed") + 1, review_ms=F("review_ms") + active_ms)
