"""Features of a learning curve for the prior networks, invariant to the units of labels and of error.

All features are logarithms relative to the last measured size and to the smoothed error there, so that a curve has the
same features as the same curve with ten times the labels or half the error.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

# Errors below this floor are not distinguished: one error in ten thousand.
MIN_ERROR = 1e-4
# Relative misfit allowed at each point, since real curves are not exact power laws.
MISFIT = 0.03
_SLOPES = np.exp(np.linspace(math.log(0.03), math.log(2.0), 16))
_OFFSETS = np.concatenate([[0.0], np.linspace(0.1, 0.98, 10)])
_SLOPE = np.repeat(_SLOPES, len(_OFFSETS))
_SHARE = np.tile(_OFFSETS, len(_SLOPES))
_PRIOR = -0.5 * ((np.log(_SLOPE) - math.log(0.45)) / 0.7) ** 2 + np.where(
    _SHARE == 0.0, math.log(5.0), np.log(1.0 - 0.8 * _SHARE)
)
_BACK = np.log(2.0 ** np.array([0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0]))
# Points at small sizes are less informative: the second fit doubles a point's error for each factor of four.
_FADE = 0.5


@dataclass(frozen=True)
class PowerLaws:
    """Weighted power laws with offset, e(h) = c + a·h^(−b), with h in multiples of the last size."""

    a: Array
    b: Array
    c: Array
    weights: Array

    def log_errors(self, h: float) -> Array:
        """log e(h) of each."""
        return np.asarray(np.log(np.maximum(self.c + self.a * h**-self.b, MIN_ERROR)))

    def quantiles(self, h: float, levels: Array) -> Array:
        """Quantiles of log e(h)."""
        values = self.log_errors(h)
        order = np.argsort(values)
        total = np.cumsum(self.weights[order])
        return np.asarray(values[order][np.minimum(np.searchsorted(total, levels * total[-1]), len(values) - 1)])


def fit_power_laws(h: Array, error: Array, se: Array) -> PowerLaws:
    """Posterior over power laws with offset on a grid of slopes and offsets; `a` by weighted least squares.

    Args:
        h: (k,) sizes in multiples of the last.
        error: (k,) errors above 0.
        se: (k,) their standard errors; 0 where unknown.

    >>> h = np.array([0.25, 0.5, 1.0])
    >>> laws = fit_power_laws(h, 0.2 * h**-0.5, np.zeros(3))
    >>> round(float(np.exp(laws.quantiles(4.0, np.array([0.5]))[0])), 2)
    0.1

    Reference: J. Hestness et al. (2017), "Deep learning scaling is predictable, empirically", arXiv 1712.00409.
    """
    precision = 1.0 / (se**2 + (MISFIT * error) ** 2 + 1e-10)
    offset = _SHARE * error.min()
    basis = h[None, :] ** -_SLOPE[:, None]
    information = (basis**2 * precision).sum(axis=1)
    a = np.maximum((basis * (error - offset[:, None]) * precision).sum(axis=1) / information, 0.0)
    misfit = error - offset[:, None] - a[:, None] * basis
    weight = -0.5 * (misfit**2 * precision).sum(axis=1) - 0.5 * np.log(information) + _PRIOR
    weight = np.exp(weight - weight.max())
    return PowerLaws(a, _SLOPE, offset, weight / weight.sum())


@dataclass(frozen=True)
class CurveFeatures:
    """A curve as the network sees it. `reference` is the log error smoothed at the last size."""

    last: float
    reference: float
    static: Array
    fits: tuple[PowerLaws, PowerLaws]
    slopes: tuple[float, float]

    def at(self, horizons: Array) -> Array:
        """(horizons, features): the static part, then what the fits say of each horizon ≥ 1."""
        return np.stack([np.concatenate([self.static, self._horizon(float(h))]) for h in horizons])

    def _horizon(self, h: float) -> Array:
        wide, recent = (fit.quantiles(h, np.array([0.1, 0.5, 0.9])) - self.reference for fit in self.fits)
        log_h = math.log(h)
        mean = float(self.fits[0].weights @ self.fits[0].log_errors(h)) - self.reference
        straight = [slope * log_h for slope in self.slopes]
        return np.concatenate([[log_h, log_h**2], wide, recent, [mean], straight])


def _line(x: Array, y: Array, weight: Array) -> tuple[float, float, float]:
    """Weighted line: slope, root mean square misfit, standard error of the slope at unit noise."""
    total = weight.sum()
    mx, my = (weight * x).sum() / total, (weight * y).sum() / total
    sxx = max((weight * (x - mx) ** 2).sum(), 1e-9)
    slope = (weight * (x - mx) * (y - my)).sum() / sxx
    misfit = y - my - slope * (x - mx)
    return float(slope), float(np.sqrt((misfit**2).mean())), float(min(1 / math.sqrt(sxx), 5.0))


def extract_features(n: Array, error: Array, se: Array) -> CurveFeatures:
    """The features of a curve.

    Args:
        n: (k,) rising sizes, k ≥ 3.
        error: (k,) error rates in 0..1.
        se: (k,) standard errors; 0 where unknown.

    >>> curve = extract_features(np.array([100.0, 200.0, 400.0]), np.array([0.2, 0.15, 0.11]), np.zeros(3))
    >>> curve.last, round(math.exp(curve.reference), 3)
    (400.0, 0.111)
    >>> curve.at(np.array([2.0, 8.0])).shape
    (2, 57)

    Reference: T. Viering and M. Loog (2021), "The shape of learning curves: a review", arXiv 2103.10948.
    """
    error = np.maximum(error, MIN_ERROR)
    h = n / n[-1]
    x, y = np.log(h), np.log(error)
    has_se = se > 0
    wide = fit_power_laws(h, error, se)
    fade = np.sqrt(se**2 + (MISFIT * error) ** 2) * np.sqrt(h**-_FADE * h**-_FADE)
    recent = fit_power_laws(h, error, fade)
    smooth = max(float(wide.weights @ (wide.a + wide.c)), MIN_ERROR)
    reference = math.log(smooth)
    relative = np.clip(se / error, 1e-3, 1.0)
    weight = 1.0 / (relative**2 + 0.02**2)
    k = len(n)
    all_slope, all_misfit, _ = _line(x, y, weight)
    five = slice(max(0, k - 5), k)
    five_slope, five_misfit, five_slope_se = _line(x[five], y[five], weight[five])
    three_slope, three_misfit, _ = _line(x[-3:], y[-3:], weight[-3:])
    design = np.stack([np.ones(k), x, x**2], axis=1)
    bent = np.linalg.solve(
        (design * weight[:, None]).T @ design + np.diag([1e-6, 1e-3, 1e-2]), (design * weight[:, None]).T @ y
    )
    steps = np.diff(y) / np.sqrt(relative[1:] ** 2 + relative[:-1] ** 2)
    back = np.interp(-_BACK, x, y) - reference
    was_measured = (x[0] - 0.05 <= -_BACK).astype(float)
    last_error = min(error[-1], 0.999)
    static = np.array(
        [
            math.log(n[-1]),
            reference,
            math.log(last_error / (1 - last_error)),
            y[-1] - reference,
            k / 10,
            -x[0],
            all_slope,
            all_misfit,
            five_slope,
            five_misfit,
            five_slope_se,
            three_slope,
            three_misfit,
            bent[1],
            bent[2],
            math.log(relative[-1]),
            math.log(relative.mean()),
            float(has_se.mean()),
            np.clip(steps.max(), -3, 6),
            np.clip(steps[-1], -6, 6),
            (steps > 1).mean(),
            y[-1] - y.min(),
            y[0] - y[-1],
            float(y[-1] - np.median(y[-3:])),
            float(wide.weights @ np.log(wide.b)),
            float(wide.weights @ wide.c) / smooth,
            float(recent.weights @ np.log(recent.b)),
            float(recent.weights @ recent.c) / smooth,
            *back,
            *was_measured,
        ]
    )
    return CurveFeatures(float(n[-1]), reference, static, (wide, recent), (all_slope, three_slope))
