"""Changing what is known about quality: gold items, consensus of many people, doubtful labels."""

import uuid
from collections import defaultdict
from typing import Any

from django.db import transaction
from django.utils import timezone

from annotation.labeling.models import Annotation, Lease, Seat, Source, Task, TaskState
from annotation.labeling.seats import count_moves
from annotation.labeling.settle import standing_answers
from annotation.projects.models import Project
from annotation.quality.job_kinds import CONSENSUS, DOUBTS, ConsensusOrder, DoubtsOrder
from annotation.quality.models import GoldItem, LabelDoubt
from annotation.quality.queries import checked_answer
from labelkit.annotations import ANNOTATION_TYPES
from labelkit.consensus import resolve
from plateau.access.scopes import Actor
from plateau.audit.services import record
from plateau.http.errors import Conflict, Invalid
from plateau.identity.models import Membership
from plateau.jobs import services as jobs
from plateau.jobs.handlers import Running
from plateau.jobs.models import Job


@transaction.atomic
def make_gold(*, actor: Actor, task: Task, value: Any, practice: bool) -> GoldItem:
    """Trust an answer to a task: the one given here, else the resolved one. The task leaves the ordinary queue.

    Raises:
        Conflict: it has no answer and none is given, or somebody holds it.
        Invalid: the answer does not fit.
    """
    task = (
        Task.objects.select_for_update(of=("self",))
        .select_related("project", "annotation", "item__asset")
        .get(pk=task.pk)
    )
    project = task.project
    if value is None:
        if task.annotation is None:
            raise Conflict("The task has no answer yet. Send the right one, or answer it first.")
        value = task.annotation.value
    else:
        value, _ = checked_answer(task, value)
    if task.state != TaskState.DONE:
        if Lease.objects.filter(task=task).exists():
            raise Conflict("Somebody holds this task just now. Try again later.")
        before, task.state, task.room = task.state, TaskState.DONE, 0
        task.annotation = Annotation.objects.create(
            project=project,
            task=task,
            user_id=None,
            client_id=uuid.uuid4(),
            source=Source.REVIEWER,
            value=value,
            schema_version=project.schema_version,
            guideline_version=project.guideline_version,
        )
        task.save(update_fields=["state", "room", "annotation"])
        count_moves(project_id=project.pk, user_id=None, moves={before: -1, "done": 1})
    gold, _ = GoldItem.objects.update_or_create(
        task=task, defaults={"value": value, "practice": practice, "created_by_id": actor.user_id}
    )
    record(actor=actor, action="gold.made", subject=task, practice=practice)
    return gold


@transaction.atomic
def drop_gold(*, actor: Actor, gold: GoldItem) -> None:
    """Trust it no longer; what people made of it stays counted."""
    record(actor=actor, action="gold.dropped", subject=gold.task)
    Lease.objects.filter(task=gold.task, kind__in=("gold", "practice")).delete()
    gold.delete()


def order_consensus(*, actor: Actor, project: Project, method: str) -> Job:
    """Resolve all tasks with several answers anew.

    Raises:
        Invalid: the method models people, and the kind has no classes.
    """
    if method not in ("auto", "majority") and not ANNOTATION_TYPES[project.kind].is_single_class:
        message = "this kind has no classes: answers are matched and averaged; choose auto"
        raise Invalid(f"method: {message}", [{"field": "method", "message": message}])
    order = ConsensusOrder(project_id=project.pk, method=method)
    return jobs.submit(CONSENSUS, order, actor=actor, project_id=project.pk)


def run_consensus(running: Running[ConsensusOrder]) -> dict[str, Any]:
    """Handler of job kind `consensus`."""
    project = Project.objects.get(pk=running.payload.project_id)
    tasks = list(Task.objects.filter(project=project, given__gt=1, state__in=("done", "review")).order_by("pk"))
    answers = {task.pk: standing_answers(task.pk) for task in tasks}
    method, why, made = _resolve_all(project, answers, running.payload.method)
    changed = 0
    for number, task in enumerate(tasks):
        if number % 200 == 0:
            running.report(done=number, total=len(tasks), message=method)
        if task.pk in made:
            changed += _put(task, *made[task.pk], answers[task.pk][-1])
    running.report(done=len(tasks), total=len(tasks), message=method)
    return {"method": method, "why": why, "tasks": len(tasks), "changed": changed}


