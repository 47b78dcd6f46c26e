"""Real learning curves (LCDB 1.1; Yan, Mohr, Viering 2025), cut as if they had been measured up to some size only."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

# Data sets that come from one source are one family: what is learned from one says too much of the other.
_FAMILIES = {
    "wc": r"\.wc$",
    "ova": r"^OVA_",
    "mfeat": r"^mfeat",
    "chase": r"ChaseCM|KnuggetChase|MindCave|KungChi",
    "adult": r"^adult",
    "robot-arm": r"^puma|^kin8nm|^bank32",
    "house": r"^house_",
    "cpu": r"^cpu_",
    "aircraft": r"^delta_|ailerons|elevators",
    "higgs": r"(?i)higgs",
    "biomedical": r"Tumour|Burkitt|anthra|hepatitisC",
}
FOLDS = 5


@dataclass(frozen=True)
class RealCurve:
    """One learner on one data set.

    `rows` is (k, 3): size, error rate on validation data, its standard error over 25 splits; `other` is the same on
    test data: the same curve with other noise.
    """

    family: str
    dataset: str
    learner: str
    rows: NDArray[np.float64]
    other_rows: NDArray[np.float64]


@dataclass(frozen=True)
class Cut:
    """What was seen of a curve, and what came: rows of the curve, and their places in it."""

    curve: int
    chosen_places: NDArray[np.int64]
    ahead: NDArray[np.int64]
    measured: NDArray[np.float64]
    later: NDArray[np.float64]


def family_of(dataset: str) -> str:
    """The family of a data set; itself where it has none."""
    return next((name for name, pattern in _FAMILIES.items() if re.search(pattern, dataset)), dataset)


def load(path: str) -> list[RealCurve]:
    """Curves of at least eight sizes that are not zero throughout."""
    table = pq.read_table(path).to_pydict()
    scores: dict[tuple[int, str], list[tuple[float, ...]]] = defaultdict(list)
    names = {}
    measured = ("n", "err_val", "se_val", "err_test", "se_test")
    columns = (table[key] for key in ("dataset_id", "dataset", "learner", *measured))
    for dataset, name, learner, *row in zip(*columns, strict=True):
        if np.all(np.isfinite(row)):
            scores[dataset, learner].append(tuple(row))
            names[dataset] = name
    curves = []
    for (dataset, learner), rows in sorted(scores.items()):
        array = np.array(sorted(rows), dtype=float)
        if len(array) >= 8 and array[:, 1].max() > 0:
            name = names[dataset]
            curves.append(RealCurve(family_of(name), name, learner, array[:, :3], array[:, [0, 3, 4]]))
    return curves


def fold_of(curves: Sequence[RealCurve]) -> dict[str, int]:
    """The fold of each family, drawn once for all."""
    families = sorted({curve.family for curve in curves})
    order = np.random.default_rng(0).permutation(len(families))
    return {family: int(order[index]) % FOLDS for index, family in enumerate(families)}


def near(sizes: NDArray[np.float64], target: float, slack: float = 0.15) -> int | None:
    """Index of the size nearest to `wanted`; None where it is further off than `slack`."""
    index = int(np.argmin(np.abs(np.log(sizes / target))))
    return index if abs(sizes[index] / target - 1) < slack else None


def choose(sizes: NDArray[np.float64], how: str, rng: np.random.Generator) -> NDArray[np.int64]:
    """Places of at most ten of the sizes, the last one included: the ways in which people measure curves."""
    end = len(sizes) - 1
    if how == "last":
        return np.arange(max(0, end - 9), end + 1)
    if how == "even":
        return np.unique(np.linspace(0, end, min(10, end + 1)).round().astype(np.int64))
    count = int(rng.integers(3, 11))
    if how == "linear":
        targets = sizes[-1] * np.arange(1, count + 1) / count
    else:
        ratio = {"root": 2**0.5, "double": 2.0, "triple": 3.0}[how]
        targets = sizes[-1] / ratio ** np.arange(count)
    targets = targets[targets >= sizes[0] * 0.97]
    return np.unique(np.array([np.argmin(np.abs(np.log(sizes / size))) for size in targets], dtype=np.int64))


def cuts(
    curves: Sequence[RealCurve],
    rng: np.random.Generator,
    *,
    cuts_per_curve: int,
    ways: Sequence[str],
    horizons: Sequence[float],
    least: int = 3,
) -> list[Cut]:
    """`cuts_per_curve` random cuts of every curve, with what came at those horizons that were measured."""
    cuts_built = []
    for number, curve in enumerate(curves):
        rows, sizes = curve.rows, curve.rows[:, 0]
        ends = [end for end in range(least + 1, len(rows)) if sizes[end] >= 24 and sizes[-1] / sizes[end] >= 1.9]
        if not ends:
            continue
        for end in rng.choice(ends, size=min(cuts_per_curve, len(ends)), replace=False):
            chosen_places = choose(sizes[: end + 1], ways[rng.integers(len(ways))], rng)
            later = [near(sizes, sizes[end] * horizon) for horizon in horizons]
            ahead = np.array(sorted({index for index in later if index is not None and index >= end}), dtype=np.int64)
            if len(chosen_places) >= least and np.any(ahead > end):
                cuts_built.append(Cut(number, chosen_places, ahead, rows[chosen_places], rows[ahead]))
    return cuts_built
