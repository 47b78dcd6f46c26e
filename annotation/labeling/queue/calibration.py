"""Annotations of gold and qualification tasks: scored, and the task left alone."""

from typing import Any

from django.db.backends.utils import CursorWrapper

from annotation.labeling import hooks
from annotation.labeling.models import TaskState
from annotation.labeling.queue.context import QueueContext
from annotation.labeling.queue.locking import LockedTask, StaleReadError
from annotation.labeling.queue.parameters import Parameters
from annotation.labeling.queue.submit_statements import SAVE_CALIBRATION_ANNOTATION
from labelkit.annotations import AnnotationType


def submit_calibration_annotation(
    cursor: CursorWrapper,
    parameters: Parameters,
    task: LockedTask,
    context: QueueContext,
    annotation_type: AnnotationType,
    value: dict[str, Any],
) -> tuple[int, dict[str, Any] | None, QueueContext]:
    """Write an annotation of a gold or qualification task: it is scored, and the task left alone."""
    is_qualification = task.lease_kind == "qualification"
    counts = dict.fromkeys(TaskState.values, 0) | {"first_annotations": int(task.own_annotation_id is None)}
    annotation_id, ended_leases = SAVE_CALIBRATION_ANNOTATION.run(cursor, parameters | counts).fetchone()
    if not ended_leases:
        raise StaleReadError
    (provider,) = hooks.gold_providers
    trusted_value = provider.score_annotation(
        project_id=context.project_id,
        task_id=parameters["task_id"],
        user_id=parameters["user_id"],
        annotation_id=annotation_id,
        similarity=annotation_type.similarity,
        value=value,
        is_qualification=is_qualification,
    )
    context = context._replace(
        annotation_count=context.annotation_count + 1,
        qualification_count=context.qualification_count + is_qualification,
    )
    return annotation_id, trusted_value if is_qualification else None, context
