"""Drift of a binned feature: a two-sample test on the total variation distance."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

N_RESAMPLES = 400


@dataclass(frozen=True)
class DriftResult:
    """Total variation distance of two histograms, 0 to 1, and its 95 % quantile under no drift."""

    distance: float
    critical_distance: float

    @property
    def is_drift(self) -> bool:
        """Whether the distance exceeds what chance explains."""
        return self.distance > self.critical_distance


def detect_drift(counts: Sequence[int], reference_counts: Sequence[int], *, seed: int = 0) -> DriftResult | None:
    """Compare two histograms over the same bins; None if either is empty.

    The critical distance is simulated: both histograms are drawn from the pooled one, with their own sizes.

    >>> detect_drift([50, 50], [90, 10]).is_drift
    True
    >>> detect_drift([50, 50], [52, 48]).is_drift
    False

    Reference: B. Efron and R. J. Tibshirani (1993), "An Introduction to the Bootstrap", ch. 16.
    """
    a, b = np.asarray(counts, dtype=float), np.asarray(reference_counts, dtype=float)
    if a.sum() < 1 or b.sum() < 1:
        return None
    pooled = (a + b) / (a.sum() + b.sum())
    rng = np.random.default_rng(seed)
    resampled_a = rng.multinomial(int(a.sum()), pooled, size=N_RESAMPLES) / a.sum()
    resampled_b = rng.multinomial(int(b.sum()), pooled, size=N_RESAMPLES) / b.sum()
    critical = np.quantile(np.abs(resampled_a - resampled_b).sum(axis=1) / 2, 0.95)
    return DriftResult(float(np.abs(a / a.sum() - b / b.sum()).sum() / 2), float(critical))
