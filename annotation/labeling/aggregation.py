"""Aggregate the annotations of a task into its resolved label, or ask for one more where they differ."""

import uuid
from collections.abc import Mapping, Sequence

from django.db import connection
from django.db.models import F

from annotation.labeling.hooks import rejected_annotations
from annotation.labeling.memberships import record_state_changes
from annotation.labeling.models import Annotation, Source, Task
from annotation.labeling.notification_kinds import tell_conflict
from labelkit.annotations import AnnotationType
from plateau.access.scopes import Actor

_LAST_OF_EACH_PERSON = """
SELECT DISTINCT ON (n.user_id) n.id FROM labeling_annotation n
WHERE n.task_id = %s AND n.source = 'person' AND n.user_id IS NOT NULL ORDER BY n.user_id, n.id DESC
"""


def active_annotations(task_id: int) -> list[Annotation]:
    """Each person's last annotation of a task, oldest first, without those that a reviewer rejected."""
    with connection.cursor() as cursor:
        cursor.execute(_LAST_OF_EACH_PERSON, [task_id])
        ids = [row[0] for row in cursor.fetchall()]
    return list(Annotation.objects.filter(pk__in=set(ids) - rejected_annotations(ids)).order_by("pk"))


def mean_similarity(annotation_type: AnnotationType, values: Sequence[Mapping[str, object]]) -> float:
    """Mean similarity over all pairs of values; 1 for a single one."""
    pairs = [annotation_type.similarity(a, b) for i, a in enumerate(values) for b in values[:i]]
    return sum(pairs) / len(pairs) if pairs else 1.0


def aggregate_annotations(*, actor: Actor, task_id: int) -> None:
    """Resolve a task with several annotations, or ask for one more where they differ and more are allowed.

    Called inside the transaction that saved the last annotation, with the task's row locked. The resolved label
    is the annotation that all people made, or a new one with source `consensus`.
    """
    task = Task.objects.select_related("project").get(pk=task_id)
    project, annotation_type = task.project, task.project.annotation_type
    annotations = active_annotations(task_id)
    if not annotations:
        return
    values = [annotation.value for annotation in annotations]
    task.agreement = mean_similarity(annotation_type, values) if len(values) > 1 else None
    disagree = task.agreement is not None and task.agreement < project.min_agreement
    if disagree and task.annotation_count < project.max_annotations_per_task:
        _require_one_more(task, actor.user_id)
        return
    task.annotation_id = create_consensus(task=task, annotations=annotations, annotation_type=annotation_type).pk
    task.save(update_fields=["agreement", "annotation"])
    if disagree:
        tell_conflict(actor=actor, task=task)


def create_consensus(*, task: Task, annotations: list[Annotation], annotation_type: AnnotationType) -> Annotation:
    """The annotation itself where all are the same, else a new one with what most of them have."""
    value, confidence = annotation_type.find_consensus([annotation.value for annotation in annotations])
    for annotation in annotations:
        if annotation.value == value:
            return annotation
    last = annotations[-1]
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


def _require_one_more(task: Task, user_id: int) -> None:
    """Require one more annotation; the least similar come first, before all of priority 0: position = agreement − 1."""
    state_before = task.state
    Task.objects.filter(pk=task.pk).update(
        agreement=task.agreement,
        required_annotations=F("required_annotations") + 1,
        available_slots=F("available_slots") + 1,
        state="open",
        position=(task.agreement or 0) - 1,
    )
    record_state_changes(project_id=task.project_id, user_id=user_id, changes={state_before: -1, "open": 1})
    type(task.project).objects.filter(pk=task.project_id).update(queue_version=F("queue_version") + 1)
