"""When a task has the answers that it wants: are they alike enough, and what do they say together?"""

import uuid
from typing import Any

from django.db import connection
from django.db.models import F

from annotation.labeling.hooks import rejected_of
from annotation.labeling.models import Annotation, Source, Task
from annotation.labeling.seats import count_moves
from labelkit.annotations import ANNOTATION_TYPES, AnnotationType
from plateau.access.scopes import Actor

_ANSWERS = """
SELECT DISTINCT ON (n.user_id) n.id FROM labeling_annotation n
WHERE n.task_id = %s AND n.source = 'person' AND n.user_id IS NOT NULL ORDER BY n.user_id, n.id DESC
"""


def standing_answers(task_id: int) -> list[Annotation]:
    """Each person's last answer to a task, in the order given, without those that a reviewer rejected."""
    with connection.cursor() as cursor:
        cursor.execute(_ANSWERS, [task_id])
        ids = [row[0] for row in cursor.fetchall()]
    return list(Annotation.objects.filter(pk__in=set(ids) - rejected_of(ids)).order_by("pk"))


def mean_likeness(kind: AnnotationType, values: list[dict[str, Any]]) -> float:
    """Mean likeness over all pairs of answers; 1 for a single one."""
    pairs = [kind.similarity(a, b) for i, a in enumerate(values) for b in values[:i]]
    return sum(pairs) / len(pairs) if pairs else 1.0


def settle(*, actor: Actor, task_id: int) -> None:
    """Resolve a task with several answers, or ask for one more where they differ and more are allowed.

    Called inside the transaction that took the last answer, with the task's row locked. The resolved label
    is the one answer that all gave, or a new annotation with source `consensus`.
    """
    task = Task.objects.select_related("project").get(pk=task_id)
    project, kind = task.project, ANNOTATION_TYPES[task.project.kind]
    answers = standing_answers(task_id)
    if not answers:
        return
    values = [one.value for one in answers]
    task.agreement = mean_likeness(kind, values) if len(values) > 1 else None
    differ = task.agreement is not None and task.agreement < project.agreement_floor
    if differ and task.given < project.max_answers:
        _ask_for_more(task, actor.user_id)
        return
    task.annotation_id = consensus_of(actor=actor, task=task, answers=answers, kind=kind).pk
    task.save(update_fields=["agreement", "annotation"])


def consensus_of(*, actor: Actor, task: Task, answers: list[Annotation], kind: AnnotationType) -> Annotation:
    """The answer itself where all are the same, else a new annotation that says what most say."""
    value, confidence = kind.find_consensus([one.value for one in answers])
    for one in answers:
        if one.value == value:
            return one
    last = answers[-1]
    return Annotation.objects.create(
        project_id=task.project_id,
        task=task,
        user=None,
        client_id=uuid.uuid4(),
        source=Source.CONSENSUS,
        value=value,
        schema_version=last.schema_version,
        guideline_version=last.guideline_version,
        supersedes_id=task.annotation_id,
        confidence=confidence,
    )


def _ask_for_more(task: Task, user_id: int) -> None:
    """One more answer; the least alike come first (position = agreement − 1, before all of priority 0)."""
    before = task.state
    Task.objects.filter(pk=task.pk).update(
        agreement=task.agreement,
        wanted=F("wanted") + 1,
        room=F("room") + 1,
        state="open",
        position=(task.agreement or 0) - 1,
    )
    count_moves(project_id=task.project_id, user_id=user_id, moves={before: -1, "open": 1})
    type(task.project).objects.filter(pk=task.project_id).update(queue_epoch=F("queue_epoch") + 1)
