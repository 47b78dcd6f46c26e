"""Least confidence (D. Lewis and W. Gale, 1994): 1 − the probability of the likeliest class."""

import numpy as np

from workers.selection.base import Floats, Pool


def scores(pool: Pool) -> Floats:
    """See `base.Strategy`."""
    return np.asarray(1 - pool.probabilities.max(axis=1))
