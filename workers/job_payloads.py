"""Frozen values that cross from the web to a worker, as JSON in a job's payload."""

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class TrainOrder:
    """Train one model from one snapshot."""

    run_id: int
    snapshot_id: int
    recipe: str
    seed: int
    params: dict[str, Any] = field(default_factory=dict)

    def payload(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


@dataclass(frozen=True)
class ReplayOrder:
    """Try query strategies on the labels of a snapshot, with paired seeds."""

    snapshot_id: int
    seeds: list[int]

    def payload(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


@dataclass(frozen=True)
class StudyOrder:
    """Measure a learning curve: each [size, seed] of the plan, judged on the sealed split."""

    study_id: int
    snapshot_id: int
    recipe: str
    plan: list[list[int]]
    params: dict[str, Any] = field(default_factory=dict)

    def payload(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)
