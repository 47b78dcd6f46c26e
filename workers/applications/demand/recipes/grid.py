"""Events with time and place to counts on a grid of square cells and time slots."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

METRES_A_DEGREE = 111_320.0  # of latitude

Counts = NDArray[np.int32]


@dataclass(frozen=True)
class Grid:
    """Cells with enough demand, the busiest first.

    `places` (cells, 2) are column and row east and north of `corner` (latitude, longitude), in cells of `metres`.
    """

    corner: tuple[float, float]
    metres: float
    places: NDArray[np.int64]

    @property
    def step(self) -> tuple[float, float]:
        """Degrees of latitude and of longitude that a cell spans."""
        north = self.metres / METRES_A_DEGREE
        return north, north / max(np.cos(np.deg2rad(self.corner[0])), 0.01)

    def outline(self, cell: int) -> tuple[float, float, float, float]:
        """South, west, north and east of a cell, in degrees."""
        (north, east), (column, row) = self.step, self.places[cell]
        south, west = self.corner[0] + row * north, self.corner[1] + column * east
        return float(south), float(west), float(south + north), float(west + east)

    def neighbours(self) -> list[list[int]]:
        """Of each cell, the cells that touch it, corners included."""
        index = {(int(c), int(r)): number for number, (c, r) in enumerate(self.places)}
        around = [(dc, dr) for dc in (-1, 0, 1) for dr in (-1, 0, 1) if (dc, dr) != (0, 0)]
        return [
            [index[int(c) + dc, int(r) + dr] for dc, dr in around if (int(c) + dc, int(r) + dr) in index]
            for c, r in self.places
        ]


@dataclass(frozen=True)
class Slots:
    """Equal spans of time from `begin`, `count` of them."""

    begin: datetime
    minutes: int
    count: int

    @property
    def a_day(self) -> int:
        return 24 * 60 // self.minutes

    def moment(self, slot: int) -> datetime:
        """When a slot begins; slots behind the last one are in the future."""
        return self.begin + timedelta(minutes=self.minutes * slot)

    def of(self, times: NDArray[np.datetime64]) -> NDArray[np.int64]:
        """(n,) slots of moments; negative or beyond `count` where they lie outside."""
        seconds = (times - np.datetime64(self.begin)) / np.timedelta64(1, "s")
        found: NDArray[np.int64] = np.floor(seconds / (60 * self.minutes)).astype(np.int64)
        return found


def slots_of(times: NDArray[np.datetime64], minutes: int) -> Slots:
    """From the midnight before the first event to the last slot that is whole."""
    first = times.min().astype("datetime64[D]").astype(datetime)
    begin = datetime(first.year, first.month, first.day)  # local time, as the events have it
    span = (times.max() - np.datetime64(begin)) / np.timedelta64(1, "s")
    return Slots(begin, minutes, int(span // (60 * minutes)))


def grid_of(
    latitude: NDArray[np.float64], longitude: NDArray[np.float64], *, metres: float, least: int, most: int
) -> Grid:
    """The cells with at least `least` events, at most `most` of them.

    Raises:
        ValueError: no cell has so many.
    """
    good = np.isfinite(latitude) & np.isfinite(longitude) & (np.abs(latitude) <= 85) & (np.abs(longitude) <= 180)
    # A few events far away (a wrong reading at 0° 0°) must not move the corner: it is where half a percent lies below.
    corner = (float(np.quantile(latitude[good], 0.005)), float(np.quantile(longitude[good], 0.005)))
    grid = Grid(corner, metres, np.zeros((0, 2), dtype=np.int64))
    places, counts = np.unique(_places(grid, latitude[good], longitude[good]), axis=0, return_counts=True)
    order = np.argsort(-counts, kind="stable")[:most]
    kept = places[order][counts[order] >= least]
    if not len(kept):
        raise ValueError(f"No cell has {least} events: take larger cells, or bring more events.")
    return Grid(corner, metres, kept)


def _places(grid: Grid, latitude: NDArray[np.float64], longitude: NDArray[np.float64]) -> NDArray[np.int64]:
    north, east = grid.step
    columns = np.floor((longitude - grid.corner[1]) / east)
    return np.stack([columns, np.floor((latitude - grid.corner[0]) / north)], axis=1).astype(np.int64)


def cells_of(grid: Grid, latitude: NDArray[np.float64], longitude: NDArray[np.float64]) -> NDArray[np.int64]:
    """(n,) cells of places; −1 outside of the grid's cells."""
    index = {(int(c), int(r)): number for number, (c, r) in enumerate(grid.places)}
    good = np.isfinite(latitude) & np.isfinite(longitude)
    places = _places(grid, np.where(good, latitude, -90), np.where(good, longitude, -180))
    return np.array([index.get((int(c), int(r)), -1) for c, r in places], dtype=np.int64)


def counts_of(slots: Slots, times: NDArray[np.datetime64], cells: NDArray[np.int64], number: int) -> Counts:
    """(slots, cells) events; what lies outside is not counted."""
    slot = slots.of(times)
    good = (slot >= 0) & (slot < slots.count) & (cells >= 0)
    table = np.zeros((slots.count, number), dtype=np.int32)
    np.add.at(table, (slot[good], cells[good]), 1)
    return table
