"""Networks trained on thousands of real curves that map a curve's features to quantiles of its later error.

Learned by `benchmarks/fit_prior.py` on LCDB 1.1 (Yan, Mohr, Viering 2025; CC BY 4.0), kept in `prior.npz`. Quantile
regression after R. Koenker and G. Bassett (1978). Dataset families are divided into folds; each network is trained
without one of them. The quantiles are scaled around their median to be calibrated on families that a network has not
seen (split conformal calibration, after Y. Romano, E. Patterson, E. Candès, 2019, arXiv 1905.03222), for each level and
horizon.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

LEVELS = np.array([0.005, 0.025, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.975, 0.995])
MEDIAN_INDEX = 7
# Two more outputs: logits that the curve gets worse later, and that it is ill-behaved.
N_LOGITS = 2
# Indices, from the end, of the features on which the networks' output is based.
FEATURE_INDEX = {"log_h": -11, "middle": -8}
# Edges of the horizon groups that are calibrated separately, in multiples of the last size.
HORIZON_GROUPS = np.array([1.5, 3.0, 6.0, 12.0, 24.0])
GROUP_CENTERS = np.log(np.array([1.2, 2.0, 4.0, 8.0, 16.0, 40.0]))
MAX_HORIZON = 64.0


@dataclass(frozen=True)
class Network:
    """One network, and the fold that it was not trained on."""

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
        middle = out[:, MEDIAN_INDEX : MEDIAN_INDEX + 1]
        up = np.logaddexp(0.0, out[:, MEDIAN_INDEX + 1 : len(LEVELS)] - 2).cumsum(axis=1)
        down = np.logaddexp(0.0, out[:, :MEDIAN_INDEX][:, ::-1] - 2).cumsum(axis=1)[:, ::-1]
        base, spread = 0.9 * features[:, FEATURE_INDEX["middle"]], 0.05 + 0.25 * features[:, FEATURE_INDEX["log_h"]]
        levels = np.concatenate([middle - down, middle, middle + up], axis=1)
        return base[:, None] + spread[:, None] * levels, out[:, len(LEVELS) :]


def _silu(x: Array) -> Array:
    return x / (1.0 + np.exp(-np.clip(x, -40, 40)))


@dataclass(frozen=True)
class Prior:
    """All networks. `calibration` is (folds + 1, groups, levels): one table without each fold, then one for all."""

    networks: tuple[Network, ...]
    calibration: Array

    def quantiles(self, features: Array, *, exclude_fold: int | None = None) -> tuple[Array, Array]:
        """(rows, levels) calibrated log errors, and (rows, 2) probabilities.

        Args:
            features: (rows, features) of one curve at several horizons, from `Curve.at`.
            exclude_fold: Use only networks that have not seen this fold, calibrated on the other folds: for reports on
                curves of that fold.
        """
        predictions = [net(features) for net in self.networks if exclude_fold is None or net.fold == exclude_fold]
        levels = np.mean([prediction for prediction, _ in predictions], axis=0)
        logits = np.mean([prediction for _, prediction in predictions], axis=0)
        middle = levels[:, MEDIAN_INDEX : MEDIAN_INDEX + 1]
        table = self.calibration[-1 if exclude_fold is None else exclude_fold]
        log_h = features[:, FEATURE_INDEX["log_h"]]
        factor = np.stack([np.interp(log_h, GROUP_CENTERS, column) for column in table.T], axis=1)
        return middle + np.sort((levels - middle) * factor, axis=1), 1.0 / (1.0 + np.exp(-logits))


def calibration_factors(levels: Array, truth: Array, h: Array) -> Array:
    """(groups, levels) factors that calibrate each quantile on these rows.

    Args:
        levels: (rows, levels) raw quantiles.
        truth: (rows,) measured log errors.
        h: (rows,) horizons.

    >>> levels = np.tile(np.linspace(-1, 1, len(LEVELS)), (400, 1))
    >>> truth = np.random.default_rng(0).uniform(-2, 2, 400)
    >>> calibration_factors(levels, truth, np.ones(400)).shape
    (6, 15)

    Reference: Y. Romano, E. Patterson and E. Candès (2019), "Conformalized quantile regression", arXiv 1905.03222.
    """
    group = np.searchsorted(HORIZON_GROUPS, h)
    middle = levels[:, MEDIAN_INDEX]
    table = np.ones((len(HORIZON_GROUPS) + 1, len(LEVELS)))
    for number in range(len(HORIZON_GROUPS) + 1):
        rows = group == number
        for index, level in enumerate(LEVELS):
            if index != MEDIAN_INDEX and rows.sum() > 100:
                ratio = (truth[rows] - middle[rows]) / (levels[rows, index] - middle[rows])
                table[number, index] = np.quantile(ratio, level if index > MEDIAN_INDEX else 1 - level)
    return np.clip(table, 0.6, 3.0)


@lru_cache(maxsize=1)
def load_prior() -> Prior:
    """The trained prior, loaded once.

    >>> load_prior().calibration.shape[1:]
    (6, 15)

    Reference: R. Koenker and G. Bassett (1978), "Regression quantiles", Econometrica 46; data: C. Yan, F. Mohr and T.
        Viering (2025), "LCDB 1.1".
    """
    with np.load(Path(__file__).with_name("prior.npz")) as data:
        arrays: dict[str, Any] = {key: data[key].astype(np.float64) for key in data.files}
    nets = []
    for number in range(len(arrays["folds"])):
        layers = tuple((arrays[f"w{k}"][number], arrays[f"b{k}"][number]) for k in range(4))
        nets.append(Network(int(arrays["folds"][number]), arrays["mean"][number], arrays["scale"][number], layers))
    return Prior(tuple(nets), arrays["stretch"])
