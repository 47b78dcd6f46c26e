"""Jobs of sweeps."""

from dataclasses import dataclass

from plateau.jobs.kinds import JobKind
from workers.catalog import recipe_spec


@dataclass(frozen=True)
class TrialPayload:
    """One trial of a search."""

    snapshot_id: int
    recipe: str
    search_id: int
    number: int


TRIAL = JobKind(
    "trial", TrialPayload, queue=lambda order: recipe_spec(order.recipe).queue, subject={"search": "trial__search_id"}
)
