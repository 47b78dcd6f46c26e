"""Gold items: answers whose truth is known, what they say of a person, and when somebody is paused."""

from typing import Any

from django.db.models import F
from django.utils import timezone

from annotation.labeling.hooks import Likeness
from annotation.labeling.models import Seat
from annotation.labeling.statements import MINE, TASK_COLUMNS, TASK_JOINS, TYPES
from annotation.projects.models import Project
from annotation.quality.models import GoldAnswer, GoldItem
from plateau.database.prepared_statements import Prepared
from statkit.confidence_sequences import is_below_floor

# Gold and practice items are few, go to everybody once, and leave the task itself alone.
HAND_OUT = Prepared(
    "queue_gold",
    f"""
    WITH t AS (
        SELECT q.* FROM quality_golditem g JOIN labeling_task q ON q.id = g.task_id
        WHERE q.project_id = %(project)s AND g.practice = %(practice)s AND NOT ({MINE})
        ORDER BY random() LIMIT %(count)s),
    held AS (
        INSERT INTO labeling_lease (user_id, task_id, kind, until)
        SELECT %(user)s, t.id, %(kind)s, now() + %(seconds)s * interval '1 second' FROM t ON CONFLICT DO NOTHING)
    SELECT {TASK_COLUMNS} FROM t {TASK_JOINS}
    """,  # noqa: S608  # built from constants; values are bound
    TYPES,
)


def note(
    *,
    project_id: int,
    task_id: int,
    user_id: int,
    annotation_id: int,
    likeness: Likeness,
    value: dict[str, Any],
    practice: bool,
) -> dict[str, Any]:
    """Score an answer to a gold item and count it; pauses the person where the project's rule says so.

    Returns:
        The trusted answer.
    """
    project = Project.objects.get(pk=project_id)
    trusted = GoldItem.objects.get(task_id=task_id)
    score = likeness(trusted.value, value)
    right = score >= project.agreement_floor
    _, new = GoldAnswer.objects.get_or_create(
        task_id=task_id,
        user_id=user_id,
        defaults={
            "project_id": project_id,
            "annotation_id": annotation_id,
            "practice": practice,
            "score": score,
            "right": right,
        },
    )
    seat = Seat.objects.select_for_update().get(project_id=project_id, user_id=user_id)
    if new and practice:
        Seat.objects.filter(pk=seat.pk).update(practiced=F("practiced") + 1)
    elif new:
        seat.gold_given, seat.gold_right = seat.gold_given + 1, seat.gold_right + right
        floor = project.skill_floor
        if floor is not None and seat.paused_at is None and is_below_floor(seat.gold_right, seat.gold_given, floor):
            seat.paused_at = timezone.now()
            seat.paused_why = f"gold items: {seat.gold_right} of {seat.gold_given} right, surely below {floor:.0%}"
        seat.save(update_fields=["gold_given", "gold_right", "paused_at", "paused_why"])
    return dict(trusted.value)
