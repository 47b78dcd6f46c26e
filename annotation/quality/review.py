"""Reviewing: dispatch annotated tasks, apply verdicts."""

import uuid

import orjson
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from annotation.labeling import queue
from annotation.labeling.aggregation import shown_annotations
from annotation.labeling.memberships import record_state_changes
from annotation.labeling.models import Annotation, Comment, Lease, LeaseKind, Source, Task, TaskState, Workday
from annotation.labeling.notification_kinds import tell_sent_back
from annotation.projects.models import Project
from annotation.quality.errors import AnnotationChanged
from annotation.quality.models import Review, Verdict
from annotation.quality.queries import canonical_value
from plateau.access.scopes import Actor
from plateau.audit.services import record
from plateau.http.errors import NotFound

DECIDING_ROUND = 3
FIRST_POSITION = -1000.0  # before everything of an ordinary priority
# A reviewer gets neither their own annotations nor those they reviewed before; what others hold is stepped over.
_LEASE_NEXT = """
WITH pick AS MATERIALIZED (
    SELECT q.id FROM labeling_task q
    WHERE q.project_id = %(project_id)s AND q.state = 'review'
      AND NOT EXISTS (SELECT 1 FROM labeling_lease l
          WHERE l.task_id = q.id AND l.kind = 'review' AND l.expires_at > now())
      AND NOT EXISTS (SELECT 1 FROM labeling_annotation n
          WHERE n.task_id = q.id AND n.user_id = %(user_id)s AND n.source = 'person')
      AND NOT EXISTS (SELECT 1 FROM quality_review r
          WHERE r.task_id = q.id AND r.annotation_id = q.annotation_id AND r.reviewer_id = %(user_id)s)
    ORDER BY q.position, q.shuffle, q.id LIMIT %(count)s FOR UPDATE SKIP LOCKED)
INSERT INTO labeling_lease (user_id, task_id, kind, expires_at)
SELECT %(user_id)s, pick.id, 'review', now() + %(lease_seconds)s * interval '1 second' FROM pick
ON CONFLICT (user_id, task_id) DO UPDATE SET kind = 'review', expires_at = excluded.expires_at
RETURNING task_id
"""


COUNTED = 1000  # of more, nobody needs the number


def count_waiting(*, actor: Actor, project: Project) -> int:
    """How many tasks wait for this reviewer, with those that they hold; `COUNTED` where there are more."""
    own = Annotation.objects.filter(task=OuterRef("pk"), user_id=actor.user_id, source=Source.PERSON)
    reviewed = Review.objects.filter(task=OuterRef("pk"), annotation=OuterRef("annotation"), reviewer_id=actor.user_id)
    held = Lease.objects.filter(task=OuterRef("pk"), kind=LeaseKind.REVIEW, expires_at__gt=timezone.now())
    waiting = Task.objects.filter(project=project, state=TaskState.REVIEW).exclude(
        Exists(own) | Exists(reviewed) | Exists(held.exclude(user_id=actor.user_id))
    )
    return waiting[:COUNTED].count()


def lease_next_reviews(*, actor: Actor, project: Project, count: int) -> list[dict[str, object]]:
    """Lease tasks for review to the caller; those already held come first."""
    leases = Lease.objects.filter(user_id=actor.user_id, kind=LeaseKind.REVIEW, task__project=project)
    ids = list(leases.filter(task__state=TaskState.REVIEW).values_list("task_id", flat=True)[:count])
    parameters = {"project_id": project.pk, "user_id": actor.user_id, "lease_seconds": settings.LEASE_SECONDS}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_LEASE_NEXT, parameters | {"count": max(0, count - len(ids))})
        ids += [row[0] for row in cursor.fetchall()]
    return [get_review(actor=actor, task_id=pk) for pk in ids]


def get_review(*, actor: Actor, task_id: int) -> dict[str, object]:
    """A task as a reviewer sees it: the annotation to review, all annotations without names, and earlier verdicts.

    In a blind second round the first verdict on this annotation is not in it.

    Raises:
        NotFound: no such task.
    """
    payload = queue.get_task(actor=actor, task_id=task_id)
    task = Task.objects.select_related("annotation", "project").get(pk=task_id)
    if task.annotation is None:
        raise NotFound("This task has no annotation to review.")
    reviews = list(Review.objects.filter(task=task).order_by("pk").select_related("reviewer", "correction"))
    of_this_annotation = [review for review in reviews if review.annotation_id == task.annotation_id]
    is_blind = task.project.second_review and len(of_this_annotation) == 1
    visible_reviews = [review for review in reviews if review not in of_this_annotation or not is_blind]
    annotations = shown_annotations(task_id) if task.annotation_count > 1 else []
    return {
        "task": payload | {"annotation": task.annotation.value, "draft": None},
        "annotation_id": task.annotation_id,
        "source": task.annotation.source,
        "agreement": task.agreement,
        "annotations": [annotation.value for annotation in annotations],
        "round": len(of_this_annotation) + 1,
        "reviews": [
            {
                "verdict": review.verdict,
                "reason": review.reason,
                "reviewer": review.reviewer.name if review.reviewer else "",
                "correction": review.correction.value if review.correction else None,
                "created_at": review.created_at,
            }
            for review in visible_reviews
        ],
    }


