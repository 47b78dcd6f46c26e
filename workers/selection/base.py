"""What a query strategy is given and gives back. Pure numpy."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Pool:
    """Unlabeled items: a model's probabilities (n, classes), their features (n, d), and those labeled (m, d)."""

    probabilities: Floats
    features: Floats
    labeled: Floats
    rng: np.random.Generator


Strategy = Callable[[Pool], Floats]
"""Scores (n,): the higher, the sooner an item is asked about."""


def ranks(scores: Floats) -> Floats:
    """Scores as shares of the way from the lowest (0) to the highest (1)."""
    order = np.argsort(np.argsort(scores, kind="stable"), kind="stable")
    return np.asarray(order / max(1, len(scores) - 1))
