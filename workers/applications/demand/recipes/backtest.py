"""Judging forecasts as they would have been made: rolling origins, paired intervals over days, and their cost."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from statkit.bootstrap import bootstrap_indices, percentile_interval
from statkit.interval import Interval
from workers.applications.demand.recipes import network
from workers.applications.demand.recipes.inputs import GROUPS, Demand, Inputs, inputs_of, scales_of, targets_of
from workers.applications.demand.recipes.simple import SIMPLE
from workers.recipes.base import Run, check_run

Array = NDArray[np.float64]
NETWORKS = ("sdae", "no_pretraining")
BEST_SIMPLE = "boosting"
LEVELS = (0.5, 0.8, 0.95)


@dataclass(frozen=True)
class Origin:
    """Learn from the slots before `cut`, judge on those up to before `end`."""

    cut: int
    end: int


def origins_of(demand: Demand, *, folds: int, days: int) -> list[Origin]:
    """The last `folds` spans of so many days, the earliest first.

    Raises:
        ValueError: there is too little data: a week is needed before the first input, and another to learn from.
    """
    span = days * demand.slots.a_day
    total = len(demand.counts)
    found = [Origin(total - (fold + 1) * span, total - fold * span) for fold in reversed(range(folds))]
    if found[0].cut < demand.first + 7 * demand.slots.a_day:
        raise ValueError("Too little data: two weeks and a little more must lie before the first day that is judged.")
    return found


@dataclass
class Judged:
    """One model over all origins: squared errors and errors summed by day, and what it cost."""

    name: str
    squares: Array
    counts: Array
    seconds: float
    means: Array | None = None
    inside: dict[float, float] | None = None

    @property
    def rmse(self) -> float:
        return float(np.sqrt(self.squares.sum() / self.counts.sum()))


def judge(demand: Demand, origins: Sequence[Origin], *, seed: int = 0, trials: int = 6, run: Run | None = None) -> Any:
    """Every model at every origin.

    Returns:
        `models` by name, `shapes` that the random search tried at the first origin, and `means` (judged slots, cells)
        of each model for the last origin.
    """
    names = [*SIMPLE, *NETWORKS]
    parts: dict[str, list[tuple[Array, Array]]] = {name: [] for name in names}
    ablated: dict[str, list[tuple[Array, Array]]] = {f"without_{g}": [] for g in groups_there(demand)}
    seconds = dict.fromkeys([*names, *ablated], 0.0)
    hits = {level: [0.0, 0.0] for level in LEVELS}
    last: dict[str, Array] = {}
    shape = network.Shape()
    tried: list[tuple[network.Shape, float]] = []
    for fold, origin in enumerate(origins):
        scale = scales_of(demand.counts, origin.cut)
        learned = inputs_of(demand, demand.first, origin.cut, scale)
        asked = inputs_of(demand, origin.cut, origin.end, scale)
        truth = targets_of(demand, asked)
        if fold == 0:
            shape, tried = _search(demand, origin, trials, seed, run)
        for name in names:
            if run is not None:
                check_run(run)
                run.log(fold * len(names) + names.index(name), len(origins) * len(names))
            begun = time.process_time()
            if name in SIMPLE:
                found = SIMPLE[name](demand, learned, asked, seed)
            else:
                one = network.Shape(**{**vars(shape), "pretrained": name == "sdae"})
                forecast = network.fit(demand, learned, one, seed).predict(asked)
                found = forecast.mean
                if name == "sdae":
                    _count_inside(forecast, truth, hits)
            seconds[name] += time.process_time() - begun
            parts[name].append(by_day(demand, asked, (found - truth) ** 2))
            last[name] = found.reshape(-1, demand.counts.shape[1])
        for name, kept in ablated.items():
            group = name.removeprefix("without_")
            begun = time.process_time()
            found = SIMPLE[BEST_SIMPLE](demand, learned.without(group), asked.without(group), seed)
            seconds[name] += time.process_time() - begun
            kept.append(by_day(demand, asked, (found - truth) ** 2))
    models = {
        name: Judged(
            name,
            np.concatenate([one[0] for one in found]),
            np.concatenate([one[1] for one in found]),
            seconds[name],
            last.get(name),
        )
        for name, found in (parts | ablated).items()
    }
    models["sdae"].inside = {level: right / max(count, 1) for level, (right, count) in hits.items()}
    return models, tried


def by_weeks(demand: Demand, origin: Origin, shape: network.Shape, *, seed: int = 0, run: Run | None = None) -> Any:
    """How the error falls as more weeks are learned from, judged on the same days.

    Returns:
        Rows of `weeks`, and of each model its `rmse` and how much lower it is with all weeks (`gain`), with 95 %
        intervals by drawing days; the fewest weeks first.
    """
    week = 7 * demand.slots.a_day
    whole = (origin.cut - demand.first) / week
    sizes = [2.0**power for power in range(10) if 2.0**power < 0.75 * whole] + [whole]
    kept: dict[float, dict[str, Judged]] = {}
    for weeks in sizes:
        if run is not None:
            check_run(run)
        begin = origin.cut - round(weeks * week)
        scale = scales_of(demand.counts[begin:], origin.cut - begin)
        learned, asked = (inputs_of(demand, a, b, scale) for a, b in ((begin, origin.cut), (origin.cut, origin.end)))
        truth = targets_of(demand, asked)
        found = {name: SIMPLE[name](demand, learned, asked, seed) for name in ("ridge", BEST_SIMPLE)}
        found["sdae"] = network.fit(demand, learned, shape, seed).predict(asked).mean
        kept[weeks] = {
            name: Judged(name, *by_day(demand, asked, (mean - truth) ** 2), 0.0) for name, mean in found.items()
        }
    return [
        {
            "weeks": round(weeks, 2),
            "models": {
                name: {"rmse": interval_of(one).as_json(), "gain": interval_of(one, kept[whole][name]).as_json()}
                for name, one in models.items()
            },
        }
        for weeks, models in kept.items()
    ]


def groups_there(demand: Demand) -> list[str]:
    """Groups of inputs that this demand has."""
    have = {"places": True, "inflow": demand.inflow is not None, "weather": demand.weather is not None}
    return [group for group in GROUPS if have[group]]


def _search(
    demand: Demand, origin: Origin, trials: int, seed: int, run: Run | None
) -> tuple[network.Shape, list[tuple[network.Shape, float]]]:
    """On the last tenth of what lies before the first origin, so that no judged slot takes part."""
    span = origin.cut - demand.first
    middle = origin.cut - max(demand.slots.a_day, span // 10)
    scale = scales_of(demand.counts, middle)
    learned, held = (inputs_of(demand, a, b, scale) for a, b in ((demand.first, middle), (middle, origin.cut)))
    return network.search(demand, learned, held, trials=trials, seed=seed, run=run)


def by_day(demand: Demand, asked: Inputs, squares: Array) -> tuple[Array, Array]:
    """Sums of squared errors, and rows, of each day."""
    day = asked.slot // demand.slots.a_day
    _, place = np.unique(day, return_inverse=True)
    return np.bincount(place, weights=squares).astype(np.float64), np.bincount(place).astype(np.float64)


def _count_inside(forecast: network.Forecast, truth: Array, hits: dict[float, list[float]]) -> None:
    for level, cell in hits.items():
        cell[0] += float(forecast.inside(truth, level).sum())
        cell[1] += len(truth)


def interval_of(one: Judged, other: Judged | None = None, *, seed: int = 0, draws: int = 2000) -> Interval:
    """Root mean square error, or that of `one` less that of `other`, with its 95 % interval by drawing days.

    Days are drawn, not slots: errors of one day hang together (a block bootstrap, H. Künsch 1989).
    """
    picks = bootstrap_indices(len(one.squares), seed=seed, n_resamples=draws)

    def rmse(model: Judged, index: Any) -> Any:
        return np.sqrt(model.squares[index].sum(axis=-1) / model.counts[index].sum(axis=-1))

    every = np.arange(len(one.squares))
    value, drawn = rmse(one, every), rmse(one, picks)
    if other is not None:
        value, drawn = value - rmse(other, every), drawn - rmse(other, picks)
    return percentile_interval(value, drawn, n=len(every)).widened_to_value()
