"""Has what comes in changed? Counts in bins against a reference."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

DRAWS = 400


@dataclass(frozen=True)
class Drift:
    """Total variation distance of two histograms, 0 to 1, and how large chance alone makes it 95 % of the time."""

    distance: float
    chance: float

    @property
    def drifted(self) -> bool:
        """Larger than chance explains."""
        return self.distance > self.chance


def drift(seen: Sequence[int], reference: Sequence[int], *, seed: int = 0) -> Drift | None:
    """Compare counts; None where one side is empty.

    The distance that chance makes is drawn: both histograms from the pooled one, with as many pictures each.

    >>> drift([50, 50], [90, 10]).drifted
    True
    >>> drift([50, 50], [52, 48]).drifted
    False

    Reference: B. Efron and R. J. Tibshirani (1993), "An Introduction to the Bootstrap", ch. 16.
    """
    a, b = np.asarray(seen, dtype=float), np.asarray(reference, dtype=float)
    if a.sum() < 1 or b.sum() < 1:
        return None
    pooled = (a + b) / (a.sum() + b.sum())
    rng = np.random.default_rng(seed)
    one = rng.multinomial(int(a.sum()), pooled, size=DRAWS) / a.sum()
    two = rng.multinomial(int(b.sum()), pooled, size=DRAWS) / b.sum()
    chance = np.quantile(np.abs(one - two).sum(axis=1) / 2, 0.95)
    return Drift(float(np.abs(a / a.sum() - b / b.sum()).sum() / 2), float(chance))
