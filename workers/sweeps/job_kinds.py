"""Jobs of sweeps."""

from dataclasses import dataclass

from plateau.jobs.kinds import JobKind
from workers.catalog import recipe_spec


@dataclass(frozen=True)
class TrialPayload:
    """One trial of a sweep."""

    snapshot_id: int
    recipe: str
    sweep_id: int
    number: int


TRIAL = JobKind(
    "trial",
    TrialPayload,
    queue=lambda payload: recipe_spec(payload.recipe).queue,
    subject={"sweep": "trial__sweep_id"},
    title="Sweep trial",
)
