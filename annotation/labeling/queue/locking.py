"""A task under its lock."""

from typing import Any, NamedTuple

from django.db.backends.utils import CursorWrapper

from annotation.labeling.errors import LabelingBlocked
from annotation.labeling.models import TaskState
from annotation.labeling.queue.context import (
    JOIN_MEMBERSHIP,
    QUEUE_CONTEXT_COLUMNS,
    QueueContext,
)
from annotation.labeling.queue.parameters import PARAMETER_TYPES, Parameters
from annotation.labeling.reach import PROJECT_IS_REACHED
from plateau.database.prepared_statements import PreparedStatement
from plateau.http.errors import NotFound

# In the order of the fields of `LockedTask`, then of `QueueContext`.
LOCK_TASK = PreparedStatement(
    "queue_lock_task",
    f"""
    SELECT t.state, t.required_annotations, t.annotation_count, t.available_slots, t.skip_count, t.shuffle,
           t.annotation_id, l.kind, i.text, a.width, a.height, p.schema_version, p.guideline_version,
           p.review_fraction, same_request.id, same_request.value, own.id,
           l.kind IS NULL AND EXISTS (SELECT 1 FROM labeling_expiredlease x
                                      WHERE x.user_id = %(user_id)s AND x.task_id = t.id),
           t.assignee_id, {QUEUE_CONTEXT_COLUMNS}
    FROM labeling_task t
    JOIN projects_project p ON p.id = t.project_id
    JOIN datalake_item i ON i.id = t.item_id
    LEFT JOIN datalake_asset a ON a.id = i.asset_id
    LEFT JOIN labeling_lease l ON l.user_id = %(user_id)s AND l.task_id = t.id AND l.kind <> 'review'
    LEFT JOIN labeling_annotation same_request
        ON same_request.task_id = t.id AND same_request.client_id = %(client_id)s
    LEFT JOIN LATERAL (
        SELECT n.id FROM labeling_annotation n
        WHERE n.task_id = t.id AND n.user_id = %(user_id)s AND n.source = 'person'
        ORDER BY n.id DESC LIMIT 1) own ON true
    {JOIN_MEMBERSHIP}
    WHERE t.id = %(task_id)s AND {PROJECT_IS_REACHED}
    FOR UPDATE OF t
    """,  # noqa: S608  # built from constants; values are bound
    PARAMETER_TYPES,
)
_CALIBRATION_LEASES = ("gold", "qualification")


class LockedTask(NamedTuple):
    """A task under its lock; in the order of `LOCK_TASK`."""

    state: str
    required_annotations: int
    annotation_count: int
    available_slots: int
    skip_count: int
    shuffle: int
    annotation_id: int | None
    lease_kind: str | None
    text: str
    width: int | None
    height: int | None
    schema_version: int
    guideline_version: int
    review_fraction: float
    replayed_annotation_id: int | None
    replayed_value: Any
    own_annotation_id: int | None
    was_held: bool
    assignee_id: int | None

    @property
    def is_available(self) -> bool:
        """Whether nobody else has it."""
        return self.state == TaskState.OPEN and self.available_slots > 0

    @property
    def is_held(self) -> bool:
        """Whether the person holds it, or held it until the lease ran out and nobody took it since."""
        return self.lease_kind is not None or (self.was_held and self.is_available)

    @property
    def is_calibration(self) -> bool:
        """Whether the lease is of a gold or qualification task."""
        return self.lease_kind in _CALIBRATION_LEASES


def check_may_label(context: QueueContext, *, is_new: bool) -> None:
    """Refuse who labels nothing here now; the limit holds for what `is_new`, not for their own earlier annotations.

    Raises:
        LabelingBlocked: they are paused, no member any more, or at their limit.
    """
    blocked = {"blocked_reason": context.blocked_reason}
    if context.blocked_reason == "paused":
        raise LabelingBlocked("Your work in this project is paused. Nothing was saved; ask its manager.", **blocked)
    if context.blocked_reason == "not_assigned":
        raise LabelingBlocked("You are not a member of this project. Nothing was saved; ask its manager.", **blocked)
    if context.blocked_reason == "limit_reached" and is_new:
        raise LabelingBlocked(
            "You have reached your limit of annotations in this project. Nothing was saved.", **blocked
        )


class StaleReadError(Exception):
    """What was read before the lock was no longer so after it; read again."""


def lock_task(cursor: CursorWrapper, parameters: Parameters) -> tuple[LockedTask, QueueContext]:
    """Lock a task and read what decides about it.

    Raises:
        NotFound: no such task.
    """
    row = LOCK_TASK.run(cursor, parameters).fetchone()
    if row is None:
        raise NotFound("There is no such task in your organization.")
    column_count = len(LockedTask._fields)
    return LockedTask(*row[:column_count]), QueueContext(*row[column_count:])
