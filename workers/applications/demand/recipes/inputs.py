"""What is known before a slot begins, as numbers: history here, next door and elsewhere, inflow, weather, calendar."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from workers.applications.demand.recipes.grid import Counts, Slots

Array = NDArray[np.float32]
# Groups of inputs that can be left out, to see what each is worth.
GROUPS = ("places", "inflow", "weather")
RECENT = 6  # slots back
SCALE_FLOOR = 0.05  # events a slot: quieter cells are scaled as if they had so many


@dataclass(frozen=True)
class Demand:
    """Counts and what may explain them.

    Args:
        slots: When.
        counts: (slots, cells) events: what is to be forecast.
        neighbours: Of each cell, those next to it.
        inflow: (slots, cells) arrivals, the stand-in for how many people are there; None where not known.
        weather: (slots, k) measured until the slot began; None where not given.
    """

    slots: Slots
    counts: Counts
    neighbours: list[list[int]]
    inflow: Counts | None = None
    weather: Array | None = None

    @property
    def first(self) -> int:
        """The first slot that has a whole week before it."""
        return 7 * self.slots.a_day + RECENT


@dataclass(frozen=True)
class Inputs:
    """`x` (rows, features) in units of each cell's mean, `slot` and `cell` (rows,), and `groups` of the features."""

    x: Array
    slot: NDArray[np.int64]
    cell: NDArray[np.int64]
    groups: list[str]
    scale: NDArray[np.float64] = field(repr=False)

    def without(self, group: str) -> "Inputs":
        """The same without the features of a group."""
        kept = np.array([one != group for one in self.groups])
        return Inputs(self.x[:, kept], self.slot, self.cell, [one for one in self.groups if one != group], self.scale)


def scales_of(counts: Counts, until: int) -> NDArray[np.float64]:
    """(cells,) mean events a slot before `until`: each series is divided by its own mean, as DeepAR does
    (D. Salinas et al. 2020, arXiv 1704.04110), so that one network serves quiet and busy cells."""
    means: NDArray[np.float64] = np.maximum(counts[:until].mean(axis=0, dtype=np.float64), SCALE_FLOOR)
    return means


def inputs_of(demand: Demand, begin: int, end: int, scale: NDArray[np.float64]) -> Inputs:
    """Inputs for every cell in the slots from `begin` to before `end`; `end` may be one past the last counted slot.

    Nothing at or after a slot is looked at for that slot.

    Raises:
        ValueError: a week of history is missing.
    """
    if begin < demand.first:
        raise ValueError("A forecast needs a week of counts before it.")
    day, week = demand.slots.a_day, 7 * demand.slots.a_day
    cells = demand.counts.shape[1]
    scaled = (demand.counts / scale).astype(np.float32)
    scaled = np.concatenate([scaled, np.zeros((1, cells), dtype=np.float32)])  # the slot to come, never read
    slots = np.arange(begin, end)
    parts: list[Array] = []
    groups: list[str] = []

    def add(group: str, *columns: Array) -> None:
        for column in columns:
            parts.append(column.astype(np.float32).reshape(len(slots) * cells))
            groups.append(group)

    lags = [*range(1, RECENT + 1), day - 1, day, day + 1, 2 * day, week - 1, week, week + 1]
    add("own", *(scaled[slots - lag] for lag in lags))
    add("own", np.mean([scaled[slots - lag] for lag in range(1, day + 1)], axis=0))
    add("own", np.mean([scaled[slots - days * day] for days in range(1, 8)], axis=0))
    weights = np.zeros((cells, cells), dtype=np.float32)
    for cell, around in enumerate(demand.neighbours):
        if around:
            weights[around, cell] = 1 / len(around)
    beside = scaled @ weights
    everywhere = np.concatenate([demand.counts.sum(axis=1) / scale.sum(), [0]]).astype(np.float32)[:, None]
    everywhere = np.repeat(everywhere, cells, axis=1)
    add("places", *(beside[slots - lag] for lag in (1, 2, 3, week)))
    add("places", *(everywhere[slots - lag] for lag in (1, 2, 3, day, week - 1, week)))
    if demand.inflow is not None:
        arrivals = np.concatenate([(demand.inflow / scale).astype(np.float32), np.zeros((1, cells), dtype=np.float32)])
        add("inflow", *(arrivals[slots - lag] for lag in (1, 2, 3, 4, week)))
    if demand.weather is not None:
        # Weather of the slot before: a forecast of the weather itself is not assumed.
        add("weather", *(np.repeat(column[slots - 1][:, None], cells, axis=1) for column in demand.weather.T))
    add("calendar", *_calendar(demand.slots, slots, cells))
    add("calendar", np.tile(np.log(scale).astype(np.float32), (len(slots), 1)))
    return Inputs(
        np.stack(parts, axis=1),
        np.repeat(slots, cells),
        np.tile(np.arange(cells), len(slots)),
        groups,
        scale,
    )


def _calendar(slots: Slots, of: NDArray[np.int64], cells: int) -> list[Array]:
    """Time of the day in three harmonics, of the week in two, and the weekend."""
    of_day = 2 * np.pi * (of % slots.a_day) / slots.a_day
    weekday = (slots.begin.weekday() + of // slots.a_day) % 7
    of_week = 2 * np.pi * (weekday * slots.a_day + of % slots.a_day) / (7 * slots.a_day)
    found = [wave(k * of_day) for k in (1, 2, 3) for wave in (np.sin, np.cos)]
    found += [wave(k * of_week) for k in (1, 2) for wave in (np.sin, np.cos)]
    found.append((weekday >= 5).astype(np.float64))
    return [np.repeat(one[:, None], cells, axis=1).astype(np.float32) for one in found]


def targets_of(demand: Demand, inputs: Inputs) -> NDArray[np.float64]:
    """(rows,) events that came."""
    return demand.counts[inputs.slot, inputs.cell].astype(np.float64)
