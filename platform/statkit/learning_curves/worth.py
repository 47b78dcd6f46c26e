"""What a way of training is worth in labels, read off learning curves with paired seeds."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from statkit.interval import Interval
from statkit.means import t_interval

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Worth:
    """One way of training beside the standard one.

    `errors` and `gains` (standard less this, paired) stand in the order of the sizes, with 95 % intervals; `saved` is
    the share of the labels that it saves to reach what the standard way reaches with all, with its 80 % interval
    (negative where it needs more). None for the standard way itself.
    """

    method: str
    errors: list[Interval]
    gains: list[Interval]
    saved: Interval | None


def saved_share(sizes: Sequence[int], standard: Array, other: Array) -> float:
    """Share of the labels that `other` saves, from one seed's curves.

    Both curves are errors at `sizes`, made monotone, and straight between sizes in logarithms of both axes, as power
    laws are. Where `other` ends below the standard's end, it is asked at which size it reached that; else, which size
    of the standard its own end is worth.

    >>> round(saved_share([100, 200, 400], np.array([0.4, 0.3, 0.2]), np.array([0.3, 0.2, 0.1])), 6)
    0.5

    Reference: J. Hestness et al. (2017), "Deep learning scaling is predictable, empirically", arXiv 1712.00409.
    """
    logs = np.log(np.asarray(sizes, dtype=np.float64))
    ours, theirs = (np.log(np.maximum(np.minimum.accumulate(one), 1e-9)) for one in (standard, other))
    if theirs[-1] <= ours[-1]:
        return float(1 - np.exp(_size_at(ours[-1], theirs, logs) - logs[-1]))
    return float(1 - np.exp(logs[-1] - _size_at(theirs[-1], ours, logs)))


def _size_at(error: float, curve: Array, logs: Array) -> float:
    """Log size at which a falling curve reaches an error; the first size where it lies below from the start."""
    return float(np.interp(-error, -curve, logs))


def worth_in_labels(sizes: Sequence[int], errors: dict[str, Array], *, standard: str) -> list[Worth]:
    """Compare ways of training.

    Args:
        sizes: Labels, ascending.
        errors: Way to (seeds, sizes) errors; row s of each was measured with the same seed and the same labels.
        standard: The way that the others are held against.

    >>> errors = {
    ...     "standard": np.array([[0.40, 0.30], [0.42, 0.28]]),
    ...     "other": np.array([[0.30, 0.20], [0.31, 0.22]]),
    ... }
    >>> rows = worth_in_labels([100, 200], errors, standard="standard")
    >>> [(one.method, one.saved and round(one.saved.value, 2)) for one in rows]
    [('standard', None), ('other', 0.44)]

    Reference: J. Hestness et al. (2017), "Deep learning scaling is predictable, empirically", arXiv 1712.00409.
    """
    base = errors[standard]
    found = []
    for method, table in errors.items():
        spans = [t_interval(table[:, place], 0.95) for place in range(len(sizes))]
        gains = [t_interval(base[:, place] - table[:, place], 0.95) for place in range(len(sizes))]
        shares = np.array([saved_share(sizes, one, other) for one, other in zip(base, table, strict=True)])
        found.append(Worth(method, spans, gains, None if method == standard else t_interval(shares, 0.8)))
    return found
