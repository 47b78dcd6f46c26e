"""Changes of quality control: gold tasks, consensus, suspected label errors, memberships."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from annotation.labeling.aggregation import active_annotations
from annotation.labeling.errors import TaskLeased
from annotation.labeling.memberships import record_state_changes
from annotation.labeling.models import Annotation, Lease, ProjectMembership, Source, Task, TaskState
from annotation.projects.models import Project
from annotation.quality.errors import LabelIssuesNeedMoreLabels, TaskNotAnnotated
from annotation.quality.job_kinds import CONSENSUS, LABEL_ISSUES, ConsensusPayload, LabelIssuesPayload
from annotation.quality.models import GoldTask, LabelIssue
from annotation.quality.queries import canonical_value
from labelkit.annotations import AnnotationType
from labelkit.consensus import resolve
from labelkit.messages import as_message, in_field
from plateau.access.scopes import Actor
from plateau.audit.services import record
from plateau.http.errors import InvalidInput
from plateau.identity.models import Membership
from plateau.jobs import services as jobs
from plateau.jobs.handlers import Running
from plateau.jobs.models import Job
from plateau.texts.fields import store_parameters

MIN_LABELS_FOR_ISSUES = 50


@transaction.atomic
def set_gold_task(*, actor: Actor, task: Task, value: object, is_qualification: bool) -> GoldTask:
    """Trust `value`, or the resolved label where it is None. The task leaves the ordinary queue.

    Raises:
        TaskNotAnnotated: it has no resolved label, and `value` is None.
        TaskLeased: somebody holds it.
        InvalidInput: the value is no annotation of the project's kind.
    """
    task = (
        Task.objects.select_for_update(of=("self",))
        .select_related("project", "annotation", "item__asset")
        .get(pk=task.pk)
    )
    project = task.project
    if value is None:
        if task.annotation is None:
            raise TaskNotAnnotated("The task has no annotation yet. Send the ground truth, or annotate it first.")
        value = task.annotation.value
    else:
        value, _ = canonical_value(task, value)
    if task.state != TaskState.DONE:
        if Lease.objects.filter(task=task).exists():
            raise TaskLeased("Somebody is working on this task. Try again later.")
        state_before, task.state, task.available_slots = task.state, TaskState.DONE, 0
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
        task.save(update_fields=["state", "available_slots", "annotation"])
        record_state_changes(project_id=project.pk, user_id=None, changes={state_before: -1, "done": 1})
    gold, _ = GoldTask.objects.update_or_create(
        task=task, defaults={"value": value, "is_qualification": is_qualification, "created_by_id": actor.user_id}
    )
    record(actor=actor, action="gold.made", subject=task, is_qualification=is_qualification)
    return gold


@transaction.atomic
def remove_gold_task(*, actor: Actor, gold: GoldTask) -> None:
    """Make a gold task an ordinary one again; people's results stay counted."""
    record(actor=actor, action="gold.dropped", subject=gold.task)
    Lease.objects.filter(task=gold.task, kind__in=("gold", "qualification")).delete()
    gold.delete()


def submit_consensus(*, actor: Actor, project: Project, method: str) -> Job:
    """Start a job that resolves all tasks with several annotations again.

    Raises:
        InvalidInput: the method models people, and the kind has no classes.
    """
    if method not in ("auto", "majority") and not project.annotation_type.is_single_class:
        message = "this project type has no classes; annotations are matched and averaged. Choose auto"
        raise InvalidInput(in_field("method", message), [{"field": "method", "message": message}])
    order = ConsensusPayload(project_id=project.pk, method=method)
    with transaction.atomic():
        record(actor=actor, action="consensus.submitted", subject=project, method=method)
        return jobs.submit(CONSENSUS, order, actor=actor, project_id=project.pk)


def run_consensus(running: Running[ConsensusPayload]) -> dict[str, object]:
    """Handler of job kind `consensus`."""
    project = Project.objects.get(pk=running.payload.project_id)
    annotated = Task.objects.filter(project=project, annotation_count__gt=1, state__in=("done", "review"))
    task_ids = list(annotated.order_by("pk").values_list("pk", flat=True))
    if project.annotation_type.is_single_class:
        method, reason, resolved = _resolve_classes(project, task_ids, running.payload.method)
    else:  # large ones: one task in memory at a time
        method, reason = "matched", as_message("this project type has no classes of whole items")
        resolved = _resolve_each(project.annotation_type, task_ids)
    changed = 0
    for index, (task_id, consensus) in enumerate(resolved):
        if index % 200 == 0 or not project.annotation_type.is_single_class:
            running.report(done=index, total=len(task_ids), message=method)
        if consensus is not None:
            changed += _save_consensus(task_id, *consensus)
    running.report(done=len(task_ids), total=len(task_ids), message=method)
    return store_parameters({"method": method, "why": reason, "tasks": len(task_ids), "changed": changed})


Resolved = Iterator[tuple[int, tuple[dict[str, Any], float, Annotation] | None]]


def _resolve_each(annotation_type: AnnotationType, task_ids: Sequence[int]) -> Resolved:
    """Each task with value, confidence, and the last annotation; None where all were rejected."""
    for task_id in task_ids:
        annotations = active_annotations(task_id)
        if annotations:
            values = [annotation.value for annotation in annotations]
            yield task_id, (*annotation_type.find_consensus(values), annotations[-1])
        else:
            yield task_id, None


