"""What a forecast is worth to a driver: a simple simulation on the trips that came, with its assumptions said.

Each driver who is free at the start of a slot moves to one of the cells that can be reached, or stays, and takes a
trip of that slot where one is left. Every trip of a cell is taken by at most one driver. `rival` drivers share the city
out as the demand usually is, and take what they reach first in a random order.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from statkit.bootstrap import bootstrap_mean
from workers.applications.demand.recipes.grid import Counts

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Assumptions:
    """Money in any one currency; times in slots."""

    fare: float = 14.0
    cost_a_move: float = 1.0
    reach: int = 2  # cells that a driver can cross within a slot
    drivers: int = 20  # who follow the forecast
    rivals_a_trip: float = 0.7  # other free drivers for each trip that comes in a usual slot


def simulate(
    counts: Counts, places: NDArray[np.int64], forecasts: dict[str, Array], given: Assumptions, seed: int = 0
) -> dict[str, dict[str, float]]:
    """Money a driver makes in a slot, sent by each forecast.

    Args:
        counts: (slots, cells) trips that came.
        places: (cells, 2) column and row of each cell.
        forecasts: Name to (slots, cells) expected trips; each is followed by the same drivers from the same cells, with
            the same rivals.
        given: Assumptions.
        seed: Of the drivers' places and the rivals.

    Returns:
        Of each name `value`, `low` and `high` (95 %, by drawing days of 48 slots), and of each but the first `gain`,
        its difference from the first, with its interval.
    """
    days = max(1, len(counts) // 48)
    money = {name: np.zeros(days) for name in forecasts}
    near = np.abs(places[:, None] - places[None]).max(axis=2) <= given.reach
    usual = counts.mean(axis=0) + 1e-6
    for day in range(days):
        for name, forecast in forecasts.items():
            rng = np.random.default_rng([seed, day])
            at = rng.choice(len(places), given.drivers, p=usual / usual.sum())
            earned = 0.0
            for slot in range(day * 48, min((day + 1) * 48, len(counts))):
                rivals = rng.poisson(given.rivals_a_trip * usual)
                at, made = _slot(counts[slot], forecast[slot], near, at, rivals, given, rng)
                earned += made
            money[name][day] = earned / given.drivers / 48
    return _intervals(money, seed)


def _slot(
    trips: NDArray[np.int32], expected: Array, near: NDArray[np.bool_], at: NDArray[np.int64],
    rivals: NDArray[np.int64], given: Assumptions, rng: np.random.Generator,
) -> tuple[NDArray[np.int64], float]:  # fmt: skip
    """One slot: drivers choose one after the other, each counting those who went before."""
    going = rivals.astype(np.float64).copy()
    chosen = at.copy()
    made = 0.0
    for driver in rng.permutation(len(at)):
        # The chance of a trip where `going` others wait for `expected` trips.
        chance = np.minimum(1.0, expected / (going + 1)) * given.fare
        gain = np.where(near[at[driver]], chance - given.cost_a_move * (np.arange(len(trips)) != at[driver]), -np.inf)
        chosen[driver] = int(gain.argmax())
        made -= given.cost_a_move * (chosen[driver] != at[driver])
        going[chosen[driver]] += 1
    for cell in np.unique(chosen):
        mine, others = int((chosen == cell).sum()), int(rivals[cell])
        taken = int(rng.hypergeometric(mine, others, min(int(trips[cell]), mine + others))) if mine + others else 0
        made += taken * given.fare
    return chosen, made


def _intervals(money: dict[str, Array], seed: int) -> dict[str, dict[str, Any]]:
    first = next(iter(money))
    found: dict[str, dict[str, Any]] = {}
    for name, values in money.items():
        found[name] = bootstrap_mean(values, seed=seed).as_json()
        if name != first:
            gain = bootstrap_mean(values - money[first], seed=seed)
            found[name] |= {"gain": gain.value, "gain_low": gain.low, "gain_high": gain.high}
    return found
