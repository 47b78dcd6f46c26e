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
    scores_by_item = np.zeros(count)
    is_placed = np.zeros(count, dtype=bool)
    at = dict.fromkeys(lists, 0)
    for turn in range(count):
        name = TURN[turn % len(TURN)]
        while is_placed[lists[name][at[name]]]:
            at[name] += 1
        item = lists[name][at[name]]
        is_placed[item] = True
        scores_by_item[item] = count - turn
    return ranks(scores_by_item)
