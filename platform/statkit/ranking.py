"""Metrics of ranking."""

import numpy as np
from numpy.typing import NDArray


def roc_auc(y_score: NDArray[np.float64], y_true: NDArray[np.bool_]) -> tuple[float, float] | None:
    """Area under the ROC curve, 0 to 1, and its standard error, from (n,) scores and (n,) labels.

    None if all labels are equal.

    >>> area, error = roc_auc(np.array([0.1, 0.4, 0.35, 0.8]), np.array([False, False, True, True]))
    >>> area, round(error, 3)
    (0.75, 0.276)

    Reference: J. A. Hanley and B. J. McNeil (1982), "The meaning and use of the area under a receiver operating
        characteristic (ROC) curve", Radiology 143.
    """
    n_positive, n_negative = int(y_true.sum()), int((~y_true).sum())
    if not n_positive or not n_negative:
        return None
    from scipy.stats import rankdata  # a second of every process's start

    area = float((rankdata(y_score)[y_true].sum() - n_positive * (n_positive + 1) / 2) / (n_positive * n_negative))
    q1, q2 = area / (2 - area), 2 * area**2 / (1 + area)
    spread = area * (1 - area) + (n_positive - 1) * (q1 - area**2) + (n_negative - 1) * (q2 - area**2)
    return area, float(np.sqrt(max(spread, 0.25 / min(n_positive, n_negative)) / (n_positive * n_negative)))
