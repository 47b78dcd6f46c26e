"""Smallest margin (T. Scheffer et al., 2001): how close the two likeliest classes are."""

import numpy as np

from workers.selection.base import Floats, Pool


def scores(pool: Pool) -> Floats:
    """See `base.Strategy`."""
    if pool.probabilities.shape[1] == 1:
        return np.zeros(len(pool.probabilities))
    top = np.partition(pool.probabilities, -2, axis=1)[:, -2:]
    return np.asarray(1 - (top[:, 1] - top[:, 0]))
