"""Readings of the weather, or of anything else that holds for the whole area, brought to the slots."""

import numpy as np
from numpy.typing import NDArray

from workers.applications.demand.recipes.grid import Slots

FRESH_HOURS = 24.0
LEAST_COVERED = 0.99


def by_slot(
    slots: Slots, times: NDArray[np.datetime64], values: NDArray[np.float64]
) -> tuple[NDArray[np.float32], float]:
    """The last reading at the end of each slot, and the share of slots whose reading is at most a day old.

    Args:
        slots: Of the demand.
        times: (n,) of the readings, in any order.
        values: (n, k); NaN where an instrument gave nothing: its reading before holds on.

    Returns:
        (slots, k): what was before the first reading is the first reading.
    """
    order = np.argsort(times, kind="stable")
    times, values = times[order], _carried(values[order])
    step = np.timedelta64(60 * slots.minutes, "s")
    ends = np.datetime64(slots.begin) + step * np.arange(1, slots.count + 1)
    last = np.searchsorted(times, ends, side="right") - 1
    age = (ends - times[np.maximum(last, 0)]) / np.timedelta64(3600, "s")
    fresh = (last >= 0) & (age <= FRESH_HOURS)
    return values[np.maximum(last, 0)].astype(np.float32), float(fresh.mean())


def _carried(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each column with its gaps filled by what stood before them; leading gaps by what comes first."""
    filled = values.copy()
    for column in filled.T:
        there = np.flatnonzero(np.isfinite(column))
        if not len(there):
            column[:] = 0.0
            continue
        place = np.maximum(np.searchsorted(there, np.arange(len(column)), side="right") - 1, 0)
        column[:] = column[there[place]]
    return filled
