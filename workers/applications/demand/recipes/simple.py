"""The models that a network has to beat: what was, lines, and trees. Each gives the mean of the next slot's count."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from workers.applications.demand.recipes.inputs import Demand, Inputs, targets_of

Array = NDArray[np.float64]
Forecaster = Callable[[Demand, Inputs, Inputs, int], Array]
MOST_ROWS = 200_000  # rows that trees and lines learn from; more are thinned at random


def last_value(demand: Demand, learned: Inputs, asked: Inputs, seed: int) -> Array:
    """What came in the slot before."""
    return demand.counts[asked.slot - 1, asked.cell].astype(np.float64)


def same_slot(days: int) -> Forecaster:
    """What came in the same slot so many days ago."""

    def forecast(demand: Demand, learned: Inputs, asked: Inputs, seed: int) -> Array:
        return demand.counts[asked.slot - days * demand.slots.a_day, asked.cell].astype(np.float64)

    return forecast


def usual(demand: Demand, learned: Inputs, asked: Inputs, seed: int) -> Array:
    """The cell's mean at this time of the week, over the weeks that were learned from."""
    week = 7 * demand.slots.a_day
    total = np.zeros((week, demand.counts.shape[1]))
    seen = np.zeros(week)
    for slot in np.unique(learned.slot):
        total[slot % week] += demand.counts[slot]
        seen[slot % week] += 1
    mean = total / np.maximum(seen, 1)[:, None]
    return mean[asked.slot % week, asked.cell]


def thinned(inputs: Inputs, seed: int) -> NDArray[np.int64]:
    """Rows to learn from, at most `MOST_ROWS`."""
    rows = np.arange(len(inputs.slot))
    return rows if len(rows) <= MOST_ROWS else np.random.default_rng(seed).choice(rows, MOST_ROWS, replace=False)


def ridge(demand: Demand, learned: Inputs, asked: Inputs, seed: int) -> Array:
    """Ridge regression of scaled counts."""
    from sklearn.linear_model import Ridge
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    rows = thinned(learned, seed)
    y = targets_of(demand, learned)[rows] / learned.scale[learned.cell[rows]]
    # Weighted by the scale squared: the error of a busy cell counts as it does in the score.
    weight = learned.scale[learned.cell[rows]] ** 2
    model = make_pipeline(StandardScaler(), Ridge(alpha=1.0))
    model.fit(learned.x[rows].astype(np.float64), y, ridge__sample_weight=weight / weight.mean())
    found: Array = np.maximum(model.predict(asked.x.astype(np.float64)), 0) * asked.scale[asked.cell]
    return found


def poisson(demand: Demand, learned: Inputs, asked: Inputs, seed: int) -> Array:
    """Poisson regression with the cell's scale as exposure; lags enter as logarithms."""
    from sklearn.linear_model import PoissonRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    rows = thinned(learned, seed)
    exposure = learned.scale[learned.cell[rows]]
    model = make_pipeline(StandardScaler(), PoissonRegressor(alpha=1e-4, max_iter=200))
    y = targets_of(demand, learned)[rows] / exposure
    model.fit(_logs(learned)[rows], y, poissonregressor__sample_weight=exposure / exposure.mean())
    found: Array = model.predict(_logs(asked)) * asked.scale[asked.cell]
    return found


def _logs(inputs: Inputs) -> Array:
    x = inputs.x.astype(np.float64).copy()
    counted = np.array([group in ("own", "places", "inflow") for group in inputs.groups])
    x[:, counted] = np.log1p(x[:, counted])
    return x


def boosting(demand: Demand, learned: Inputs, asked: Inputs, seed: int) -> Array:
    """Histogram gradient boosting of scaled counts."""
    from sklearn.ensemble import HistGradientBoostingRegressor

    rows = thinned(learned, seed)
    scale = learned.scale[learned.cell[rows]]
    model = HistGradientBoostingRegressor(
        max_iter=250, learning_rate=0.06, max_leaf_nodes=31, min_samples_leaf=40, early_stopping=False,
        random_state=seed,
    )  # fmt: skip
    y = targets_of(demand, learned)[rows] / scale
    model.fit(learned.x[rows], y, sample_weight=scale**2 / np.mean(scale**2))
    found: Array = np.maximum(model.predict(asked.x), 0) * asked.scale[asked.cell]
    return found


SIMPLE: dict[str, Forecaster] = {
    "last": last_value,
    "yesterday": same_slot(1),
    "last_week": same_slot(7),
    "usual": usual,
    "ridge": ridge,
    "poisson": poisson,
    "boosting": boosting,
}
