"""The value of a forecast to a driver: a simple simulation on the trips that came, with explicit assumptions.

Each driver who is free at the start of a time bin moves to one of the cells that can be reached, or stays, and takes a
trip of that bin where one is left. Every trip of a cell is taken by at most one driver. Rival drivers share the city
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
    """Money in any one currency; times in time bins."""

    fare: float = 14.0
    cost_per_move: float = 1.0
    reach_cells: int = 2  # cells that a driver can cross within a time bin
    drivers: int = 20  # that follow the forecast
    rivals_per_trip: float = 0.7  # other free drivers for each trip that comes in a usual time bin


def simulate(
    counts: Counts, cells: NDArray[np.int64], forecasts: dict[str, Array], assumptions: Assumptions, seed: int = 0
) -> dict[str, dict[str, float]]:
    """Money that a driver earns in a time bin, following each forecast.

    Args:
        counts: (time bins, cells) trips that came.
        cells: (cells, 2) column and row of each cell.
        forecasts: Name to (time bins, cells) expected trips; the same drivers follow each from the same cells, with the
            same rivals.
        assumptions: Money and drivers.
        seed: Of the drivers' first cells and the rivals.

    Returns:
        Of each name `value`, `low` and `high` (95 %, by drawing days of 48 bins), and of each but the first `gain`, its
        difference from the first, with its interval.
    """
    days = max(1, len(counts) // 48)
    money = {name: np.zeros(days) for name in forecasts}
    is_near = np.abs(cells[:, None] - cells[None]).max(axis=2) <= assumptions.reach_cells
    usual = counts.mean(axis=0) + 1e-6
    for day in range(days):
        for name, forecast in forecasts.items():
            rng = np.random.default_rng([seed, day])
            positions = rng.choice(len(cells), assumptions.drivers, p=usual / usual.sum())
            earned = 0.0
            for time_bin in range(day * 48, min((day + 1) * 48, len(counts))):
                rivals = rng.poisson(assumptions.rivals_per_trip * usual)
                positions, income = _simulate_bin(
                    counts[time_bin], forecast[time_bin], is_near, positions, rivals, assumptions, rng
                )
                earned += income
            money[name][day] = earned / assumptions.drivers / 48
    return _money_intervals(money, seed)


def _simulate_bin(
    trips: NDArray[np.int32], expected: Array, is_near: NDArray[np.bool_], positions: NDArray[np.int64],
    rivals: NDArray[np.int64], assumptions: Assumptions, rng: np.random.Generator,
) -> tuple[NDArray[np.int64], float]:  # fmt: skip
    """One time bin: drivers choose one after the other, each counting those who went before."""
    waiting = rivals.astype(np.float64).copy()
    destinations = positions.copy()
    income = 0.0
    for driver in rng.permutation(len(positions)):
        # The chance of a trip where `waiting` others wait for `expected` trips.
        chance = np.minimum(1.0, expected / (waiting + 1)) * assumptions.fare
        gain = np.where(
            is_near[positions[driver]],
            chance - assumptions.cost_per_move * (np.arange(len(trips)) != positions[driver]),
            -np.inf,
        )
        destinations[driver] = int(gain.argmax())
        income -= assumptions.cost_per_move * (destinations[driver] != positions[driver])
        waiting[destinations[driver]] += 1
    for cell in np.unique(destinations):
        followers, rivals_here = int((destinations == cell).sum()), int(rivals[cell])
        drivers_here = followers + rivals_here
        served = rng.hypergeometric(followers, rivals_here, min(int(trips[cell]), drivers_here)) if drivers_here else 0
        income += int(served) * assumptions.fare
    return destinations, income


def _money_intervals(money: dict[str, Array], seed: int) -> dict[str, dict[str, Any]]:
    first = next(iter(money))
    intervals: dict[str, dict[str, Any]] = {}
    for name, values in money.items():
        intervals[name] = bootstrap_mean(values, seed=seed).as_json()
        if name != first:
            gain = bootstrap_mean(values - money[first], seed=seed)
            intervals[name] |= {"gain": gain.value, "gain_low": gain.low, "gain_high": gain.high}
    return intervals
