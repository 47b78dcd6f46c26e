"""When will it be done? Past days drawn again and again until nothing is left."""

from collections.abc import Sequence

import numpy as np

from statkit.interval import Interval

LEAST_DAYS = 3
FARTHEST = 3650


def days_left(*, finished: Sequence[int], remaining: int, seed: int = 0, times: int = 1000) -> Interval | None:
    """Simulated from the tasks finished on each of the last days, days without work included.

    Returns:
        Whole days: the median, with the 80 % range. None where fewer than three days had work, or the end lies
        beyond ten years.

    >>> days = days_left(finished=[90, 110, 100, 0, 0, 95, 105], remaining=1000)
    >>> days.value, days.low, days.high
    (14, 11, 23)

    Reference: B. Efron (1979), "Bootstrap methods: another look at the jackknife", Annals of Statistics 7.
    """
    days = np.array(finished)
    if remaining <= 0:
        return Interval(0, 0, 0, 0.8)
    if (days > 0).sum() < LEAST_DAYS:
        return None
    rng = np.random.default_rng(seed)
    needed = []
    for _ in range(times):
        # The pace itself is uncertain: a bootstrap sample of the days stands for what days may be like.
        pace = rng.choice(days, size=len(days))
        mean = pace.mean()
        if mean == 0:
            needed.append(FARTHEST)
            continue
        horizon = min(FARTHEST, int(3 * remaining / mean) + 30)
        total = np.cumsum(rng.choice(pace, size=horizon))
        reached = int(np.searchsorted(total, remaining)) + 1
        needed.append(min(reached, FARTHEST))
    low, median, high = np.quantile(needed, [0.1, 0.5, 0.9])
    return None if median >= FARTHEST else Interval(round(median), int(low), int(np.ceil(high)), 0.8)
