"""Nested training subsets, and pooling of several seeds into one point with a standard error."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class PooledPoint:
    """A point of the curve: mean score over seeds and its standard error."""

    n: int
    score: float
    se: float
    seeds: int


def nested_order(strata: Sequence[str], *, seed: int) -> list[int]:
    """An order of indices in which every prefix is a stratified sample, so that prefixes are nested samples.

    Each class is shuffled; then items are ordered by their relative position in their class, so that the first n items
    contain every class in proportion.

    >>> strata = ["a", "a", "b", "b", "b", "b"]
    >>> sorted(strata[index] for index in nested_order(strata, seed=0)[:3])
    ['a', 'b', 'b']

    Reference: W. G. Cochran (1977), "Sampling Techniques", ch. 5 (proportional allocation).
    """
    rng = np.random.default_rng(seed)
    placed: list[tuple[float, float, int]] = []
    for name in sorted(set(strata)):
        members = [index for index, stratum in enumerate(strata) if stratum == name]
        for rank, index in enumerate(rng.permutation(members)):
            placed.append(((rank + rng.random()) / len(members), rng.random(), int(index)))
    return [index for _, _, index in sorted(placed)]


def pool_seeds(points: Sequence[Mapping[str, Any]]) -> list[PooledPoint]:
    """Pool the points of several seeds at each n.

    The standard error combines two sources. Between seeds: s²/k, with s pooled over all sizes with several
    seeds, since each size has only a few. Of the test set: the mean of `se²`, which does not decrease with the number
    of seeds, because they share one test set.

    >>> pooled = pool_seeds([{"n": 100, "score": 0.7}, {"n": 100, "score": 0.8}, {"n": 200, "score": 0.85}])
    >>> [(point.n, round(point.score, 2), round(point.se, 3), point.seeds) for point in pooled]
    [(100, 0.75, 0.05, 2), (200, 0.85, 0.071, 1)]

    Reference: G. K. Smyth (2004), "Linear models and empirical Bayes methods for assessing differential expression
        in microarray experiments", Statistical Applications in Genetics and Molecular Biology 3.
    """
    by_n: dict[int, list[Mapping[str, Any]]] = {}
    for point in points:
        by_n.setdefault(int(point["n"]), []).append(point)
    squares, degrees_of_freedom = 0.0, 0
    for group in by_n.values():
        scores = [float(point["score"]) for point in group]
        squares += float(np.var(scores)) * len(scores)
        degrees_of_freedom += len(scores) - 1
    between = squares / degrees_of_freedom if degrees_of_freedom else 0.0
    pooled = []
    for n, group in sorted(by_n.items()):
        scores = [float(point["score"]) for point in group]
        own = float(np.var(scores, ddof=1)) if len(scores) > 1 else between
        # Shrink a size's own variance towards the common one: five prior observations.
        variance = (own * (len(scores) - 1) + between * 5) / (len(scores) + 4)
        test = float(np.mean([float(point.get("se") or 0.0) ** 2 for point in group]))
        se = math.sqrt(variance / len(scores) + test)
        pooled.append(PooledPoint(n=n, score=float(np.mean(scores)), se=se, seeds=len(scores)))
    return pooled
