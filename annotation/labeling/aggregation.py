"""Aggregate the annotations of a task into its resolved label, or ask for one more where they differ."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import F

from annotation.labeling.hooks import rejected_annotations
from annotation.labeling.job_kinds import AGGREGATION, AggregationPayload
from annotation.labeling.memberships import record_state_changes
from annotation.labeling.models import Annotation, Source, Task, TaskState
from annotation.labeling.notification_kinds import tell_conflict
from labelkit.annotations import AnnotationType
from plateau.access.scopes import Actor, system_actor
from plateau.jobs import services as jobs
from plateau.jobs.handlers import Running

_LAST_OF_EACH_PERSON = """
SELECT DISTINCT ON (n.user_id) n.id FROM labeling_annotation n
WHERE n.task_id = %s AND n.source = 'person' AND n.user_id IS NOT NULL ORDER BY n.user_id, n.id DESC
"""


_BYTES = "SELECT coalesce(sum(octet_length(n.value::text)), 0) FROM labeling_annotation n WHERE n.id = ANY(%s)"
_STORED_BYTES = "SELECT coalesce(sum(pg_column_size(n.value)), 0) FROM labeling_annotation n WHERE n.id = ANY(%s)"
MAX_SHOWN_BYTES = 16 * 1024 * 1024
MAX_BYTES_IN_REQUEST = 500_000  # of annotations that are compared by the request that saves the last: some 0.1 s


def _active_ids(task_id: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(_LAST_OF_EACH_PERSON, [task_id])
        ids = [row[0] for row in cursor.fetchall()]
    return sorted(set(ids) - rejected_annotations(ids))


def active_annotations(task_id: int) -> list[Annotation]:
    """Each person's last annotation of a task, oldest first, without those that a reviewer rejected."""
    return list(Annotation.objects.filter(pk__in=_active_ids(task_id)).order_by("pk"))


def mean_similarity(annotation_type: AnnotationType, values: Sequence[Mapping[str, object]]) -> float:
    """Mean similarity over all pairs of values; 1 for a single one."""
    pairs = [annotation_type.similarity(a, b) for i, a in enumerate(values) for b in values[:i]]
    return sum(pairs) / len(pairs) if pairs else 1.0


def aggregate_annotations(*, actor: Actor, task_id: int) -> None:
    """Resolve a task with several annotations, or ask for one more where they differ and more are allowed.

    Called inside the transaction that saved the last annotation, with the task's row locked. The resolved label
    is the annotation that all people made, or a new one with source `consensus`. Large annotations are compared by a
    job; until then the resolved label stays as it is, the last annotation where there was none.
    """
    ids = _active_ids(task_id)
    task = Task.objects.select_related("project").get(pk=task_id)
    if _are_heavy(ids, MAX_BYTES_IN_REQUEST):
        payload = AggregationPayload(task_id=task_id, user_id=actor.user_id)
        jobs.submit(AGGREGATION, payload, actor=system_actor(actor.organization_id, 0), project_id=task.project_id)
        return
    annotations = list(Annotation.objects.filter(pk__in=ids).order_by("pk"))
    if annotations:
        _apply(actor, task, annotations, _compare(task.project.annotation_type, annotations))


def run_aggregation(running: Running[AggregationPayload]) -> dict[str, object]:
    """Handler of job kind `aggregation`; nothing is changed where the task was annotated or reviewed meanwhile."""
    task_id = running.payload.task_id
    before = Task.objects.filter(pk=task_id).select_related("project").first()
    annotations = active_annotations(task_id)
    if before is None or not annotations:
        return {"resolved": 0}
    result = _compare(before.project.annotation_type, annotations)
    with transaction.atomic():
        task = Task.objects.select_for_update(of=("self",)).select_related("project").get(pk=task_id)
        is_complete = task.state in (TaskState.DONE, TaskState.REVIEW)
        is_same = task.annotation_id == before.annotation_id and [row.pk for row in annotations] == _active_ids(task_id)
        if not is_complete or not is_same:
            return {"resolved": 0}
        actor = system_actor(running.job.organization_id, running.payload.user_id)
        _apply(actor, task, annotations, result)
    return {"resolved": 1}


def _are_heavy(annotation_ids: list[int], most: int) -> bool:
    """Whether annotations have more bytes together; those that do packed, too, are not unpacked to be told."""
    with connection.cursor() as cursor:
        for query in (_STORED_BYTES, _BYTES):
            cursor.execute(query, [annotation_ids])
            if int(cursor.fetchone()[0]) > most:
                return True
    return False


def shown_annotations(task_id: int) -> list[Annotation]:
    """`active_annotations` beside each other on a screen: none where they are too many bytes for one response."""
    ids = _active_ids(task_id)
    return [] if _are_heavy(ids, MAX_SHOWN_BYTES) else list(Annotation.objects.filter(pk__in=ids).order_by("pk"))


@dataclass(frozen=True)
class _Result:
    """The mean similarity of annotations, None of a single one; what most of them have, and how sure that is."""

    agreement: float | None
    value: Mapping[str, object]
    confidence: float


def _compare(annotation_type: AnnotationType, annotations: Sequence[Annotation]) -> _Result:
    values = [annotation.value for annotation in annotations]
    agreement = mean_similarity(annotation_type, values) if len(values) > 1 else None
    return _Result(agreement, *annotation_type.find_consensus(values))


def _apply(actor: Actor, task: Task, annotations: Sequence[Annotation], result: _Result) -> None:
    task.agreement = result.agreement
    disagree = task.agreement is not None and task.agreement < task.project.min_agreement
    if disagree and task.annotation_count < task.project.max_annotations_per_task:
        _require_one_more(task, actor.user_id)
        return
    task.annotation_id = _save_consensus(task, annotations, result).pk
    task.save(update_fields=["agreement", "annotation"])
    if disagree:
        tell_conflict(actor=actor, task=task)


def _save_consensus(task: Task, annotations: Sequence[Annotation], result: _Result) -> Annotation:
    """The annotation itself where all are the same, else a new one with what most of them have."""
    for annotation in annotations:
        if annotation.value == result.value:
            return annotation
    last = annotations[-1]
    return Annotation.objects.create(
        project_id=task.project_id,
        task=task,
        user=None,
        client_id=uuid.uuid4(),
        source=Source.CONSENSUS,
        value=result.value,
        schema_version=last.schema_version,
        guideline_version=last.guideline_version,
        supersedes_id=task.annotation_id,
        confidence=result.confidence,
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
