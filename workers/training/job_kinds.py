"""Jobs that train."""

from dataclasses import dataclass, field
from typing import Any

from plateau.jobs.kinds import JobKind
from workers.catalog import recipe_spec


@dataclass(frozen=True)
class TrainPayload:
    """Train one model from one snapshot."""

    run_id: int
    snapshot_id: int
    recipe: str
    seed: int
    params: dict[str, Any] = field(default_factory=dict)


TRAIN = JobKind(
    "train",
    TrainPayload,
    queue=lambda payload: recipe_spec(payload.recipe).queue,
    subject={"project": "project_id"},
    title="Training",
)
