"""Active-learning simulations: what would each query strategy have gained on the labels that are there?

Each strategy starts from the same few random labels, asks for more in rounds, and learns a linear head on features of
the frozen backbone after each round. It sees labels of what it asked for, and the test items only for evaluation. Seeds
are paired: strategies share their start, their pool and the test items, so that their difference is their own.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labelkit.messages import Message
from plateau.jobs import services as jobs
from plateau.jobs.models import Job
from statkit.learning_curves import nested_order
from statkit.means import t_interval
from workers.learning_curves.job_kinds import SimulationPayload
from workers.recipes.backbones import efficientnet_lite0 as backbone
from workers.runtime.dataset import fetch_dataset
from workers.runtime.job_run import JobRun
from workers.selection import STRATEGIES, Pool

Array = NDArray[np.float64]
RANDOM = "random"
ROUNDS = 6
LEVEL = 0.8
MIN_START = 20
MAX_POOL = 4000  # a pool is thinned to so many: k-center and the rounds grow with its square


@dataclass(frozen=True)
class _SimulationData:
    """Standardized features and labels of what may be asked for, and of the test items."""

    x: Array
    y: NDArray[np.str_]
    x_test: Array
    y_test: NDArray[np.str_]


def round_sizes(total: int) -> list[int]:
    """Labels after each round: doubling up to half of the pool, beyond which strategies cannot differ much."""
    top = max(total // 2, MIN_START * 2)
    return sorted({max(MIN_START, round(top / 2**step)) for step in range(ROUNDS)})


def _fit_head(x: Array, y: NDArray[np.str_], seed: int) -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=0.5 / len(x) * 100, max_iter=200, tol=1e-3, random_state=seed).fit(x, y)


def _simulate_strategy(data: _SimulationData, strategy: str, seed: int, sizes: list[int], run: JobRun) -> list[float]:
    """Accuracy on the test items after each round."""
    rng = np.random.default_rng(seed)
    labeled = nested_order(list(data.y), seed=seed)[: sizes[0]]
    scores = []
    for index, size in enumerate(sizes):
        run.raise_if_stopped()
        rest = np.setdiff1d(np.arange(len(data.y)), labeled)
        query_size = size - len(labeled)
        if query_size > 0 and strategy == RANDOM:
            labeled = [*labeled, *rng.choice(rest, query_size, replace=False)]
        elif query_size > 0:
            model = _fit_head(data.x[labeled], data.y[labeled], seed)
            pool = Pool(model.predict_proba(data.x[rest]), data.x[rest], data.x[labeled], rng)
            queried = np.argsort(-np.asarray(STRATEGIES[strategy](pool)), kind="stable")[:query_size]
            labeled = [*labeled, *rest[queried]]
        if index == 0 and len(set(data.y[labeled])) < 2:
            raise ValueError("The first labels all have the same class, so strategies cannot be compared.")
        model = _fit_head(data.x[labeled], data.y[labeled], seed)
        scores.append(float((model.predict(data.x_test) == data.y_test).mean()))
    return scores


def label_savings(sizes: list[int], random: Array, strategy: Array) -> dict[str, Any]:
    """Labels that a strategy saves to reach what random labels reach at the end.

    Args:
        sizes: Labels after each round.
        random: (seeds, rounds) accuracy of random choice.
        strategy: (seeds, rounds) accuracy of the strategy with the same seeds.

    Returns:
        `label_savings` as a fraction of the labels, with `low` and `high` (80 %, over paired seeds; Student's t),
        negative where more labels are needed; `beats_random`; and `difference` at the last size with its interval.
    """
    fractions = []
    for random_scores, strategy_scores in zip(random, strategy, strict=True):
        target = random_scores[-1]
        curve = np.maximum.accumulate(strategy_scores)
        if curve[-1] >= target:
            labels_needed = np.exp(np.interp(target, curve, np.log(sizes))) if curve[0] < target else sizes[0]
            fractions.append(1 - labels_needed / sizes[-1])
        else:  # how many random labels its last score was worth
            reached = np.maximum.accumulate(random_scores)
            equivalent = np.exp(np.interp(curve[-1], reached, np.log(sizes)))
            fractions.append(1 - sizes[-1] / equivalent)
    # The best of several is named only if it beats chance at a level that is shared by all of them (Bonferroni).
    adjusted = t_interval(np.array(fractions), 1 - 0.2 / len(STRATEGIES))
    return {
        "label_savings": t_interval(np.array(fractions), LEVEL).as_json(),
        "beats_random": adjusted.low > 0,
        "difference": t_interval(strategy[:, -1] - random[:, -1], LEVEL).as_json(),
    }


def simulate_active_learning(job: Job, run: JobRun, payload: SimulationPayload) -> dict[str, object]:
    """Handler of job kind `active-learning-simulation`: compare every strategy with random choice."""
    from sklearn.preprocessing import StandardScaler

    _, dataset = fetch_dataset(payload.snapshot_id, run)
    x = np.asarray(backbone.features(dataset.train, run.cache, run), dtype=np.float64)
    y = np.array([example.stratum for example in dataset.train])
    if len(y) > MAX_POOL:
        subset = np.array(nested_order(list(y), seed=0)[:MAX_POOL])
        x, y = x[subset], y[subset]
    scale = StandardScaler().fit(x)
    x_test = np.asarray(backbone.features(dataset.test, run.cache, run), dtype=np.float64)
    data = _SimulationData(
        scale.transform(x), y, scale.transform(x_test), np.array([example.stratum for example in dataset.test])
    )
    sizes = round_sizes(len(y))
    names = [RANDOM, *STRATEGIES]
    scores: dict[str, Array] = {}
    steps = len(names) * len(payload.seeds)
    for number, name in enumerate(names):
        rows = []
        for index, seed in enumerate(payload.seeds):
            step = number * len(payload.seeds) + index
            jobs.report(
                claim=run.claim, done=step, total=steps, message=Message("{name}, seed {seed}", name=name, seed=seed)
            )
            rows.append(_simulate_strategy(data, name, seed, sizes, run))
        scores[name] = np.array(rows)
    strategies = []
    for name in names:
        row: dict[str, Any] = {"strategy": name, "scores": scores[name].mean(axis=0).tolist()}
        if name != RANDOM:
            row |= label_savings(sizes, scores[RANDOM], scores[name])
        strategies.append(row)
    best = max((row for row in strategies if row["strategy"] != RANDOM), key=lambda row: row["label_savings"]["value"])
    best_strategy = best["strategy"] if best["beats_random"] else None
    return {
        "sizes": sizes,
        "seeds": len(payload.seeds),
        "strategies": strategies,
        "best_strategy": best_strategy,
    }
