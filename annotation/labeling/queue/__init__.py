"""The hot path: dispatch tasks, take annotations.

A task goes to at most as many people as it requires annotations. Gold and qualification tasks are injected in
between; to the person who gets one it looks like any other task. PostgreSQL plans each statement once for a connection.
"""

from annotation.labeling.queue.leasing import Dispatch, lease_next_tasks, lease_task
from annotation.labeling.queue.skipping import skip_task, undo_skip
from annotation.labeling.queue.submitting import SubmittedAnnotation, submit_annotation
from annotation.labeling.queue.task_payloads import get_task

__all__ = [
    "Dispatch",
    "SubmittedAnnotation",
    "get_task",
    "lease_next_tasks",
    "lease_task",
    "skip_task",
    "submit_annotation",
    "undo_skip",
]
