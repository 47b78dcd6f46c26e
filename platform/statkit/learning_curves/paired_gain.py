"""Gain in score from additional labels, paired over seeds."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import scipy

from statkit.interval import Interval


def paired_gain(
    points: Sequence[Mapping[str, Any]], *, after: int, before: int, prior: float = 0.01
) -> Interval | None:
    """Mean change from `before` to `after` labels over the seeds that were trained at both.

    Seeds are paired: their subsets are nested and they share the test set, so most of the noise of both falls
    out of the difference. With few seeds the spread is drawn towards `prior` (three observations' worth).

    Returns:
        In units of the score, with its 80 % interval over seeds; None where no seed was trained at both sizes.

    >>> luck = {0: 0.05, 1: -0.05, 2: 0.0}
    >>> sizes = ((100, 0.70), (200, 0.72))
    >>> points = [{"n": n, "seed": seed, "score": base + luck[seed]} for n, base in sizes for seed in luck]
    >>> change = paired_gain(points, after=200, before=100)
    >>> round(change.value, 4), round(change.low, 4), round(change.high, 4)
    (0.02, 0.0134, 0.0266)

    Reference: G. K. Smyth (2004), "Linear models and empirical Bayes methods for assessing differential expression
        in microarray experiments", Statistical Applications in Genetics and Molecular Biology 3.
    """
    scores: dict[int, dict[Any, float]] = {before: {}, after: {}}
    for point in points:
        if point["n"] in scores:
            scores[point["n"]][point.get("seed")] = float(point["score"])
    common_seeds = sorted(set(scores[before]) & set(scores[after]), key=str)
    if not common_seeds:
        return None
    change = np.array([scores[after][seed] - scores[before][seed] for seed in common_seeds])
    degrees_of_freedom = len(change) - 1 + 3
    spread = np.sqrt((float(((change - change.mean()) ** 2).sum()) + 3 * prior**2) / degrees_of_freedom)
    half = float(scipy.special.stdtrit(degrees_of_freedom, 0.9) * spread / np.sqrt(len(change)))
    middle = float(change.mean())
    return Interval(middle, middle - half, middle + half, 0.8, len(change))
