"""The demand of all cells, decomposed: trend, time of the week, and the rest."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from workers.applications.demand.recipes.grid import Counts


def decomposed(counts: Counts, a_day: int) -> dict[str, Any]:
    """Classical decomposition of the total (moving average of a week, then the mean of each slot of the week).

    Returns:
        `trend` (slots; null at the ends), `week` (slots of a week) about 0, `rest` (slots), and `shares` of the
        variance that each explains.
    """
    total = counts.sum(axis=1).astype(np.float64)
    week = 7 * a_day
    trend: NDArray[np.float64] = np.full(len(total), np.nan)
    half = week // 2
    sums = np.concatenate([[0.0], np.cumsum(total)])
    for slot in range(half, len(total) - half):
        trend[slot] = (sums[slot + half] - sums[slot - half]) / (2 * half)
    known = np.isfinite(trend)
    gap = np.where(known, total - trend, np.nan)
    profile = np.array([np.nanmean(gap[place::week]) if known[place::week].any() else 0.0 for place in range(week)])
    profile -= profile.mean()
    season = profile[np.arange(len(total)) % week]
    rest = np.where(known, total - trend - season, np.nan)
    spread = {"trend": trend[known].var(), "week": season[known].var(), "rest": rest[known].var()}
    whole = sum(spread.values()) or 1.0
    return {
        "trend": [None if np.isnan(one) else round(float(one), 3) for one in trend],
        "week": np.round(profile, 3).tolist(),
        "rest": [None if np.isnan(one) else round(float(one), 3) for one in rest],
        "shares": {key: float(value / whole) for key, value in spread.items()},
    }
