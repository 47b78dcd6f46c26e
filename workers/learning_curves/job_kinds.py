"""Jobs of learning curves."""

from dataclasses import dataclass, field
from typing import Any

from plateau.jobs.kinds import JobKind
from workers.catalog import recipe_spec


@dataclass(frozen=True)
class LearningCurvePayload:
    """Measure a learning curve: train each [size, seed] of the plan, and evaluate on the held-out test set."""

    learning_curve_id: int
    snapshot_id: int
    recipe: str
    training_plan: list[list[int]]
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class SimulationPayload:
    """Simulate query strategies on the labels of a snapshot, with paired seeds."""

    snapshot_id: int
    seeds: list[int]


LEARNING_CURVE = JobKind(
    "learning-curve",
    LearningCurvePayload,
    queue=lambda payload: recipe_spec(payload.recipe).queue,
    subject={"project": "project_id"},
    title="Learning curve",
)
ACTIVE_LEARNING_SIMULATION = JobKind(
    "active-learning-simulation",
    SimulationPayload,
    queue="cpu",
    subject={"project": "project_id"},
    title="Active learning simulation",
)
