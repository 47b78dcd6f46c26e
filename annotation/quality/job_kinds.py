"""Jobs on the quality of labels."""

from dataclasses import dataclass

from plateau.jobs.kinds import JobKind


@dataclass(frozen=True)
class ConsensusOrder:
    """Resolve all tasks with several annotations again."""

    project_id: int
    method: str


@dataclass(frozen=True)
class DoubtsOrder:
    """Look for labels that look wrong."""

    project_id: int


CONSENSUS = JobKind("consensus", ConsensusOrder, queue="default", subject={"project": "project_id"})
DOUBTS = JobKind("doubts", DoubtsOrder, queue="cpu", subject={"project": "project_id"})
