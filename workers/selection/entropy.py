"""Greatest entropy of the predicted classes (C. Shannon, 1948; B. Settles, 2009), in nats."""

import numpy as np
from scipy.special import entr

from workers.selection.base import Floats, Pool


def scores(pool: Pool) -> Floats:
    """See `base.Strategy`."""
    return np.asarray(entr(pool.probabilities).sum(axis=1))