@transaction.atomic
def submit_review(
    *,
    actor: Actor,
    task_id: int,
    annotation_id: int,
    verdict: str,
    client_id: uuid.UUID,
    value: object = None,
    reason: str = "",
    region: str = "",
    reassign_to: str = "author",
    active_ms: int = 0,
) -> Review:
    """Save and apply a verdict, once for each `client_id`.

    `value` is the corrected annotation; a rejected task goes back to its author or, with `reassign_to="anyone"`, to
    somebody else.

    Raises:
        NotFound: no such task.
        ProjectArchived: nothing is reviewed any more.
        AnnotationChanged: another annotation is resolved now, or the task went back into the queue.
        InvalidInput: the correction is no annotation of this project's kind.
    """
    task = (
        Task.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("project", "item__asset")
        .get_active(pk=task_id)
    )
    if replayed := Review.objects.filter(task=task, client_id=client_id).first():
        return replayed
    if task.state not in (TaskState.REVIEW, TaskState.DONE) or task.annotation_id != annotation_id:
        raise AnnotationChanged("The task returned to the queue, or its annotation changed. Review it again.")
    annotation = Annotation.objects.get(pk=annotation_id)
    is_corrected = verdict == Verdict.CORRECTED
    correction = _create_correction(actor, task, annotation, value, active_ms) if is_corrected else None
    earlier = list(Review.objects.filter(task=task, annotation=annotation).order_by("pk"))
    review = Review.objects.create(
        project_id=task.project_id,
        task=task,
        annotation=annotation,
        author_id=annotation.user_id,
        reviewer_id=actor.user_id,
        round=len(earlier) + 1,
        verdict=verdict,
        correction=correction,
        reason=reason,
        is_first_pass=verdict == Verdict.ACCEPTED and not Review.objects.filter(task=task).exists(),
        client_id=client_id,
        active_ms=active_ms,
    )
    Lease.objects.filter(task=task, kind=LeaseKind.REVIEW).delete()
    if reason:
        Comment.objects.create(task=task, user_id=actor.user_id, region=region, text=reason)
    _count_review(actor, task.project_id, active_ms)
    # A task that was done already and is reviewed again needs one verdict only.
    if task.state == TaskState.DONE or not _needs_another_round(task, [*earlier, review]):
        _apply_verdict(actor, task, review, reassign_to)
    record(actor=actor, action="review.decided", subject=task, verdict=verdict, round=review.round)
    return review


def _create_correction(actor: Actor, task: Task, annotation: Annotation, value: object, active_ms: int) -> Annotation:
    project = task.project
    canonical, schema_version = canonical_value(task, value)
    return Annotation.objects.create(
        project=project,
        task=task,
        user_id=actor.user_id,
        client_id=uuid.uuid4(),
        source=Source.REVIEWER,
        value=orjson.loads(orjson.dumps(canonical)),
        schema_version=schema_version,
        guideline_version=project.guideline_version,
        supersedes=annotation,
        active_ms=active_ms,
    )


def _needs_another_round(task: Task, reviews: list[Review]) -> bool:
    """A blind second review where the project asks for one; a third that decides where two verdicts differ."""
    if not task.project.second_review or len(reviews) >= DECIDING_ROUND:
        return False
    if len(reviews) == 1:
        return True
    first, second = reviews
    if first.verdict != second.verdict:
        return True
    if first.correction is None or second.correction is None:
        return False
    annotation_type = task.project.annotation_type
    similarity = annotation_type.similarity(first.correction.value, second.correction.value)
    return similarity < task.project.min_agreement


def _apply_verdict(actor: Actor, task: Task, review: Review, reassign_to: str) -> None:
    state_before = task.state
    if review.verdict == Verdict.REJECTED:
        _send_back(task, review, reassign_to)
        if reassign_to == "author":
            tell_sent_back(actor=actor, task=task, author_id=review.author_id, reason=review.reason)
        state = TaskState.OPEN
    else:
        task.annotation = review.correction or task.annotation
        task.state = state = TaskState.DONE
        task.save(update_fields=["annotation", "state"])
    if state != state_before:
        changes = {state_before: -1, state: 1}
        record_state_changes(project_id=task.project_id, user_id=actor.user_id, changes=changes)


def _send_back(task: Task, review: Review, reassign_to: str) -> None:
    """Put a task first in the queue again: for its author, or for anyone who has not annotated it."""
    assignee_id = review.author_id if reassign_to == "author" else None
    leases = Lease.objects.filter(task=task, kind=LeaseKind.ANNOTATION).count()
    task.state, task.required_annotations = TaskState.OPEN, task.annotation_count + 1
    task.available_slots = max(0, 1 - leases)
    task.position, task.assignee_id = FIRST_POSITION, assignee_id
    task.save(update_fields=["state", "required_annotations", "available_slots", "position", "assignee"])
    Project.objects.filter(pk=task.project_id).update(queue_version=F("queue_version") + 1)


def _count_review(actor: Actor, project_id: int, active_ms: int) -> None:
    day, _ = Workday.objects.get_or_create(project_id=project_id, user_id=actor.user_id, day=timezone.now().date())
    Workday.objects.filter(pk=day.pk).update(review_count=F("review_count") + 1, review_ms=F("review_ms") + active_ms)
