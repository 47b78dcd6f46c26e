"""Backtesting forecasts as they would have been made: rolling origins, paired intervals over days, and their cost."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from statkit.bootstrap import bootstrap_indices, percentile_interval
from statkit.interval import Interval
from workers.applications.demand.recipes import network
from workers.applications.demand.recipes.inputs import (
    INPUT_GROUPS,
    Demand,
    Inputs,
    build_inputs,
    build_targets,
    cell_scales,
)
from workers.applications.demand.recipes.simple import BASELINES
from workers.recipes.base import Run

Array = NDArray[np.float64]
NETWORKS = ("sdae", "no_pretraining")
ABLATED_MODEL = "boosting"
LEVELS = (0.5, 0.8, 0.95)


@dataclass(frozen=True)
class Origin:
    """A fold: train on the time bins before `cut`, test on those up to before `end`."""

    cut: int
    end: int


def rolling_origins(demand: Demand, *, folds: int, days: int) -> list[Origin]:
    """The last `folds` spans of so many days, the earliest first.

    Raises:
        ValueError: there is too little data: a week is needed before the first input, and another to learn from.
    """
    span = days * demand.time_bins.per_day
    total = len(demand.counts)
    origins = [Origin(total - (fold + 1) * span, total - fold * span) for fold in reversed(range(folds))]
    if origins[0].cut < demand.first + 7 * demand.time_bins.per_day:
        raise ValueError("Too little data: more than two weeks of data are needed before the first evaluated day.")
    return origins


@dataclass
class BacktestResult:
    """One model over all origins: squared errors and rows summed by day, and CPU seconds.

    `means` (time bins, cells) are those of the last origin; `coverage` maps a level to the fraction of counts inside.
    """

    name: str
    squared_errors: Array
    counts: Array
    seconds: float
    means: Array | None = None
    coverage: dict[float, float] | None = None

    @property
    def rmse(self) -> float:
        return float(np.sqrt(self.squared_errors.sum() / self.counts.sum()))


def run_backtest(
    demand: Demand, origins: Sequence[Origin], *, seed: int = 0, trials: int = 6, run: Run | None = None
) -> Any:
    """Every model at every origin.

    Returns:
        Results by model, and the configurations that the random search tried at the first origin with their errors.
    """
    names = [*BASELINES, *NETWORKS]
    parts: dict[str, list[tuple[Array, Array]]] = {name: [] for name in names}
    ablated: dict[str, list[tuple[Array, Array]]] = {f"without_{g}": [] for g in available_groups(demand)}
    seconds = dict.fromkeys([*names, *ablated], 0.0)
    hits = {level: [0.0, 0.0] for level in LEVELS}
    last: dict[str, Array] = {}
    config = network.NetworkConfig()
    trial_errors: list[tuple[network.NetworkConfig, float]] = []
    for fold, origin in enumerate(origins):
        scale = cell_scales(demand.counts, origin.cut)
        train = build_inputs(demand, demand.first, origin.cut, scale)
        test = build_inputs(demand, origin.cut, origin.end, scale)
        truth = build_targets(demand, test)
        if fold == 0:
            config, trial_errors = _search_config(demand, origin, trials, seed, run)
        for name in names:
            if run is not None:
                run.raise_if_stopped()
                run.log(fold * len(names) + names.index(name), len(origins) * len(names))
            started = time.process_time()
            if name in BASELINES:
                means = BASELINES[name](demand, train, test, seed)
            else:
                variant = network.NetworkConfig(**{**vars(config), "is_pretrained": name == "sdae"})
                forecast = network.fit(demand, train, variant, seed).predict(test)
                means = forecast.mean
                if name == "sdae":
                    _add_coverage(forecast, truth, hits)
            seconds[name] += time.process_time() - started
            parts[name].append(sum_by_day(demand, test, (means - truth) ** 2))
            last[name] = means.reshape(-1, demand.counts.shape[1])
        for name, ablated_parts in ablated.items():
            group = name.removeprefix("without_")
            started = time.process_time()
            means = BASELINES[ABLATED_MODEL](demand, train.without_group(group), test.without_group(group), seed)
            seconds[name] += time.process_time() - started
            ablated_parts.append(sum_by_day(demand, test, (means - truth) ** 2))
    models = {
        name: BacktestResult(
            name,
            np.concatenate([squared_errors for squared_errors, _ in days]),
            np.concatenate([counts for _, counts in days]),
            seconds[name],
            last.get(name),
        )
        for name, days in (parts | ablated).items()
    }
    models["sdae"].coverage = {level: right / max(count, 1) for level, (right, count) in hits.items()}
    return models, trial_errors


def errors_by_weeks(
    demand: Demand, origin: Origin, config: network.NetworkConfig, *, seed: int = 0, run: Run | None = None
) -> Any:
    """How the error falls with more weeks of training data, tested on the same days.

    Returns:
        Rows of `weeks`, and of each model its `rmse` and how much lower it is with all weeks (`gain`), with 95 %
        intervals by drawing days; the fewest weeks first.
    """
    week = 7 * demand.time_bins.per_day
    whole = (origin.cut - demand.first) / week
    sizes = [2.0**power for power in range(10) if 2.0**power < 0.75 * whole] + [whole]
    results: dict[float, dict[str, BacktestResult]] = {}
    for weeks in sizes:
        if run is not None:
            run.raise_if_stopped()
        start = origin.cut - round(weeks * week)
        scale = cell_scales(demand.counts[start:], origin.cut - start)
        train, test = (build_inputs(demand, a, b, scale) for a, b in ((start, origin.cut), (origin.cut, origin.end)))
        truth = build_targets(demand, test)
        means = {name: BASELINES[name](demand, train, test, seed) for name in ("ridge", ABLATED_MODEL)}
        means["sdae"] = network.fit(demand, train, config, seed).predict(test).mean
        results[weeks] = {
            name: BacktestResult(name, *sum_by_day(demand, test, (mean - truth) ** 2), 0.0)
            for name, mean in means.items()
        }
    return [
        {
            "weeks": round(weeks, 2),
            "models": {
                name: {
                    "rmse": rmse_interval(result).as_json(),
                    "gain": rmse_interval(result, results[whole][name]).as_json(),
                }
                for name, result in models.items()
            },
        }
        for weeks, models in results.items()
    ]


def available_groups(demand: Demand) -> list[str]:
    """Input groups for which there is data."""
    is_available = {"neighborhood": True, "inflow": demand.inflow is not None, "weather": demand.weather is not None}
    return [group for group in INPUT_GROUPS if is_available[group]]


def _search_config(
    demand: Demand, origin: Origin, trials: int, seed: int, run: Run | None
) -> tuple[network.NetworkConfig, list[tuple[network.NetworkConfig, float]]]:
    """On the last tenth of what lies before the first origin, so that no evaluated time bin takes part."""
    span = origin.cut - demand.first
    middle = origin.cut - max(demand.time_bins.per_day, span // 10)
    scale = cell_scales(demand.counts, middle)
    train, validation = (build_inputs(demand, a, b, scale) for a, b in ((demand.first, middle), (middle, origin.cut)))
    return network.search(demand, train, validation, trials=trials, seed=seed, run=run)


def sum_by_day(demand: Demand, test: Inputs, squared_errors: Array) -> tuple[Array, Array]:
    """Sums of squared errors, and rows, of each day."""
    day = test.time_bin // demand.time_bins.per_day
    _, index = np.unique(day, return_inverse=True)
    return np.bincount(index, weights=squared_errors).astype(np.float64), np.bincount(index).astype(np.float64)


def _add_coverage(forecast: network.CountForecast, truth: Array, hits: dict[float, list[float]]) -> None:
    for level, cell in hits.items():
        cell[0] += float(forecast.coverage(truth, level).sum())
        cell[1] += len(truth)


def rmse_interval(
    result: BacktestResult, reference: BacktestResult | None = None, *, seed: int = 0, draws: int = 2000
) -> Interval:
    """Root mean square error, or that of `result` less that of `reference`, with its 95 % interval over days.

    Days are drawn, not time bins: errors of one day hang together (a block bootstrap, H. Künsch 1989).
    """
    picks = bootstrap_indices(len(result.squared_errors), seed=seed, n_resamples=draws)

    def rmse(model: BacktestResult, index: NDArray[np.int64]) -> Any:
        return np.sqrt(model.squared_errors[index].sum(axis=-1) / model.counts[index].sum(axis=-1))

    all_days = np.arange(len(result.squared_errors))
    value, resampled = rmse(result, all_days), rmse(result, picks)
    if reference is not None:
        value, resampled = value - rmse(reference, all_days), resampled - rmse(reference, picks)
    return percentile_interval(value, resampled, n=len(all_days)).widened_to_value()
