"""Events with time and place to counts on a grid of square cells and equal time bins."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from labelkit.messages import Message

METERS_PER_DEGREE = 111_320.0  # of latitude

Counts = NDArray[np.int32]


@dataclass(frozen=True)
class Grid:
    """Cells with enough demand, the busiest first.

    `cells` (cells, 2) are column and row east and north of `origin` (latitude, longitude), in cells of `cell_size_m`.
    """

    origin: tuple[float, float]
    cell_size_m: float
    cells: NDArray[np.int64]

    @property
    def step(self) -> tuple[float, float]:
        """Degrees of latitude and of longitude that a cell spans."""
        north = self.cell_size_m / METERS_PER_DEGREE
        return north, north / max(np.cos(np.deg2rad(self.origin[0])), 0.01)

    def bounds(self, cell: int) -> tuple[float, float, float, float]:
        """South, west, north and east of a cell, in degrees."""
        (north, east), (column, row) = self.step, self.cells[cell]
        south, west = self.origin[0] + row * north, self.origin[1] + column * east
        return float(south), float(west), float(south + north), float(west + east)

    def neighbors(self) -> list[list[int]]:
        """Of each cell, the cells that touch it, corners included."""
        index = {(int(c), int(r)): number for number, (c, r) in enumerate(self.cells)}
        around = [(dc, dr) for dc in (-1, 0, 1) for dr in (-1, 0, 1) if (dc, dr) != (0, 0)]
        return [
            [index[int(c) + dc, int(r) + dr] for dc, dr in around if (int(c) + dc, int(r) + dr) in index]
            for c, r in self.cells
        ]


@dataclass(frozen=True)
class TimeBins:
    """Equal spans of time from `start`, `count` of them."""

    start: datetime
    bin_minutes: int
    count: int

    @property
    def per_day(self) -> int:
        return 24 * 60 // self.bin_minutes

    def moment(self, time_bin: int) -> datetime:
        """When a time bin begins; time bins behind the last one are in the future."""
        return self.start + timedelta(minutes=self.bin_minutes * time_bin)

    def of(self, times: NDArray[np.datetime64]) -> NDArray[np.int64]:
        """(n,) time bins of moments; negative or beyond `count` where they lie outside."""
        seconds = (times - np.datetime64(self.start)) / np.timedelta64(1, "s")
        time_bins: NDArray[np.int64] = np.floor(seconds / (60 * self.bin_minutes)).astype(np.int64)
        return time_bins


def bin_times(times: NDArray[np.datetime64], bin_minutes: int) -> TimeBins:
    """From the midnight before the first event to the last time bin that is whole."""
    first = times.min().astype("datetime64[D]").astype(datetime)
    start = datetime(first.year, first.month, first.day)  # local time, as the events have it
    span = (times.max() - np.datetime64(start)) / np.timedelta64(1, "s")
    return TimeBins(start, bin_minutes, int(span // (60 * bin_minutes)))


def build_grid(
    latitude: NDArray[np.float64],
    longitude: NDArray[np.float64],
    *,
    cell_size_m: float,
    min_events: int,
    max_cells: int,
) -> Grid:
    """The cells with at least `min_events` events, at most `max_cells` of them.

    Raises:
        ValueError: no cell has so many.
    """
    is_valid = np.isfinite(latitude) & np.isfinite(longitude) & (np.abs(latitude) <= 85) & (np.abs(longitude) <= 180)
    # A few events far away (a wrong reading at 0° 0°) must not move the origin: it is where half a percent lies below.
    origin = (float(np.quantile(latitude[is_valid], 0.005)), float(np.quantile(longitude[is_valid], 0.005)))
    grid = Grid(origin, cell_size_m, np.zeros((0, 2), dtype=np.int64))
    cells, counts = np.unique(
        _grid_positions(grid, latitude[is_valid], longitude[is_valid]), axis=0, return_counts=True
    )
    order = np.argsort(-counts, kind="stable")[:max_cells]
    busy = cells[order][counts[order] >= min_events]
    if not len(busy):
        raise ValueError(
            Message("No cell has {min_events} events: use larger cells or import more events.", min_events=min_events)
        )
    return Grid(origin, cell_size_m, busy)


def _grid_positions(grid: Grid, latitude: NDArray[np.float64], longitude: NDArray[np.float64]) -> NDArray[np.int64]:
    north, east = grid.step
    columns = np.floor((longitude - grid.origin[1]) / east)
    return np.stack([columns, np.floor((latitude - grid.origin[0]) / north)], axis=1).astype(np.int64)


def assign_cells(grid: Grid, latitude: NDArray[np.float64], longitude: NDArray[np.float64]) -> NDArray[np.int64]:
    """(n,) cells of positions; −1 outside of the grid's cells."""
    index = {(int(c), int(r)): number for number, (c, r) in enumerate(grid.cells)}
    is_valid = np.isfinite(latitude) & np.isfinite(longitude)
    positions = _grid_positions(grid, np.where(is_valid, latitude, -90), np.where(is_valid, longitude, -180))
    return np.array([index.get((int(c), int(r)), -1) for c, r in positions], dtype=np.int64)


def count_events(time_bins: TimeBins, times: NDArray[np.datetime64], cells: NDArray[np.int64], number: int) -> Counts:
    """(time bins, cells) events; what lies outside is not counted."""
    time_bin = time_bins.of(times)
    is_valid = (time_bin >= 0) & (time_bin < time_bins.count) & (cells >= 0)
    table = np.zeros((time_bins.count, number), dtype=np.int32)
    np.add.at(table, (time_bin[is_valid], cells[is_valid]), 1)
    return table
