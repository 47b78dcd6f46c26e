"""k-center greedy (O. Sener and S. Savarese, 2018): always the item farthest from all labeled and chosen ones.

The first `STEPS` items are ordered so; the others by their distance to those. Cost: STEPS · n distances.
"""

import numpy as np

from workers.selection.base import Floats, Pool

STEPS = 500


def scores(pool: Pool) -> Floats:
    """See `base.Strategy`."""
    count = len(pool.features)
    squares = (pool.features**2).sum(axis=1)

    def distances(centre: Floats) -> Floats:
        return np.asarray(squares + (centre**2).sum() - 2 * pool.features @ centre)

    nearest = np.full(count, np.inf)
    for centre in pool.labeled:
        nearest = np.minimum(nearest, distances(centre))
    if not len(pool.labeled):
        nearest = distances(pool.features.mean(axis=0))
    scores_by_item = np.zeros(count)
    for step in range(min(STEPS, count)):
        center = int(np.argmax(nearest))
        scores_by_item[center] = 2 * count - step
        nearest = np.minimum(nearest, distances(pool.features[center]))
        nearest[center] = -np.inf
    rest = scores_by_item == 0
    scores_by_item[rest] = nearest[rest] / (nearest[rest].max(initial=0) + 1e-12)
    return scores_by_item
