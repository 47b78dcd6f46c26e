"""How well scores rank what is positive above what is not."""

import numpy as np
from numpy.typing import NDArray


def area_under_roc(score: NDArray[np.float64], positive: NDArray[np.bool_]) -> tuple[float, float] | None:
    """Area under the ROC curve, 0 to 1, and its standard error, from (n,) scores and (n,) labels.

    None where all items are positive, or none.

    >>> area, error = area_under_roc(np.array([0.1, 0.4, 0.35, 0.8]), np.array([False, False, True, True]))
    >>> area, round(error, 3)
    (0.75, 0.276)

    Reference: J. A. Hanley and B. J. McNeil (1982), "The meaning and use of the area under a receiver operating
        characteristic (ROC) curve", Radiology 143.
    """
    yes, no = int(positive.sum()), int((~positive).sum())
    if not yes or not no:
        return None
    from scipy.stats import rankdata  # a second of every process's start

    area = float((rankdata(score)[positive].sum() - yes * (yes + 1) / 2) / (yes * no))
    q1, q2 = area / (2 - area), 2 * area**2 / (1 + area)
    spread = area * (1 - area) + (yes - 1) * (q1 - area**2) + (no - 1) * (q2 - area**2)
    return area, float(np.sqrt(max(spread, 0.25 / min(yes, no)) / (yes * no)))
