"""What quality control adds to the queue; it registers itself when Django starts.

The queue dispatches tasks whose annotation is known and leaves out annotations that were rejected, but it does not know
who keeps such annotations or who rejects: whoever does stands on it.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Protocol

from django.db.models import CharField, Value

from plateau.database.prepared_statements import PreparedStatement

Similarity = Callable[[dict[str, Any], dict[str, Any]], float]


class ScoreAnnotation(Protocol):
    """Scores an annotation of a gold or qualification task and counts it for the person; returns the trusted value."""

    def __call__(
        self,
        *,
        project_id: int,
        task_id: int,
        user_id: int,
        annotation_id: int,
        similarity: Similarity,
        value: dict[str, Any],
        is_qualification: bool,
    ) -> dict[str, object]: ...


@dataclass(frozen=True)
class GoldProvider:
    """Whoever keeps tasks whose annotation is known.

    `lease_tasks` leases up to `count` of them; it takes `queue.parameters.PARAMETER_TYPES` and returns rows of
    `queue.task_payloads.TASK_COLUMNS`.
    """

    lease_tasks: PreparedStatement
    score_annotation: ScoreAnnotation


# There is at most one: a lease of kind `gold` or `qualification` does not say whose it is.
gold_providers: list[GoldProvider] = []

# Each takes ids of annotations and returns those that were rejected.
RejectedAnnotations = Callable[[Collection[int]], set[int]]
rejection_queries: list[RejectedAnnotations] = []


def rejected_annotations(annotation_ids: Collection[int]) -> set[int]:
    """Which of these annotations anyone rejected."""
    return {annotation_id for query in rejection_queries for annotation_id in query(annotation_ids)}


# There is at most one: an expression of the split that a task's item is assigned to, null where it is none.
split_expressions: list[Callable[[], Any]] = []


def split_of_task() -> Any:
    """The split of a task's item, as an expression of the task; null where nobody assigns any."""
    return split_expressions[0]() if split_expressions else Value(None, output_field=CharField())
