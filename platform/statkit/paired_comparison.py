"""Is B better than A? Two models' answers to the same items, compared in pairs."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from statkit.bootstrap import percentile_interval
from statkit.hypothesis_tests import mcnemar
from statkit.interval import Interval
from statkit.proportions import paired_difference

DRAWS = 2000


@dataclass(frozen=True)
class PairedComparison:
    """What the same items say about two models.

    `only_a` and `only_b` count items that just one of them answered rightly; `p` is McNemar's mid-p value of the
    hypothesis that both are equally often right.
    """

    items: int
    both: int
    only_a: int
    only_b: int
    neither: int
    accuracy: Interval
    macro_f1: Interval
    p: float


def _macro_f1(
    counts: NDArray[np.float64], truth: NDArray[np.int64], answered: NDArray[np.int64], classes: int
) -> NDArray[np.float64]:
    """Of each row of `counts` (draws, cells): mean F1 over the classes that occur among the true labels."""
    hit = np.zeros((len(counts), classes))
    true = np.zeros_like(hit)
    given = np.zeros_like(hit)
    for cell in range(counts.shape[1]):
        true[:, truth[cell]] += counts[:, cell]
        given[:, answered[cell]] += counts[:, cell]
        if truth[cell] == answered[cell]:
            hit[:, truth[cell]] += counts[:, cell]
    total = true + given
    f1 = np.divide(2 * hit, total, out=np.zeros_like(hit), where=total > 0)
    present = true > 0
    found: NDArray[np.float64] = (f1 * present).sum(axis=1) / np.maximum(1, present.sum(axis=1))
    return found


def compare_classifiers(
    truth: NDArray[np.int64], a: NDArray[np.int64], b: NDArray[np.int64], *, classes: int, seed: int = 0
) -> PairedComparison:
    """Compare two models on the items that both answered.

    Args:
        truth: (n,) true labels, 0 to `classes` − 1.
        a: (n,) answers of A.
        b: (n,) answers of B.
        classes: Number of labels.
        seed: Of the paired bootstrap over items that gives the interval of macro-F1's difference.

    >>> truth = np.tile([0, 0, 1, 1], 25)
    >>> half_right = np.tile([0, 1, 1, 0], 25)
    >>> found = compare_classifiers(truth, half_right, truth, classes=2)
    >>> found.only_b, found.accuracy.value, found.p < 1e-9
    (50, 0.5, True)

    Reference: T. G. Dietterich (1998), "Approximate statistical tests for comparing supervised classification learning
        algorithms", Neural Computation 10.
    """
    right_a, right_b = a == truth, b == truth
    both, only_a = int((right_a & right_b).sum()), int((right_a & ~right_b).sum())
    only_b, neither = int((~right_a & right_b).sum()), int((~right_a & ~right_b).sum())
    accuracy = paired_difference(both, only_a, only_b, neither)
    if len(truth) == 0:
        return PairedComparison(0, 0, 0, 0, 0, accuracy, Interval(0.0, -1.0, 1.0, n=0), 1.0)
    cells, counts = np.unique(np.stack([truth, a, b]), axis=1, return_counts=True)
    drawn = np.random.default_rng(seed).multinomial(len(truth), counts / counts.sum(), size=DRAWS).astype(float)
    known = counts[None, :].astype(float)

    def gain(rows: NDArray[np.float64]) -> NDArray[np.float64]:
        return _macro_f1(rows, cells[0], cells[2], classes) - _macro_f1(rows, cells[0], cells[1], classes)

    f1 = percentile_interval(float(gain(known)[0]), gain(drawn), n=len(truth))
    return PairedComparison(len(truth), both, only_a, only_b, neither, accuracy, f1, mcnemar(only_a, only_b))
