"""What thousands of real curves taught: networks that turn a curve's features into quantiles of its error further on.

Learned by `benchmarks/fit_prior.py` on LCDB 1.1 (Yan, Mohr, Viering 2025; CC BY 4.0), kept in `prior.npz`. Quantile
regression after R. Koenker and G. Bassett (1978). Families of data sets are dealt into folds; each network left one
out. The quantiles are stretched around their median so that they hold on families that a network has not seen (split
conformal calibration, after Y. Romano, E. Patterson, E. Candès, 2019, arXiv 1905.03222), for each level and horizon.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

LEVELS = np.array([0.005, 0.025, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.975, 0.995])
MIDDLE = 7
# Beside the quantiles: the logits that the curve gets worse later, and that it is ill-behaved somewhere.
TURNS = 2
# Places of features that the networks start from, counted from the end.
SIDES = {"log_h": -11, "middle": -8}
# Edges between the groups of horizons that are calibrated apart, in multiples of the last size.
GROUPS = np.array([1.5, 3.0, 6.0, 12.0, 24.0])
CENTRES = np.log(np.array([1.2, 2.0, 4.0, 8.0, 16.0, 40.0]))
FURTHEST = 64.0


@dataclass(frozen=True)
class Net:
    """One network, and the fold that it has not seen."""

    fold: int
    mean: Array
    scale: Array
    layers: tuple[tuple[Array, Array], ...]

    def __call__(self, features: Array) -> tuple[Array, Array]:
        """(rows, levels) log errors relative to the curve's reference, and (rows, 2) logits."""
        x = np.clip((features - self.mean) / self.scale, -6.0, 6.0)
        (w1, b1), (w2, b2), (w3, b3), (w4, b4) = self.layers
        z = _silu(x @ w1.T + b1)
        z = z + _silu(z @ w2.T + b2)
        z = z + _silu(z @ w3.T + b3)
        out = z @ w4.T + b4
        middle = out[:, MIDDLE : MIDDLE + 1]
        up = np.logaddexp(0.0, out[:, MIDDLE + 1 : len(LEVELS)] - 2).cumsum(axis=1)
        down = np.logaddexp(0.0, out[:, :MIDDLE][:, ::-1] - 2).cumsum(axis=1)[:, ::-1]
        base, spread = 0.9 * features[:, SIDES["middle"]], 0.05 + 0.25 * features[:, SIDES["log_h"]]
        levels = np.concatenate([middle - down, middle, middle + up], axis=1)
        return base[:, None] + spread[:, None] * levels, out[:, len(LEVELS) :]


def _silu(x: Array) -> Array:
    return x / (1.0 + np.exp(-np.clip(x, -40, 40)))


@dataclass(frozen=True)
class Prior:
    """All networks. `stretch` is (folds + 1, groups, levels): for those who leave out a fold, and last for all."""

    nets: tuple[Net, ...]
    stretch: Array

    def quantiles(self, features: Array, *, without: int | None = None) -> tuple[Array, Array]:
        """(rows, levels) calibrated log errors, and (rows, 2) probabilities.

        Args:
            features: (rows, features) of one curve at several horizons, from `Curve.at`.
            without: Use only networks that have not seen this fold, calibrated on the other folds: for reports on
                curves of that fold.
        """
        found = [net(features) for net in self.nets if without is None or net.fold == without]
        levels = np.mean([one for one, _ in found], axis=0)
        logits = np.mean([one for _, one in found], axis=0)
        middle = levels[:, MIDDLE : MIDDLE + 1]
        table = self.stretch[-1 if without is None else without]
        log_h = features[:, SIDES["log_h"]]
        factor = np.stack([np.interp(log_h, CENTRES, column) for column in table.T], axis=1)
        return middle + np.sort((levels - middle) * factor, axis=1), 1.0 / (1.0 + np.exp(-logits))


def stretch_of(levels: Array, truth: Array, h: Array) -> Array:
    """(groups, levels) factors with which each quantile holds on these rows.

    Args:
        levels: (rows, levels) raw quantiles.
        truth: (rows,) what came.
        h: (rows,) horizons.

    >>> levels = np.tile(np.linspace(-1, 1, len(LEVELS)), (400, 1))
    >>> truth = np.random.default_rng(0).uniform(-2, 2, 400)
    >>> stretch_of(levels, truth, np.ones(400)).shape
    (6, 15)

    Reference: Y. Romano, E. Patterson and E. Candès (2019), "Conformalized quantile regression", arXiv 1905.03222.
    """
    group = np.searchsorted(GROUPS, h)
    middle = levels[:, MIDDLE]
    table = np.ones((len(GROUPS) + 1, len(LEVELS)))
    for number in range(len(GROUPS) + 1):
        rows = group == number
        for index, level in enumerate(LEVELS):
            if index != MIDDLE and rows.sum() > 100:
                ratio = (truth[rows] - middle[rows]) / (levels[rows, index] - middle[rows])
                table[number, index] = np.quantile(ratio, level if index > MIDDLE else 1 - level)
    return np.clip(table, 0.6, 3.0)


@lru_cache(maxsize=1)
def prior() -> Prior:
    """As it was learned; read once.

    >>> prior().stretch.shape[1:]
    (6, 15)

    Reference: R. Koenker and G. Bassett (1978), "Regression quantiles", Econometrica 46; data: C. Yan, F. Mohr and T.
        Viering (2025), "LCDB 1.1".
    """
    with np.load(Path(__file__).with_name("prior.npz")) as data:
        arrays: dict[str, Any] = {key: data[key].astype(np.float64) for key in data.files}
    nets = []
    for number in range(len(arrays["folds"])):
        layers = tuple((arrays[f"w{k}"][number], arrays[f"b{k}"][number]) for k in range(4))
        nets.append(Net(int(arrays["folds"][number]), arrays["mean"][number], arrays["scale"][number], layers))
    return Prior(tuple(nets), arrays["stretch"])
