"""Time to completion, by Monte Carlo simulation from the throughput of past days."""

from collections.abc import Sequence

import numpy as np

from statkit.interval import Interval

MIN_WORKING_DAYS = 3
MAX_DAYS = 3650


def simulate_days_to_completion(
    *, finished_per_day: Sequence[int], remaining: int, seed: int = 0, n_simulations: int = 1000
) -> Interval | None:
    """Days until `remaining` tasks are finished, from the numbers finished on each of the last days, idle days too.

    Returns:
        Whole days: the median, with the 80 % range. None if fewer than three days had work, or if completion
        takes more than ten years.

    >>> days = simulate_days_to_completion(finished_per_day=[90, 110, 100, 0, 0, 95, 105], remaining=1000)
    >>> days.value, days.low, days.high
    (14, 11, 23)

    Reference: B. Efron (1979), "Bootstrap methods: another look at the jackknife", Annals of Statistics 7.
    """
    days = np.array(finished_per_day)
    if remaining <= 0:
        return Interval(0, 0, 0, 0.8)
    if (days > 0).sum() < MIN_WORKING_DAYS:
        return None
    rng = np.random.default_rng(seed)
    needed = []
    for _ in range(n_simulations):
        # The pace itself is uncertain: it is a bootstrap sample of the days.
        pace = rng.choice(days, size=len(days))
        mean = pace.mean()
        if mean == 0:
            needed.append(MAX_DAYS)
            continue
        horizon = min(MAX_DAYS, int(3 * remaining / mean) + 30)
        total = np.cumsum(rng.choice(pace, size=horizon))
        reached = int(np.searchsorted(total, remaining)) + 1
        needed.append(min(reached, MAX_DAYS))
    low, median, high = np.quantile(needed, [0.1, 0.5, 0.9])
    return None if median >= MAX_DAYS else Interval(round(median), int(low), int(np.ceil(high)), 0.8)
