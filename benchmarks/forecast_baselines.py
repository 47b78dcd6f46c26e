"""What others do with a learning curve: each gives the quantiles `QS` of log error at several horizons."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import curve_fit
from scipy.stats import norm, t

from statkit.learning_curves.features import MIN_ERROR

Array = NDArray[np.float64]
QS = np.array([0.025, 0.1, 0.5, 0.9, 0.975])


def _log(values: Array) -> Array:
    return np.log(np.clip(values, MIN_ERROR, 1.0))


def last_value(n: Array, error: Array, se: Array, ahead: Array) -> Array:
    """The last error, with its standard error."""
    spread = np.maximum(se[-1] / max(error[-1], MIN_ERROR), 1e-3)
    return np.tile(_log(error[-1:]) + norm.ppf(QS) * spread, (len(ahead), 1))


def _pow3(n: Array, a: float, b: float, c: float) -> Array:
    return a * n**-b + c


def _fit(n: Array, error: Array, sigma: Array) -> tuple[Array, Array]:
    x = n / n[-1]
    begin = (max(error[-1] - 0.8 * error.min(), 1e-4), 0.5, 0.8 * error.min())
    return curve_fit(_pow3, x, error, p0=begin, sigma=sigma, bounds=([0, 0.01, 0], [10, 3, 1]), maxfev=400)


def power_law(n: Array, error: Array, se: Array, ahead: Array) -> Array:
    """Power law with offset by weighted least squares, its interval from the covariance: the textbook way."""
    sigma = np.maximum(se, 0.01 * np.maximum(error, MIN_ERROR))
    try:
        best, covariance = _fit(n, error, sigma)
    except RuntimeError:
        return last_value(n, error, se, ahead)
    rows = []
    for h in ahead / n[-1]:
        middle = _pow3(h, *best)
        slope = np.array([h ** -best[1], -best[0] * np.log(h) * h ** -best[1], 1.0])
        spread = np.sqrt(max(slope @ covariance @ slope, 1e-12))
        rows.append(_log(middle + t.ppf(QS, max(len(n) - 3, 1)) * spread))
    return np.array(rows)


def bayes_average(n: Array, error: Array, se: Array, ahead: Array, *, draws: int = 60_000) -> Array:
    """Average over pow3, exp3, Weibull and M4 by their posterior: importance sampling from the prior."""
    rng = np.random.default_rng(0)
    x, h = n / n[-1], ahead / n[-1]
    draws_per_chain = draws // 4
    last = max(error[-1], MIN_ERROR)
    chains, weights = [], []
    for family in ("pow3", "exp3", "weibull", "m4"):
        c = last * np.where(rng.random(draws_per_chain) < 0.3, 0.0, rng.random(draws_per_chain))
        b = np.exp(rng.normal(np.log(0.5), 0.8, draws_per_chain))
        a = last * np.exp(rng.normal(0, 0.3, draws_per_chain)) - c
        d = np.exp(rng.normal(0, 0.4, draws_per_chain))

        def value(at: Array, family: str = family, a: Array = a, b: Array = b, c: Array = c, d: Array = d) -> Array:
            at = at[None, :]
            if family == "pow3":
                return c[:, None] + a[:, None] * at ** -b[:, None]
            if family == "exp3":
                return c[:, None] + a[:, None] * np.exp(-b[:, None] * (at - 1))
            if family == "weibull":
                return c[:, None] + a[:, None] * np.exp(-b[:, None] * (at ** d[:, None] - 1))
            high = c + np.abs(a) * np.exp(b)
            return c[:, None] + (high - c)[:, None] / (1 + (np.exp(b) - 1)[:, None] * at ** d[:, None])

        sigma = np.sqrt(se**2 + (0.03 * np.maximum(error, MIN_ERROR)) ** 2 + 1e-10)
        with np.errstate(over="ignore", invalid="ignore"):
            log_weight = -0.5 * (((value(x) - error) / sigma) ** 2).sum(axis=1)
            chains.append(_log(value(h)))
        weights.append(np.where(np.isfinite(log_weight), log_weight, -np.inf))
    values, log_weight = np.concatenate(chains), np.concatenate(weights)
    weight = np.exp(log_weight - log_weight.max())
    rows = []
    for column in values.T:
        order = np.argsort(column)
        total = np.cumsum(weight[order])
        rows.append(column[order][np.minimum(np.searchsorted(total, QS * total[-1]), len(column) - 1)])
    return np.array(rows)


def gaussian_process(n: Array, error: Array, se: Array, ahead: Array) -> Array:
    """Gaussian process in log-log about a straight line; length scale and height by marginal likelihood on a grid."""
    x, y = np.log(n / n[-1]), _log(error)
    noise = (np.maximum(se, 0.02 * np.maximum(error, MIN_ERROR)) / np.maximum(error, MIN_ERROR)) ** 2
    at = np.log(ahead / n[-1])
    best: tuple[float, Array, Array] | None = None
    for length in (0.7, 1.4, 2.8, 5.6):
        for height in (0.05, 0.15, 0.4):

            def kernel(p: Array, q: Array, length: float = length, height: float = height) -> Array:
                line = 1.0 + 0.09 * p[:, None] * q[None, :] - 0.3 * 0  # broad prior on the line
                return line + height**2 * np.exp(-0.5 * ((p[:, None] - q[None, :]) / length) ** 2)

            mean = -1.0 - 0.4 * x
            full = kernel(x, x) + np.diag(noise)
            root = np.linalg.cholesky(full + 1e-9 * np.eye(len(x)))
            alpha = np.linalg.solve(root.T, np.linalg.solve(root, y - mean))
            likelihood = -0.5 * (y - mean) @ alpha - np.log(np.diag(root)).sum()
            if best is None or likelihood > best[0]:
                cross = kernel(at, x)
                middle = -1.0 - 0.4 * at + cross @ alpha
                half = np.linalg.solve(root, cross.T)
                variance = np.maximum(np.diag(kernel(at, at)) - (half**2).sum(axis=0), 1e-8)
                best = (float(likelihood), middle, np.sqrt(variance))
    assert best is not None
    return np.clip(best[1][:, None] + best[2][:, None] * norm.ppf(QS), np.log(MIN_ERROR), 0.0)


def bootstrap(n: Array, error: Array, se: Array, ahead: Array, *, times: int = 10) -> Array:
    """Power law with offset on redrawn points; the caller stretches it by split conformal calibration."""
    rng = np.random.default_rng(0)
    sigma = np.maximum(se, 0.01 * np.maximum(error, MIN_ERROR))
    samples = []
    for number in range(times):
        noisy = error if number == 0 else np.clip(error + sigma * rng.standard_normal(len(error)), MIN_ERROR, 1)
        try:
            best, _ = _fit(n, noisy, sigma)
        except RuntimeError:
            continue
        samples.append(_log(_pow3(ahead / n[-1], *best)))
    if not samples:
        return last_value(n, error, se, ahead)
    rows = np.quantile(np.array(samples), QS, axis=0).T
    rows[:, 2] = samples[0]
    return np.sort(rows + np.array([-2e-3, -1e-3, 0, 1e-3, 2e-3]), axis=1)


METHODS = {
    "last value": last_value,
    "power law with offset, covariance interval": power_law,
    "average of pow3, exp3, Weibull, M4 (Bayes)": bayes_average,
    "Gaussian process in log-log": gaussian_process,
    "pow3, bootstrap, split-conformal": bootstrap,
}
