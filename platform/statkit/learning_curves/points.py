"""Which subsets to train on, and how several seeds become one point with an error bar."""

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
    """An order of indices whose every beginning is a stratified sample; beginnings are nested by design.

    Each class is shuffled; then items are laid out by their relative place in their class, so that
    the first n hold every class in proportion.

    >>> strata = ["a", "a", "b", "b", "b", "b"]
    >>> sorted(strata[index] for index in nested_order(strata, seed=0)[:3])
    ['a', 'b', 'b']

    Reference: W. G. Cochran (1977), "Sampling Techniques", ch. 5 (proportional allocation).
    """
    rng = np.random.default_rng(seed)
    placed: list[tuple[float, float, int]] = []
    for name in sorted(set(strata)):
        members = [index for index, stratum in enumerate(strata) if stratum == name]
        for place, index in enumerate(rng.permutation(members)):
            placed.append(((place + rng.random()) / len(members), rng.random(), int(index)))
    return [index for _, _, index in sorted(placed)]


def pool_seeds(points: Sequence[Mapping[str, Any]]) -> list[PooledPoint]:
    """Points of several seeds at the same n as one.

    The standard error joins two sources. Between seeds: s²/k, with s pooled over all sizes that
    have several seeds, since one size alone has few. Of the test set: the mean of
    `se²`; it does not fall with the number of seeds, which share one test set.

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
