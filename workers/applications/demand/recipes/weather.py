"""Readings of the weather, or of anything else that holds for the whole area, brought to the time bins."""

import numpy as np
from numpy.typing import NDArray

from workers.applications.demand.recipes.grid import TimeBins

MAX_AGE_HOURS = 24.0
MIN_COVERAGE = 0.99


def readings_by_bin(
    time_bins: TimeBins, times: NDArray[np.datetime64], values: NDArray[np.float64]
) -> tuple[NDArray[np.float32], float]:
    """The last reading at the end of each time bin, and the fraction of time bins whose reading is at most a day old.

    Args:
        time_bins: Of the demand.
        times: (n,) of the readings, in any order.
        values: (n, k); NaN where an instrument gave nothing: its reading before holds on.

    Returns:
        (time bins, k): what was before the first reading is the first reading.
    """
    order = np.argsort(times, kind="stable")
    times, values = times[order], _fill_forward(values[order])
    step = np.timedelta64(60 * time_bins.bin_minutes, "s")
    ends = np.datetime64(time_bins.start) + step * np.arange(1, time_bins.count + 1)
    last = np.searchsorted(times, ends, side="right") - 1
    age = (ends - times[np.maximum(last, 0)]) / np.timedelta64(3600, "s")
    fresh = (last >= 0) & (age <= MAX_AGE_HOURS)
    return values[np.maximum(last, 0)].astype(np.float32), float(fresh.mean())


def _fill_forward(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each column with its gaps filled by what stood before them; leading gaps by what comes first."""
    filled = values.copy()
    for column in filled.T:
        is_finite = np.flatnonzero(np.isfinite(column))
        if not len(is_finite):
            column[:] = 0.0
            continue
        index = np.maximum(np.searchsorted(is_finite, np.arange(len(column)), side="right") - 1, 0)
        column[:] = column[is_finite[index]]
    return filled
