"""Is B better than A? Two models' answers to the same items, compared in pairs. Pure numpy and scipy."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr

from statkit.proportions import wilson

DRAWS = 2000


@dataclass(frozen=True)
class Difference:
    """B minus A with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Paired:
    """What the same items say about two models.

    `only_a` and `only_b` count items that just one of them answered rightly; `p` is McNemar's mid-p value of the
    hypothesis that both are equally often right.
    """

    items: int
    both: int
    only_a: int
    only_b: int
    neither: int
    accuracy: Difference
    macro_f1: Difference
    p: float


def mcnemar(only_a: int, only_b: int) -> float:
    """Two-sided mid-p value of McNemar's test (M. W. Fagerland, S. Lydersen, P. Laake, 2013); 1 without discord."""
    discord = only_a + only_b
    if discord == 0:
        return 1.0
    least = min(only_a, only_b)
    there = float(bdtr(least, discord, 0.5)) - (float(bdtr(least - 1, discord, 0.5)) if least else 0.0)
    exact = 2 * float(bdtr(least, discord, 0.5))
    if only_a == only_b:
        return 1 - there / 2
    return min(1.0, exact - there)


def paired_difference(both: int, only_a: int, only_b: int, neither: int, *, confidence: float = 0.95) -> Difference:
    """Difference of two paired shares, B − A, by Newcombe's square-and-add interval (R. G. Newcombe, 1998, method 10).

    (−1, 1) where there are no items.
    """
    items = both + only_a + only_b + neither
    if items == 0:
        return Difference(0.0, -1.0, 1.0)
    share_a, share_b = (both + only_a) / items, (both + only_b) / items
    low_a, high_a = wilson(both + only_a, items, confidence=confidence)
    low_b, high_b = wilson(both + only_b, items, confidence=confidence)
    margins = float(both + only_a) * (only_b + neither) * (both + only_b) * (only_a + neither)
    numerator = float(both) * neither - float(only_a) * only_b
    if numerator > 0:
        numerator = max(numerator - items / 2, 0.0)
    phi = numerator / np.sqrt(margins) if margins > 0 else 0.0
    value = share_b - share_a
    down_b, up_a, up_b, down_a = share_b - low_b, high_a - share_a, high_b - share_b, share_a - low_a
    low = value - np.sqrt(max(0.0, down_b**2 - 2 * phi * down_b * up_a + up_a**2))
    high = value + np.sqrt(max(0.0, up_b**2 - 2 * phi * up_b * down_a + down_a**2))
    return Difference(value, max(-1.0, float(low)), min(1.0, float(high)))


def paired_draws(a: Sequence[float | None], b: Sequence[float | None], value_a: float, value_b: float) -> Difference:
    """B minus A with its 95 % percentile interval, from both models' values over the same bootstrap samples.

    Samples in which one has no value count for nothing; (−1, 1) where none is left.
    """
    gaps = [two - one for one, two in zip(a, b, strict=False) if one is not None and two is not None]
    value = value_b - value_a
    if not gaps:
        return Difference(value, -1.0, 1.0)
    low, high = np.quantile(gaps, [0.025, 0.975])
    return Difference(value, min(float(low), value), max(float(high), value))


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


def compare(
    truth: NDArray[np.int64], a: NDArray[np.int64], b: NDArray[np.int64], *, classes: int, seed: int = 0
) -> Paired:
    """Compare two models on the items that both answered.

    Args:
        truth: (n,) true labels, 0 to `classes` − 1.
        a: (n,) answers of A.
        b: (n,) answers of B.
        classes: Number of labels.
        seed: Of the paired bootstrap over items that gives the interval of macro-F1's difference.
    """
    right_a, right_b = a == truth, b == truth
    both, only_a = int((right_a & right_b).sum()), int((right_a & ~right_b).sum())
    only_b, neither = int((~right_a & right_b).sum()), int((~right_a & ~right_b).sum())
    accuracy = paired_difference(both, only_a, only_b, neither)
    if len(truth) == 0:
        return Paired(0, 0, 0, 0, 0, accuracy, Difference(0.0, -1.0, 1.0), 1.0)
    cells, counts = np.unique(np.stack([truth, a, b]), axis=1, return_counts=True)
    drawn = np.random.default_rng(seed).multinomial(len(truth), counts / counts.sum(), size=DRAWS).astype(float)
    known = counts[None, :].astype(float)

    def gain(rows: NDArray[np.float64]) -> NDArray[np.float64]:
        return _macro_f1(rows, cells[0], cells[2], classes) - _macro_f1(rows, cells[0], cells[1], classes)

    low, high = np.quantile(gain(drawn), [0.025, 0.975])
    f1 = Difference(float(gain(known)[0]), float(low), float(high))
    return Paired(len(truth), both, only_a, only_b, neither, accuracy, f1, mcnemar(only_a, only_b))
