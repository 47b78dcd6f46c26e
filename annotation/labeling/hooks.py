"""What quality control adds to the queue; it registers itself when Django starts.

The queue hands out tasks whose answer is known and leaves aside answers that were rejected, but it does not know who
keeps such answers or who rejects: whoever does stands on it.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Protocol

from plateau.database.prepared_statements import Prepared

Likeness = Callable[[dict[str, Any], dict[str, Any]], float]


class Score(Protocol):
    """Scores an answer to a gold or practice item and counts it for the person; returns the trusted answer."""

    def __call__(
        self,
        *,
        project_id: int,
        task_id: int,
        user_id: int,
        annotation_id: int,
        likeness: Likeness,
        value: dict[str, Any],
        practice: bool,
    ) -> dict[str, Any]: ...


@dataclass(frozen=True)
class GoldDesk:
    """Whoever keeps tasks whose answer is known.

    `hand_out` leases up to `count` of them; it takes `statements.TYPES` and gives `statements.TASK_COLUMNS`.
    """

    hand_out: Prepared
    score: Score


# There is at most one: a lease of kind `gold` or `practice` does not say whose it is.
gold_desks: list[GoldDesk] = []

# Each is given ids of annotations, and says which of them do not count any more.
Rejected = Callable[[Collection[int]], set[int]]
rejected_by: list[Rejected] = []


def rejected_of(annotation_ids: Collection[int]) -> set[int]:
    """Which of these annotations anyone rejected."""
    return {pk for ask in rejected_by for pk in ask(annotation_ids)}
