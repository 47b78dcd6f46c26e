"""What a project's queue rules and a person's membership say about dispatch."""

from typing import NamedTuple

from annotation.labeling.queue.parameters import PARAMETER_TYPES, Parameters
from annotation.labeling.reach import IS_MEMBER, PROJECT_IS_REACHED
from plateau.database.prepared_statements import PreparedStatement

# In the order of the fields of `QueueContext`.
QUEUE_CONTEXT_COLUMNS = f"""
    p.id, p.kind, p.overlap > 1 OR p.max_annotations_per_task > 1, p.gold_fraction, p.qualification_tasks,
    coalesce(pm.max_annotations, p.max_annotations_per_person), p.queue_version,
    pm.paused_at IS NOT NULL, coalesce(pm.annotation_count, 0), coalesce(pm.qualification_count, 0),
    pm.cursor_queue_version, pm.cursor_position, pm.cursor_shuffle, pm.cursor_task_id,
    p.is_open_to_everyone OR {IS_MEMBER.format(user="%(user_id)s")}, p.archived_at IS NOT NULL
"""
JOIN_MEMBERSHIP = "LEFT JOIN labeling_projectmembership pm ON pm.project_id = p.id AND pm.user_id = %(user_id)s"
READ_QUEUE_CONTEXT = PreparedStatement(
    "queue_context",
    f"""
    SELECT {QUEUE_CONTEXT_COLUMNS} FROM projects_project p {JOIN_MEMBERSHIP}
    WHERE p.id = %(project_id)s AND {PROJECT_IS_REACHED}
    """,  # noqa: S608  # built from constants; values are bound
    PARAMETER_TYPES,
)
START_OF_QUEUE: Parameters = {"cursor_position": float("-inf"), "cursor_shuffle": 0, "cursor_task_id": 0}


class QueueContext(NamedTuple):
    """What a project's queue rules and a person's membership say about dispatch; see `CONTEXT_COLUMNS`."""

    project_id: int
    kind: str
    has_overlap: bool
    gold_fraction: float
    qualification_tasks: int
    max_annotations: int | None
    queue_version: int
    is_paused: bool
    annotation_count: int
    qualification_count: int
    cursor_queue_version: int | None
    cursor_position: float | None
    cursor_shuffle: int | None
    cursor_task_id: int | None
    is_member: bool
    is_archived: bool

    @property
    def blocked_reason(self) -> str:
        """Why nothing is dispatched: `paused`, `not_assigned`, `limit_reached`; empty where something may be."""
        if self.is_paused:
            return "paused"
        if not self.is_member:
            return "not_assigned"
        is_limit_reached = self.max_annotations is not None and self.annotation_count >= self.max_annotations
        return "limit_reached" if is_limit_reached else ""

    @property
    def needs_qualification(self) -> bool:
        """Whether qualification tasks come before the person's first ordinary one."""
        return self.qualification_count < self.qualification_tasks

    @property
    def takes_queue_head_only(self) -> bool:
        """Whether the next task is just the head of the queue: nothing is injected, and nobody has a task twice."""
        return not (self.has_overlap or self.gold_fraction or self.needs_qualification or self.blocked_reason)

    @property
    def cursor(self) -> Parameters:
        """How far the person has come where tasks take several annotations; the start where the queue changed."""
        is_current = self.has_overlap and self.cursor_queue_version == self.queue_version
        if not is_current or self.cursor_position is None:
            return dict(START_OF_QUEUE)
        return {
            "cursor_position": self.cursor_position,
            "cursor_shuffle": self.cursor_shuffle or 0,
            "cursor_task_id": self.cursor_task_id or 0,
        }
