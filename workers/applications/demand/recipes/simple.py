"""The baselines of the network: past counts, linear models and trees. Each gives the mean of the next bin's count."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from workers.applications.demand.recipes.inputs import Demand, Inputs, build_targets

Array = NDArray[np.float64]
Forecaster = Callable[[Demand, Inputs, Inputs, int], Array]
MAX_ROWS = 200_000  # rows that trees and lines learn from; more are thinned at random


def last_value(demand: Demand, train: Inputs, test: Inputs, seed: int) -> Array:
    """What came in the time bin before."""
    return demand.counts[test.time_bin - 1, test.cell].astype(np.float64)


def same_slot(days: int) -> Forecaster:
    """What came in the same time bin so many days ago."""

    def forecast(demand: Demand, train: Inputs, test: Inputs, seed: int) -> Array:
        return demand.counts[test.time_bin - days * demand.time_bins.per_day, test.cell].astype(np.float64)

    return forecast


def usual(demand: Demand, train: Inputs, test: Inputs, seed: int) -> Array:
    """The cell's mean at this time of the week, over the weeks that were learned from."""
    week = 7 * demand.time_bins.per_day
    total = np.zeros((week, demand.counts.shape[1]))
    bin_counts = np.zeros(week)
    for time_bin in np.unique(train.time_bin):
        total[time_bin % week] += demand.counts[time_bin]
        bin_counts[time_bin % week] += 1
    mean = total / np.maximum(bin_counts, 1)[:, None]
    return mean[test.time_bin % week, test.cell]


def sample_rows(inputs: Inputs, seed: int) -> NDArray[np.int64]:
    """Rows to learn from, at most `MAX_ROWS`."""
    rows = np.arange(len(inputs.time_bin))
    return rows if len(rows) <= MAX_ROWS else np.random.default_rng(seed).choice(rows, MAX_ROWS, replace=False)


def ridge(demand: Demand, train: Inputs, test: Inputs, seed: int) -> Array:
    """Ridge regression of scaled counts."""
    from sklearn.linear_model import Ridge
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    rows = sample_rows(train, seed)
    y = build_targets(demand, train)[rows] / train.scale[train.cell[rows]]
    # Weighted by the scale squared: the error of a busy cell counts as it does in the score.
    weight = train.scale[train.cell[rows]] ** 2
    model = make_pipeline(StandardScaler(), Ridge(alpha=1.0))
    model.fit(train.x[rows].astype(np.float64), y, ridge__sample_weight=weight / weight.mean())
    means: Array = np.maximum(model.predict(test.x.astype(np.float64)), 0) * test.scale[test.cell]
    return means


def poisson(demand: Demand, train: Inputs, test: Inputs, seed: int) -> Array:
    """Poisson regression with the cell's scale as exposure; lags enter as logarithms."""
    from sklearn.linear_model import PoissonRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    rows = sample_rows(train, seed)
    exposure = train.scale[train.cell[rows]]
    model = make_pipeline(StandardScaler(), PoissonRegressor(alpha=1e-4, max_iter=200))
    y = build_targets(demand, train)[rows] / exposure
    model.fit(_logs(train)[rows], y, poissonregressor__sample_weight=exposure / exposure.mean())
    means: Array = model.predict(_logs(test)) * test.scale[test.cell]
    return means


def _logs(inputs: Inputs) -> Array:
    x = inputs.x.astype(np.float64).copy()
    is_count = np.array([group in ("own", "neighborhood", "inflow") for group in inputs.groups])
    x[:, is_count] = np.log1p(x[:, is_count])
    return x


def boosting(demand: Demand, train: Inputs, test: Inputs, seed: int) -> Array:
    """Histogram gradient boosting of scaled counts."""
    from sklearn.ensemble import HistGradientBoostingRegressor

    rows = sample_rows(train, seed)
    scale = train.scale[train.cell[rows]]
    model = HistGradientBoostingRegressor(
        max_iter=250, learning_rate=0.06, max_leaf_nodes=31, min_samples_leaf=40, early_stopping=False,
        random_state=seed,
    )  # fmt: skip
    y = build_targets(demand, train)[rows] / scale
    model.fit(train.x[rows], y, sample_weight=scale**2 / np.mean(scale**2))
    means: Array = np.maximum(model.predict(test.x), 0) * test.scale[test.cell]
    return means


BASELINES: dict[str, Forecaster] = {
    "last": last_value,
    "yesterday": same_slot(1),
    "last_week": same_slot(7),
    "usual": usual,
    "ridge": ridge,
    "poisson": poisson,
    "boosting": boosting,
}
