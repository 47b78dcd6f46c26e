"""Where to spend a compute budget so that the forecast narrows most.

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

# The forecast that is made narrow: at so many times the labels.
AHEAD = 8.0
# Prior of a log error curve in log n: slope, and departure from a straight line (height, length in e-folds).
SLOPE_SPREAD = 0.25
BEND, REACH = 0.10, 2.0
# Relative noise of one training: at the largest size, and how it grows where labels are few.
NOISE, NOISE_GROWTH = 0.03, 0.35
MOST_SEEDS = 12
# Share of the budget that the largest size gets.
TOP_SHARE = 0.77


@dataclass(frozen=True)
class Planned:
    """Trainings at one size."""

    n: int
    seeds: int


def grid(total: int, *, smallest: int = 10, ratio: float = 2.0) -> list[int]:
    """Sizes on a grid that does not depend on `total`, so that points can be used again when labels were added.

    `smallest`, then each `ratio` times the one before, up to `total` itself; grid sizes within 30 % below it are left
    out.

    >>> grid(100)
    [10, 20, 40, 100]

    Reference: F. Provost, D. Jensen and T. Oates (1999), "Efficient progressive sampling", KDD.
    """
    sizes = []
    size = float(smallest)
    while size * 1.3 <= total:
        sizes.append(round(size))
        size *= ratio
    return [*sizes, total]


def costs(sizes: Sequence[int], *, floor: int = 0) -> Array:
    """Cost of one training at each size, in units of one at the largest; small ones cost as much as `floor` labels.

    >>> costs([10, 20, 40], floor=20).tolist()
    [0.5, 0.5, 1.0]

    Reference: none; training time is taken to grow with labels.
    """
    worth = np.maximum(np.asarray(sizes, dtype=float), floor)
    return np.asarray(worth / worth[-1])


def plan(sizes: Sequence[int], budget: float, *, floor: int = 0) -> list[Planned]:
    """Seeds for each size within a budget.

    Args:
        sizes: Rising; the last is all labels.
        budget: In trainings on all labels; the first training on all labels is always bought.
        floor: See `costs`.

    Returns:
        Every size with its seeds. Where the budget does not even buy one training at each, the smallest are left out;
        the three largest are always there.

    >>> [(one.n, one.seeds) for one in plan([40, 80, 160, 320], budget=6.0)]
    [(40, 2), (80, 3), (160, 2), (320, 4)]

    Reference: V. V. Fedorov (1972), "Theory of Optimal Experiments".
    """
    x = np.log(np.asarray(sizes, dtype=float) / sizes[-1])
    price = costs(sizes, floor=floor)
    noise = NOISE**2 * np.exp(-2 * NOISE_GROWTH * x)
    kept = max(3, int((np.cumsum(price[::-1]) <= budget).sum()))
    x, noise, price, sizes = x[-kept:], noise[-kept:], price[-kept:], list(sizes)[-kept:]
    seeds = np.ones(len(sizes), dtype=int)
    room = min(TOP_SHARE * budget, budget - float(price[:-1].sum()))
    seeds[-1] = min(MOST_SEEDS, max(1, int(room)))
    spent = float(price @ seeds)
    while True:
        before = variance(x, noise, seeds)
        gains = []
        for index in range(len(sizes)):
            affordable = spent + price[index] <= budget + 1e-9 and seeds[index] < MOST_SEEDS
            affordable = affordable and index < len(sizes) - 1
            more = seeds + (np.arange(len(sizes)) == index)
            gains.append((before - variance(x, noise, more)) / price[index] if affordable else -math.inf)
        best = int(np.argmax(gains))
        if gains[best] == -math.inf:
            return [Planned(size, int(count)) for size, count in zip(sizes, seeds, strict=True) if count]
        seeds[best] += 1
        spent += float(price[best])


def variance(x: Array, noise: Array, seeds: NDArray[np.int64]) -> float:
    """Variance of the log error at `AHEAD` times the labels, from so many seeds at each size.

    >>> x, noise = np.log(np.array([0.25, 0.5, 1.0])), np.full(3, 0.001)
    >>> variance(x, noise, np.array([1, 1, 2])) < variance(x, noise, np.array([1, 1, 1]))
    True

    Reference: C. E. Rasmussen and C. K. I. Williams (2006), "Gaussian Processes for Machine Learning", eq. 2.26.
    """
    used = seeds > 0
    at, target = x[used], math.log(AHEAD)

    def kernel(p: Array, q: Array) -> Array:
        bend = BEND**2 * np.exp(-0.5 * ((p[:, None] - q[None, :]) / REACH) ** 2)
        return np.asarray(1.0 + SLOPE_SPREAD**2 * p[:, None] * q[None, :] + bend)

    there = np.array([target])
    cross = kernel(there, at)
    full = kernel(at, at) + np.diag(noise[used] / seeds[used])
    return float((kernel(there, there) - cross @ np.linalg.solve(full, cross.T))[0, 0])
