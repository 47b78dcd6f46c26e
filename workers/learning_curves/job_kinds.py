"""Jobs of learning curves."""

from dataclasses import dataclass, field
from typing import Any

from plateau.jobs.kinds import JobKind
from workers.catalog import recipe_spec


@dataclass(frozen=True)
class StudyOrder:
    """Measure a learning curve: each [size, seed] of the plan, judged on the sealed split."""

    study_id: int
    snapshot_id: int
    recipe: str
    plan: list[list[int]]
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ReplayOrder:
    """Try query strategies on the labels of a snapshot, with paired seeds."""

    snapshot_id: int
    seeds: list[int]


STUDY = JobKind(
    "study", StudyOrder, queue=lambda order: recipe_spec(order.recipe).queue, subject={"project": "project_id"}
)
REPLAY = JobKind("replay", ReplayOrder, queue="cpu", subject={"project": "project_id"})
