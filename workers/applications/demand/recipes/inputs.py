"""What is known before a time bin begins, as numbers: counts here, nearby and elsewhere, inflow, weather, calendar."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from workers.applications.demand.recipes.grid import Counts, TimeBins

Array = NDArray[np.float32]
# Groups of inputs that can be left out, to measure the value of each.
INPUT_GROUPS = ("neighborhood", "inflow", "weather")
RECENT_BINS = 6  # time bins back
SCALE_FLOOR = 0.05  # events a time bin: quieter cells are scaled as if they had so many


@dataclass(frozen=True)
class Demand:
    """Counts and what may explain them.

    Args:
        time_bins: When.
        counts: (time bins, cells) events: what is to be forecast.
        neighbors: Of each cell, those next to it.
        inflow: (time bins, cells) arrivals, the stand-in for how many people are there; None where not known.
        weather: (time bins, k) measured until the time bin began; None where not given.
    """

    time_bins: TimeBins
    counts: Counts
    neighbors: list[list[int]]
    inflow: Counts | None = None
    weather: Array | None = None

    @property
    def first(self) -> int:
        """The first time bin that has a whole week before it."""
        return 7 * self.time_bins.per_day + RECENT_BINS


@dataclass(frozen=True)
class Inputs:
    """`x` (rows, features) in units of each cell's mean; `time_bin` and `cell` (rows,); `groups` of the features."""

    x: Array
    time_bin: NDArray[np.int64]
    cell: NDArray[np.int64]
    groups: list[str]
    scale: NDArray[np.float64] = field(repr=False)

    def without_group(self, group: str) -> "Inputs":
        """The same without the features of a group."""
        is_included = np.array([name != group for name in self.groups])
        groups = [name for name in self.groups if name != group]
        return Inputs(self.x[:, is_included], self.time_bin, self.cell, groups, self.scale)


def cell_scales(counts: Counts, until: int) -> NDArray[np.float64]:
    """(cells,) mean events a time bin before `until`: each series is divided by its own mean, as DeepAR does
    (D. Salinas et al. 2020, arXiv 1704.04110), so that one network serves quiet and busy cells."""
    means: NDArray[np.float64] = np.maximum(counts[:until].mean(axis=0, dtype=np.float64), SCALE_FLOOR)
    return means


def build_inputs(demand: Demand, start: int, end: int, scale: NDArray[np.float64]) -> Inputs:
    """Inputs for every cell in the time bins from `start` to before `end`, at most one past the last counted bin.

    Nothing at or after a time bin is looked at for that time bin.

    Raises:
        ValueError: a week of history is missing.
    """
    if start < demand.first:
        raise ValueError("A forecast needs counts of the week before it.")
    day, week = demand.time_bins.per_day, 7 * demand.time_bins.per_day
    cells = demand.counts.shape[1]
    scaled = (demand.counts / scale).astype(np.float32)
    scaled = np.concatenate([scaled, np.zeros((1, cells), dtype=np.float32)])  # the time bin to come, never read
    time_bins = np.arange(start, end)
    parts: list[Array] = []
    groups: list[str] = []

    def add(group: str, *columns: Array) -> None:
        for column in columns:
            parts.append(column.astype(np.float32).reshape(len(time_bins) * cells))
            groups.append(group)

    lags = [*range(1, RECENT_BINS + 1), day - 1, day, day + 1, 2 * day, week - 1, week, week + 1]
    add("own", *(scaled[time_bins - lag] for lag in lags))
    add("own", np.mean([scaled[time_bins - lag] for lag in range(1, day + 1)], axis=0))
    add("own", np.mean([scaled[time_bins - days * day] for days in range(1, 8)], axis=0))
    weights = np.zeros((cells, cells), dtype=np.float32)
    for cell, around in enumerate(demand.neighbors):
        if around:
            weights[around, cell] = 1 / len(around)
    neighborhood = scaled @ weights
    everywhere = np.concatenate([demand.counts.sum(axis=1) / scale.sum(), [0]]).astype(np.float32)[:, None]
    everywhere = np.repeat(everywhere, cells, axis=1)
    add("neighborhood", *(neighborhood[time_bins - lag] for lag in (1, 2, 3, week)))
    add("neighborhood", *(everywhere[time_bins - lag] for lag in (1, 2, 3, day, week - 1, week)))
    if demand.inflow is not None:
        arrivals = np.concatenate([(demand.inflow / scale).astype(np.float32), np.zeros((1, cells), dtype=np.float32)])
        add("inflow", *(arrivals[time_bins - lag] for lag in (1, 2, 3, 4, week)))
    if demand.weather is not None:
        # Weather of the time bin before: a forecast of the weather itself is not assumed.
        add("weather", *(np.repeat(column[time_bins - 1][:, None], cells, axis=1) for column in demand.weather.T))
    add("calendar", *_calendar(demand.time_bins, time_bins, cells))
    add("calendar", np.tile(np.log(scale).astype(np.float32), (len(time_bins), 1)))
    return Inputs(
        np.stack(parts, axis=1),
        np.repeat(time_bins, cells),
        np.tile(np.arange(cells), len(time_bins)),
        groups,
        scale,
    )


def _calendar(time_bins: TimeBins, index: NDArray[np.int64], cells: int) -> list[Array]:
    """Time of the day in three harmonics, of the week in two, and the weekend."""
    of_day = 2 * np.pi * (index % time_bins.per_day) / time_bins.per_day
    weekday = (time_bins.start.weekday() + index // time_bins.per_day) % 7
    of_week = 2 * np.pi * (weekday * time_bins.per_day + index % time_bins.per_day) / (7 * time_bins.per_day)
    columns = [wave(k * of_day) for k in (1, 2, 3) for wave in (np.sin, np.cos)]
    columns += [wave(k * of_week) for k in (1, 2) for wave in (np.sin, np.cos)]
    columns.append((weekday >= 5).astype(np.float64))
    return [np.repeat(column[:, None], cells, axis=1).astype(np.float32) for column in columns]


def build_targets(demand: Demand, inputs: Inputs) -> NDArray[np.float64]:
    """(rows,) events that came."""
    return demand.counts[inputs.time_bin, inputs.cell].astype(np.float64)
