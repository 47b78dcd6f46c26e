"""Jobs on the quality of labels."""

from dataclasses import dataclass

from plateau.jobs.kinds import JobKind


@dataclass(frozen=True)
class ConsensusPayload:
    """Resolve all tasks with several annotations again."""

    project_id: int
    method: str


@dataclass(frozen=True)
class DoubtsPayload:
    """Look for labels that look wrong."""

    project_id: int


CONSENSUS = JobKind("consensus", ConsensusPayload, queue="default", subject={"project": "project_id"})
DOUBTS = JobKind("doubts", DoubtsPayload, queue="cpu", subject={"project": "project_id"})
