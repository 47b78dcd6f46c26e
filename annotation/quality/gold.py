"""Gold tasks: dispatch them, score annotations of them, and pause people whose accuracy is too low."""

from typing import Any

from django.db.models import F
from django.utils import timezone

from annotation.labeling.hooks import Similarity
from annotation.labeling.models import ProjectMembership
from annotation.labeling.queue.lease_statements import IS_HANDLED_BY_USER
from annotation.labeling.queue.parameters import PARAMETER_TYPES
from annotation.labeling.queue.task_payloads import TASK_COLUMNS, TASK_JOINS
from annotation.projects.models import Project
from annotation.quality.models import GoldResult, GoldTask
from labelkit.messages import Message
from plateau.database.prepared_statements import PreparedStatement
from statkit.confidence_sequences import is_below_floor

# Gold and qualification tasks are few, go to everybody once, and leave the task itself alone.
LEASE_GOLD_TASKS = PreparedStatement(
    "queue_lease_gold",
    f"""
    WITH t AS (
        SELECT q.* FROM quality_goldtask g JOIN labeling_task q ON q.id = g.task_id
        WHERE q.project_id = %(project_id)s AND g.is_qualification = %(is_qualification)s AND NOT ({IS_HANDLED_BY_USER})
        ORDER BY random() LIMIT %(count)s),
    new_lease AS (
        INSERT INTO labeling_lease (user_id, task_id, kind, expires_at)
        SELECT %(user_id)s, t.id, %(lease_kind)s, now() + %(lease_seconds)s * interval '1 second' FROM t
        ON CONFLICT DO NOTHING)
    SELECT {TASK_COLUMNS} FROM t {TASK_JOINS}
    """,  # noqa: S608  # built from constants; values are bound
    PARAMETER_TYPES,
)


def score_annotation(
    *,
    project_id: int,
    task_id: int,
    user_id: int,
    annotation_id: int,
    similarity: Similarity,
    value: dict[str, Any],
    is_qualification: bool,
) -> dict[str, object]:
    """Score an annotation of a gold task and count it; pauses the person where the project's rules say so.

    Returns:
        The trusted value.
    """
    project = Project.objects.get(pk=project_id)
    gold = GoldTask.objects.get(task_id=task_id)
    score = similarity(gold.value, value)
    is_correct = score >= project.min_agreement
    _, is_new = GoldResult.objects.get_or_create(
        task_id=task_id,
        user_id=user_id,
        defaults={
            "project_id": project_id,
            "annotation_id": annotation_id,
            "is_qualification": is_qualification,
            "similarity": score,
            "is_correct": is_correct,
        },
    )
    membership = ProjectMembership.objects.select_for_update().get(project_id=project_id, user_id=user_id)
    if is_new and is_qualification:
        row = ProjectMembership.objects.filter(pk=membership.pk)
        row.update(qualification_count=F("qualification_count") + 1)
    elif is_new:
        membership.gold_count += 1
        membership.gold_correct_count += is_correct
        _pause_if_inaccurate(membership, project.min_gold_accuracy)
        membership.save(update_fields=["gold_count", "gold_correct_count", "paused_at", "pause_reason"])
    return dict(gold.value)


def _pause_if_inaccurate(membership: ProjectMembership, min_accuracy: float | None) -> None:
    correct, count = membership.gold_correct_count, membership.gold_count
    if min_accuracy is None or membership.paused_at is not None or not is_below_floor(correct, count, min_accuracy):
        return
    membership.paused_at = timezone.now()
    membership.pause_reason = Message(
        "{correct} of {count} gold tasks correct, below {floor:.0%}", correct=correct, count=count, floor=min_accuracy
    )