def _resolve_classes(project: Project, task_ids: Sequence[int], method: str) -> tuple[str, str, Resolved]:
    """The method that was used and why, and of each task what `_resolve_each` says."""
    annotation_type = project.annotation_type
    annotations_by_task = {task_id: active_annotations(task_id) for task_id in task_ids}
    votes = [
        (task_id, annotation.user_id or 0, annotation_type.class_of(annotation.value))
        for task_id, annotations in annotations_by_task.items()
        for annotation in annotations
    ]
    consensus = resolve(votes, method=method)
    resolved: dict[int, tuple[dict[str, Any], float, Annotation]] = {
        task_id: (
            next(
                (
                    annotation.value
                    for annotation in annotations_by_task[task_id]
                    if annotation_type.class_of(annotation.value) == vote.label
                ),
                annotation_type.with_class(vote.label),
            ),
            vote.confidence,
            annotations_by_task[task_id][-1],
        )
        for task_id, vote in consensus.labels.items()
    }
    return consensus.method, consensus.why, ((task_id, resolved.get(task_id)) for task_id in task_ids)


@transaction.atomic
def _save_consensus(task_id: int, value: Mapping[str, object], confidence: float, template: Annotation) -> bool:
    """Save a consensus with the versions of `template`; False where the label stays as it is."""
    current = Task.objects.select_for_update(of=("self",)).select_related("annotation").get(pk=task_id)
    is_reviewed = current.annotation is not None and current.annotation.source == Source.REVIEWER
    if is_reviewed or (current.annotation is not None and current.annotation.value == value):
        return False  # a reviewer's annotation stands above a vote
    current.annotation = Annotation.objects.create(
        project_id=current.project_id,
        task=current,
        client_id=uuid.uuid4(),
        source=Source.CONSENSUS,
        value=value,
        confidence=confidence,
        schema_version=template.schema_version,
        guideline_version=template.guideline_version,
        supersedes=current.annotation,
    )
    current.save(update_fields=["annotation"])
    return True


def save_near_duplicate_issues(*, project: Project, pairs: list[tuple[int, int]]) -> int:
    """Save the tasks of near-duplicates (pairs of item ids) whose labels differ as issues; returns how many."""
    kind = project.annotation_type
    item_ids = {item_id for pair in pairs for item_id in pair}
    rows = Task.objects.filter(project=project, item_id__in=item_ids, state=TaskState.DONE).select_related("annotation")
    by_item = {row.item_id: row for row in rows}
    issues: dict[int, LabelIssue] = {}
    for first_id, second_id in pairs:
        first, second = by_item.get(first_id), by_item.get(second_id)
        if first is None or second is None or first.annotation is None or second.annotation is None:
            continue
        similarity = kind.similarity(first.annotation.value, second.annotation.value)
        if similarity < 1:
            for task, twin in ((first, second), (second, first)):
                issues[task.pk] = LabelIssue(
                    task=task,
                    annotation=task.annotation,
                    reason="near_duplicate",
                    duplicate_task=twin,
                    score=similarity,
                )
    save_label_issues(project=project, reason="near_duplicate", issues=list(issues.values()))
    return len(issues)


@transaction.atomic
def save_label_issues(*, project: Project, reason: str, issues: list[LabelIssue]) -> None:
    """Replace the project's issues of one reason."""
    LabelIssue.objects.filter(task__project=project, reason=reason).delete()
    LabelIssue.objects.bulk_create(issues, batch_size=2000)


def submit_label_issues(*, actor: Actor, project: Project) -> Job:
    """Submit the job that finds label issues.

    Raises:
        LabelIssuesNeedMoreLabels: too few labels to learn from.
    """
    done = Task.objects.filter(project=project, state=TaskState.DONE)
    if done[:MIN_LABELS_FOR_ISSUES].count() < MIN_LABELS_FOR_ISSUES:
        raise LabelIssuesNeedMoreLabels(MIN_LABELS_FOR_ISSUES)
    return jobs.submit(LABEL_ISSUES, LabelIssuesPayload(project_id=project.pk), actor=actor, project_id=project.pk)


@transaction.atomic
def change_membership(
    *,
    actor: Actor,
    project: Project,
    user_id: int,
    is_assigned: bool | None,
    max_annotations: int | None,
    is_paused: bool | None,
) -> None:
    """Assign a person, limit their annotations, pause or resume them; None leaves a field as it is.

    Raises:
        NotFound: no such member of the organization.
    """
    user = Membership.objects.visible_to(actor).get_or_404(user_id=user_id)
    membership, _ = ProjectMembership.objects.get_or_create(project=project, user_id=user.user_id)
    if is_assigned is not None:
        membership.is_assigned = is_assigned
    if max_annotations is not None:
        membership.max_annotations = max_annotations or None
    if is_paused is not None:
        membership.paused_at = timezone.now() if is_paused else None
        membership.pause_reason = "by a manager" if is_paused else ""
    membership.save(update_fields=["is_assigned", "max_annotations", "paused_at", "pause_reason"])
    changes = {"is_assigned": is_assigned, "max_annotations": max_annotations, "is_paused": is_paused}
    record(actor=actor, action="project_membership.changed", subject=membership, **changes)
