"""Paired comparison of two classifiers on the same items."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from statkit.bootstrap import percentile_interval
from statkit.hypothesis_tests import mcnemar_mid_p_value
from statkit.interval import Interval
from statkit.proportions import paired_proportion_difference

N_RESAMPLES = 2000


@dataclass(frozen=True)
class PairedComparison:
    """Two classifiers on the same items: counts by who is correct, and differences B − A.

    `p_value` is McNemar's mid-p value of the hypothesis that both have the same accuracy.
    """

    nobs: int
    both_correct: int
    only_a_correct: int
    only_b_correct: int
    neither_correct: int
    accuracy: Interval
    macro_f1: Interval
    p_value: float


def _macro_f1(
    counts: NDArray[np.float64], y_true: NDArray[np.int64], y_pred: NDArray[np.int64], n_classes: int
) -> NDArray[np.float64]:
    """Of each row of `counts` (n_resamples, cells): mean F1 over the classes that occur among the true labels."""
    true_positives = np.zeros((len(counts), n_classes))
    actual = np.zeros_like(true_positives)
    predicted = np.zeros_like(true_positives)
    for cell in range(counts.shape[1]):
        actual[:, y_true[cell]] += counts[:, cell]
        predicted[:, y_pred[cell]] += counts[:, cell]
        if y_true[cell] == y_pred[cell]:
            true_positives[:, y_true[cell]] += counts[:, cell]
    total = actual + predicted
    f1 = np.divide(2 * true_positives, total, out=np.zeros_like(true_positives), where=total > 0)
    present = actual > 0
    macro_f1: NDArray[np.float64] = (f1 * present).sum(axis=1) / np.maximum(1, present.sum(axis=1))
    return macro_f1


def compare_classifiers(
    y_true: NDArray[np.int64],
    y_pred_a: NDArray[np.int64],
    y_pred_b: NDArray[np.int64],
    *,
    n_classes: int,
    seed: int = 0,
) -> PairedComparison:
    """Compare two classifiers on the items that both predicted.

    Args:
        y_true: (n,) true labels, 0 to `n_classes` − 1.
        y_pred_a: (n,) predictions of A.
        y_pred_b: (n,) predictions of B.
        n_classes: Number of labels.
        seed: Of the paired bootstrap over items that gives the interval of macro-F1's difference.

    >>> y_true = np.tile([0, 0, 1, 1], 25)
    >>> half_correct = np.tile([0, 1, 1, 0], 25)
    >>> comparison = compare_classifiers(y_true, half_correct, y_true, n_classes=2)
    >>> comparison.only_b_correct, comparison.accuracy.value, comparison.p_value < 1e-9
    (50, 0.5, True)

    Reference: T. G. Dietterich (1998), "Approximate statistical tests for comparing supervised classification learning
        algorithms", Neural Computation 10.
    """
    correct_a, correct_b = y_pred_a == y_true, y_pred_b == y_true
    both, only_a = int((correct_a & correct_b).sum()), int((correct_a & ~correct_b).sum())
    only_b, neither = int((~correct_a & correct_b).sum()), int((~correct_a & ~correct_b).sum())
    accuracy = paired_proportion_difference(both, only_a, only_b, neither)
    if len(y_true) == 0:
        return PairedComparison(0, 0, 0, 0, 0, accuracy, Interval(0.0, -1.0, 1.0, n=0), 1.0)
    cells, counts = np.unique(np.stack([y_true, y_pred_a, y_pred_b]), axis=1, return_counts=True)
    resampled = (
        np.random.default_rng(seed).multinomial(len(y_true), counts / counts.sum(), size=N_RESAMPLES).astype(float)
    )
    observed = counts[None, :].astype(float)

    def gain(rows: NDArray[np.float64]) -> NDArray[np.float64]:
        return _macro_f1(rows, cells[0], cells[2], n_classes) - _macro_f1(rows, cells[0], cells[1], n_classes)

    f1 = percentile_interval(float(gain(observed)[0]), gain(resampled), n=len(y_true))
    return PairedComparison(
        len(y_true), both, only_a, only_b, neither, accuracy, f1, mcnemar_mid_p_value(only_a, only_b)
    )
