"""Data efficiency of training variants, from learning curves with paired seeds."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from statkit.interval import Interval
from statkit.means import t_interval

Array = NDArray[np.float64]


@dataclass(frozen=True)
class DataEfficiency:
    """A training variant compared with the baseline.

    `errors` and `gains` (baseline − variant, paired) have the order of the sizes, with 95 % intervals. `label_savings`
    is the fraction of the labels that the variant saves to reach the error of the baseline with all labels, with an
    80 % interval; it is negative if the variant needs more labels, and None for the baseline itself.
    """

    variant: str
    errors: list[Interval]
    gains: list[Interval]
    label_savings: Interval | None


def label_savings_fraction(sizes: Sequence[int], baseline: Array, variant: Array) -> float:
    """Fraction of the labels that `variant` saves, from one seed's curves.

    Both curves are errors at `sizes`, made monotone and interpolated linearly on log-log axes, like power laws. If the
    final error of `variant` is lower, the size at which it reaches the final error of the baseline is used; otherwise,
    the size at which the baseline reaches the final error of the variant.

    >>> round(label_savings_fraction([100, 200, 400], np.array([0.4, 0.3, 0.2]), np.array([0.3, 0.2, 0.1])), 6)
    0.5

    Reference: J. Hestness et al. (2017), "Deep learning scaling is predictable, empirically", arXiv 1712.00409.
    """
    logs = np.log(np.asarray(sizes, dtype=np.float64))
    baseline_log_errors, variant_log_errors = (
        np.log(np.maximum(np.minimum.accumulate(errors), 1e-9)) for errors in (baseline, variant)
    )
    if variant_log_errors[-1] <= baseline_log_errors[-1]:
        return float(1 - np.exp(_size_at(baseline_log_errors[-1], variant_log_errors, logs) - logs[-1]))
    return float(1 - np.exp(logs[-1] - _size_at(variant_log_errors[-1], baseline_log_errors, logs)))


def _size_at(error: float, curve: Array, logs: Array) -> float:
    """Log size at which a decreasing curve reaches an error; the first size if the curve starts below it."""
    return float(np.interp(-error, -curve, logs))


def compare_data_efficiency(sizes: Sequence[int], errors: dict[str, Array], *, baseline: str) -> list[DataEfficiency]:
    """Compare training variants with a baseline.

    Args:
        sizes: Labels, ascending.
        errors: Variant to (seeds, sizes) errors; row s of each was measured with the same seed and the same labels.
        baseline: The variant that the others are compared with.

    >>> errors = {
    ...     "standard": np.array([[0.40, 0.30], [0.42, 0.28]]),
    ...     "other": np.array([[0.30, 0.20], [0.31, 0.22]]),
    ... }
    >>> rows = compare_data_efficiency([100, 200], errors, baseline="standard")
    >>> [(row.variant, row.label_savings and round(row.label_savings.value, 2)) for row in rows]
    [('standard', None), ('other', 0.44)]

    Reference: J. Hestness et al. (2017), "Deep learning scaling is predictable, empirically", arXiv 1712.00409.
    """
    baseline_table = errors[baseline]
    rows = []
    for variant, table in errors.items():
        error_intervals = [t_interval(table[:, column], 0.95) for column in range(len(sizes))]
        gains = [t_interval(baseline_table[:, column] - table[:, column], 0.95) for column in range(len(sizes))]
        savings = np.array(
            [
                label_savings_fraction(sizes, baseline_errors, variant_errors)
                for baseline_errors, variant_errors in zip(baseline_table, table, strict=True)
            ]
        )
        rows.append(
            DataEfficiency(variant, error_intervals, gains, None if variant == baseline else t_interval(savings, 0.8))
        )
    return rows