def _resolve_all(
    project: Project, answers: dict[int, list[Annotation]], method: str
) -> tuple[str, str, dict[int, tuple[dict[str, Any], float]]]:
    kind = ANNOTATION_TYPES[project.kind]
    if not kind.is_single_class:
        made = {pk: kind.find_consensus([one.value for one in rows]) for pk, rows in answers.items() if rows}
        return "matched and averaged", "the kind has no classes of the whole item", made
    rows = [(pk, one.user_id or 0, kind.class_of(one.value)) for pk, several in answers.items() for one in several]
    found = resolve(rows, method=method)
    values = {
        pk: (
            next((a.value for a in answers[pk] if kind.class_of(a.value) == one.label), kind.with_class(one.label)),
            one.confidence,
        )
        for pk, one in found.labels.items()
    }
    return found.method, found.why, values


@transaction.atomic
def _put(task: Task, value: dict[str, Any], confidence: float, like: Annotation) -> bool:
    current = Task.objects.select_for_update(of=("self",)).select_related("annotation").get(pk=task.pk)
    reviewed = current.annotation is not None and current.annotation.source == Source.REVIEWER
    if reviewed or (current.annotation is not None and current.annotation.value == value):
        return False  # a reviewer's word stands above a vote
    current.annotation = Annotation.objects.create(
        project_id=task.project_id,
        task=task,
        client_id=uuid.uuid4(),
        source=Source.CONSENSUS,
        value=value,
        confidence=confidence,
        schema_version=like.schema_version,
        guideline_version=like.guideline_version,
        supersedes=current.annotation,
    )
    current.save(update_fields=["annotation"])
    return True


def find_twins(*, project: Project, pairs: list[tuple[int, int]]) -> int:
    """Note tasks whose pictures are near-duplicates and whose labels differ; `pairs` are item ids."""
    kind = ANNOTATION_TYPES[project.kind]
    wanted = {pk for pair in pairs for pk in pair}
    rows = Task.objects.filter(project=project, item_id__in=wanted, state=TaskState.DONE).select_related("annotation")
    by_item = {row.item_id: row for row in rows}
    doubts: dict[int, LabelDoubt] = defaultdict()
    for left, right in pairs:
        one, other = by_item.get(left), by_item.get(right)
        if one is None or other is None or one.annotation is None or other.annotation is None:
            continue
        alike = kind.similarity(one.annotation.value, other.annotation.value)
        if alike < 1:
            for task, twin in ((one, other), (other, one)):
                doubts[task.pk] = LabelDoubt(
                    task=task, annotation=task.annotation, reason="near_duplicate", twin=twin, score=alike
                )
    save_doubts(project=project, reason="near_duplicate", doubts=list(doubts.values()))
    return len(doubts)


@transaction.atomic
def save_doubts(*, project: Project, reason: str, doubts: list[LabelDoubt]) -> None:
    """Replace the project's doubts of one reason."""
    LabelDoubt.objects.filter(task__project=project, reason=reason).delete()
    LabelDoubt.objects.bulk_create(doubts, batch_size=2000)


def order_doubts(*, actor: Actor, project: Project) -> Job:
    """Look for labels that look wrong, by a worker.

    Raises:
        Conflict: too few labels to learn from.
    """
    if Task.objects.filter(project=project, state=TaskState.DONE)[:50].count() < 50:
        raise Conflict("Label at least 50 items first: a doubt needs something to compare with.")
    return jobs.submit(DOUBTS, DoubtsOrder(project_id=project.pk), actor=actor, project_id=project.pk)


@transaction.atomic
def change_seat(
    *, actor: Actor, project: Project, user_id: int, assigned: bool | None, cap: int | None, paused: bool | None
) -> None:
    """Assign a person, cap their answers, pause them or let them go on.

    Raises:
        NotFound: no such member.
    """
    member = Membership.objects.visible_to(actor).one(user_id=user_id)
    seat, _ = Seat.objects.get_or_create(project=project, user_id=member.user_id)
    if assigned is not None:
        seat.assigned = assigned
    if cap is not None:
        seat.cap = cap or None
    if paused is not None:
        seat.paused_at = timezone.now() if paused else None
        seat.paused_why = "by the manager" if paused else ""
    seat.save(update_fields=["assigned", "cap", "paused_at", "paused_why"])
    record(actor=actor, action="seat.changed", subject=seat, assigned=assigned, cap=cap, paused=paused)
