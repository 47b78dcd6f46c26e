"""Allocation of a compute budget to sizes and seeds, to minimize the variance of the forecast.

The log error at many more labels is predicted from noisy points by a Gaussian process about a line; its variance does
not depend on what will be measured, so points can be planned beforehand (optimal design for kriging; V. V. Fedorov,
1972, "Theory of Optimal Experiments"). The model alone would starve the largest size, which hurts most on real curves
(`benchmarks/curve_cost.py`): so every size is trained once, three quarters of the budget go to the largest, and the
model says only where the rest goes, one seed at a time, to take most variance off for its cost.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

# The forecast whose variance is minimized: at this multiple of the labels.
HORIZON_MULTIPLE = 8.0
# Prior of a log error curve in log n: slope, and departure from a straight line (height, length in e-folds).
SLOPE_SD = 0.25
CURVATURE_SD, LENGTH_SCALE = 0.10, 2.0
# Relative noise of one training run at the largest size, and its growth towards smaller sizes.
NOISE, NOISE_GROWTH = 0.03, 0.35
MAX_SEEDS = 12
# Fraction of the budget for the largest size.
LARGEST_SIZE_FRACTION = 0.77


@dataclass(frozen=True)
class PlannedTrainings:
    """Trainings at one size."""

    n: int
    seeds: int


def size_grid(total: int, *, smallest: int = 10, ratio: float = 2.0) -> list[int]:
    """Sizes on a grid that does not depend on `total`, so that points can be reused after labels have been added.

    `smallest`, then each `ratio` times the one before, up to `total` itself; grid sizes less than 30 % below it
    are omitted.

    >>> size_grid(100)
    [10, 20, 40, 100]

    Reference: F. Provost, D. Jensen and T. Oates (1999), "Efficient progressive sampling", KDD.
    """
    sizes = []
    size = float(smallest)
    while size * 1.3 <= total:
        sizes.append(round(size))
        size *= ratio
    return [*sizes, total]


def training_costs(sizes: Sequence[int], *, floor: int = 0) -> Array:
    """Cost of one training run at each size relative to the largest; small sizes cost as much as `floor` labels.

    >>> training_costs([10, 20, 40], floor=20).tolist()
    [0.5, 0.5, 1.0]

    Reference: none; training time is assumed to be proportional to the number of labels.
    """
    effective_sizes = np.maximum(np.asarray(sizes, dtype=float), floor)
    return np.asarray(effective_sizes / effective_sizes[-1])


def plan_trainings(sizes: Sequence[int], budget: float, *, floor: int = 0) -> list[PlannedTrainings]:
    """Number of seeds for each size within a budget.

    Args:
        sizes: Ascending; the last is the number of all labels.
        budget: In training runs on all labels; one such run is always included.
        floor: See `training_costs`.

    Returns:
        Each size with its number of seeds. If the budget does not allow one run per size, the smallest sizes are
        omitted; the three largest are always included.

    >>> [(row.n, row.seeds) for row in plan_trainings([40, 80, 160, 320], budget=6.0)]
    [(40, 2), (80, 3), (160, 2), (320, 4)]

    Reference: V. V. Fedorov (1972), "Theory of Optimal Experiments".
    """
    x = np.log(np.asarray(sizes, dtype=float) / sizes[-1])
    price = training_costs(sizes, floor=floor)
    noise = NOISE**2 * np.exp(-2 * NOISE_GROWTH * x)
    n_affordable = max(3, int((np.cumsum(price[::-1]) <= budget).sum()))
    x, noise, price, sizes = (
        x[-n_affordable:],
        noise[-n_affordable:],
        price[-n_affordable:],
        list(sizes)[-n_affordable:],
    )
    seeds = np.ones(len(sizes), dtype=int)
    room = min(LARGEST_SIZE_FRACTION * budget, budget - float(price[:-1].sum()))
    seeds[-1] = min(MAX_SEEDS, max(1, int(room)))
    spent = float(price @ seeds)
    while True:
        before = forecast_variance(x, noise, seeds)
        gains = []
        for index in range(len(sizes)):
            affordable = spent + price[index] <= budget + 1e-9 and seeds[index] < MAX_SEEDS
            affordable = affordable and index < len(sizes) - 1
            more = seeds + (np.arange(len(sizes)) == index)
            gains.append((before - forecast_variance(x, noise, more)) / price[index] if affordable else -math.inf)
        best = int(np.argmax(gains))
        if gains[best] == -math.inf:
            return [PlannedTrainings(size, int(count)) for size, count in zip(sizes, seeds, strict=True) if count]
        seeds[best] += 1
        spent += float(price[best])


def forecast_variance(x: Array, noise: Array, seeds: NDArray[np.int64]) -> float:
    """Variance of the log error at `HORIZON_MULTIPLE` times the labels, for these numbers of seeds.

    >>> x, noise = np.log(np.array([0.25, 0.5, 1.0])), np.full(3, 0.001)
    >>> forecast_variance(x, noise, np.array([1, 1, 2])) < forecast_variance(x, noise, np.array([1, 1, 1]))
    True

    Reference: C. E. Rasmussen and C. K. I. Williams (2006), "Gaussian Processes for Machine Learning", eq. 2.26.
    """
    used = seeds > 0
    measured_sizes, target = x[used], math.log(HORIZON_MULTIPLE)

    def kernel(p: Array, q: Array) -> Array:
        bend = CURVATURE_SD**2 * np.exp(-0.5 * ((p[:, None] - q[None, :]) / LENGTH_SCALE) ** 2)
        return np.asarray(1.0 + SLOPE_SD**2 * p[:, None] * q[None, :] + bend)

    horizon = np.array([target])
    cross = kernel(horizon, measured_sizes)
    full = kernel(measured_sizes, measured_sizes) + np.diag(noise[used] / seeds[used])
    return float((kernel(horizon, horizon) - cross @ np.linalg.solve(full, cross.T))[0, 0])
