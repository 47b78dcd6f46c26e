"""A mix: half by margin, a quarter by k-center, a quarter at random, taken in turn."""

import numpy as np

from workers.selection import k_center, margin
from workers.selection.base import Floats, Pool, ranks

TURN = ("margin", "k_center", "margin", "random")


def scores(pool: Pool) -> Floats:
    """See `base.Strategy`."""
    count = len(pool.features)
    lists = {
        "margin": list(np.argsort(-margin.scores(pool), kind="stable")),
        "k_center": list(np.argsort(-k_center.scores(pool), kind="stable")),
        "random": list(pool.rng.permutation(count)),
    }
    made = np.zeros(count)
    taken = np.zeros(count, dtype=bool)
    at = dict.fromkeys(lists, 0)
    for place in range(count):
        name = TURN[place % len(TURN)]
        while taken[lists[name][at[name]]]:
            at[name] += 1
        item = lists[name][at[name]]
        taken[item] = True
        made[item] = count - place
    return ranks(made)
