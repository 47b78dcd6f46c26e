"""The demand of all cells, decomposed: trend, time of the week, and the rest."""

import numpy as np
from numpy.typing import NDArray

from workers.applications.demand.recipes.grid import Counts


def decompose_season(counts: Counts, per_day: int) -> dict[str, object]:
    """Classical decomposition of the total (moving average of a week, then the mean of each time bin of the week).

    Returns:
        `trend` (time bins; null at the ends), `week` (time bins of a week) about 0, `rest` (time bins), and
        `variance_fractions` that each explains.
    """
    total = counts.sum(axis=1).astype(np.float64)
    week = 7 * per_day
    trend: NDArray[np.float64] = np.full(len(total), np.nan)
    half = week // 2
    sums = np.concatenate([[0.0], np.cumsum(total)])
    for time_bin in range(half, len(total) - half):
        trend[time_bin] = (sums[time_bin + half] - sums[time_bin - half]) / (2 * half)
    is_known = np.isfinite(trend)
    gap = np.where(is_known, total - trend, np.nan)
    profile = np.array([np.nanmean(gap[index::week]) if is_known[index::week].any() else 0.0 for index in range(week)])
    profile -= profile.mean()
    season = profile[np.arange(len(total)) % week]
    rest = np.where(is_known, total - trend - season, np.nan)
    spread = {"trend": trend[is_known].var(), "week": season[is_known].var(), "rest": rest[is_known].var()}
    whole = sum(spread.values()) or 1.0
    return {
        "trend": [None if np.isnan(value) else round(float(value), 3) for value in trend],
        "week": np.round(profile, 3).tolist(),
        "rest": [None if np.isnan(value) else round(float(value), 3) for value in rest],
        "variance_fractions": {key: float(value / whole) for key, value in spread.items()},
    }
