"""Jobs on the queue of labeling."""

from dataclasses import dataclass

from plateau.jobs.kinds import JobKind


@dataclass(frozen=True)
class SelectionPayload:
    """Put a project's queue into the order of a query strategy."""

    project_id: int
    strategy: str
    seed: int


@dataclass(frozen=True)
class AggregationPayload:
    """Resolve a task with several large annotations; `user_id` made the last of them."""

    task_id: int
    user_id: int


AGGREGATION = JobKind(
    "aggregation", AggregationPayload, queue="cpu", subject={"project": "project_id"}, title="Consensus of a task"
)
SELECTION = JobKind(
    "selection", SelectionPayload, queue="cpu", subject={"project": "project_id"}, title="Active learning"
)
