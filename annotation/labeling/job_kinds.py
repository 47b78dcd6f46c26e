"""Jobs on the queue of labeling."""

from dataclasses import dataclass

from plateau.jobs.kinds import JobKind


@dataclass(frozen=True)
class SelectionPayload:
    """Put a project's queue into the order of a query strategy."""

    project_id: int
    strategy: str
    seed: int


SELECTION = JobKind(
    "selection", SelectionPayload, queue="cpu", subject={"project": "project_id"}, title="Active learning"
)
