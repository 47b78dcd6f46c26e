"""Jobs on the quality of labels."""

from dataclasses import dataclass

from plateau.jobs.kinds import JobKind


@dataclass(frozen=True)
class ConsensusPayload:
    """Resolve all tasks with several annotations again."""

    project_id: int
    method: str


@dataclass(frozen=True)
class LabelIssuesPayload:
    """Find labels of a project that are probably wrong."""

    project_id: int


CONSENSUS = JobKind(
    "consensus", ConsensusPayload, queue="default", subject={"project": "project_id"}, title="Consensus"
)
LABEL_ISSUES = JobKind(
    "label-issues", LabelIssuesPayload, queue="cpu", subject={"project": "project_id"}, title="Label error search"
)
