"""Query strategies tried on labels that are there: what would each have brought, had it chosen them?

Each strategy starts from the same few random labels, asks for more in rounds, and learns a linear head on features of
the frozen backbone after each round. It sees labels of what it asked for, and the sealed items only as a judge. Seeds
are paired: strategies share their start, their pool and the sealed items, so that their difference is their own.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plateau.jobs import services as jobs
from plateau.jobs.models import Job
from statkit.learning_curves import nested_order
from statkit.means import t_interval
from workers.learning_curves.job_kinds import ReplayOrder
from workers.recipes.backbones import efficientnet_lite0 as backbone
from workers.recipes.base import check_run
from workers.runtime.context import JobRun
from workers.runtime.material import fetch_material
from workers.selection import STRATEGIES, Pool

Array = NDArray[np.float64]
RANDOM = "random"
ROUNDS = 6
LEVEL = 0.8
LEAST_START = 20
MOST_POOL = 4000  # a pool is thinned to so many: k-center and the rounds grow with its square


@dataclass(frozen=True)
class _Task:
    """Standardized features and labels of what may be asked for, and of the sealed items."""

    x: Array
    y: NDArray[np.str_]
    x_sealed: Array
    y_sealed: NDArray[np.str_]


def sizes_of(total: int) -> list[int]:
    """Labels after each round: doubling up to half of the pool, beyond which strategies cannot differ much."""
    top = max(total // 2, LEAST_START * 2)
    return sorted({max(LEAST_START, round(top / 2**step)) for step in range(ROUNDS)})


def _head(x: Array, y: NDArray[np.str_], seed: int) -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=0.5 / len(x) * 100, max_iter=200, tol=1e-3, random_state=seed).fit(x, y)


def _run_one(task: _Task, strategy: str, seed: int, sizes: list[int], run: JobRun) -> list[float]:
    """Accuracy on the sealed items after each round."""
    rng = np.random.default_rng(seed)
    known = nested_order(list(task.y), seed=seed)[: sizes[0]]
    scores = []
    for index, size in enumerate(sizes):
        check_run(run)
        rest = np.setdiff1d(np.arange(len(task.y)), known)
        need = size - len(known)
        if need > 0 and strategy == RANDOM:
            known = [*known, *rng.choice(rest, need, replace=False)]
        elif need > 0:
            model = _head(task.x[known], task.y[known], seed)
            pool = Pool(model.predict_proba(task.x[rest]), task.x[rest], task.x[known], rng)
            asked = np.argsort(-np.asarray(STRATEGIES[strategy](pool)), kind="stable")[:need]
            known = [*known, *rest[asked]]
        if index == 0 and len(set(task.y[known])) < 2:
            raise ValueError("The first labels are all of one class: there is nothing to compare strategies on.")
        model = _head(task.x[known], task.y[known], seed)
        scores.append(float((model.predict(task.x_sealed) == task.y_sealed).mean()))
    return scores


def saved(sizes: list[int], random: Array, strategy: Array) -> dict[str, Any]:
    """Labels that a strategy saves to reach what random labels reach at the end.

    Args:
        sizes: Labels after each round.
        random: (seeds, rounds) accuracy of random choice.
        strategy: (seeds, rounds) accuracy of the strategy with the same seeds.

    Returns:
        `saved` as a share of the labels, with `low` and `high` (80 %, over paired seeds; Student's t), negative where
        more labels are needed; `beats_chance`; and `difference` at the last size with its interval.
    """
    shares = []
    for ours, theirs in zip(random, strategy, strict=True):
        target = ours[-1]
        curve = np.maximum.accumulate(theirs)
        if curve[-1] >= target:
            needed = np.exp(np.interp(target, curve, np.log(sizes))) if curve[0] < target else sizes[0]
            shares.append(1 - needed / sizes[-1])
        else:  # how many random labels its last score was worth
            reached = np.maximum.accumulate(ours)
            worth = np.exp(np.interp(curve[-1], reached, np.log(sizes)))
            shares.append(1 - sizes[-1] / worth)
    # The best of several is named only if it beats chance at a level that is shared by all of them (Bonferroni).
    shared = t_interval(np.array(shares), 1 - 0.2 / len(STRATEGIES))
    return {
        "saved": t_interval(np.array(shares), LEVEL).as_json(),
        "beats_chance": shared.low > 0,
        "difference": t_interval(strategy[:, -1] - random[:, -1], LEVEL).as_json(),
    }


def replay(job: Job, run: JobRun, order: ReplayOrder) -> dict[str, Any]:
    """Handler of job kind `replay`: compare every strategy with random choice."""
    from sklearn.preprocessing import StandardScaler

    _, material = fetch_material(order.snapshot_id, run)
    x = np.asarray(backbone.features(material.train, run.cache, run), dtype=np.float64)
    y = np.array([example.label for example in material.train])
    if len(y) > MOST_POOL:
        kept = np.array(nested_order(list(y), seed=0)[:MOST_POOL])
        x, y = x[kept], y[kept]
    scale = StandardScaler().fit(x)
    sealed = np.asarray(backbone.features(material.sealed, run.cache, run), dtype=np.float64)
    task = _Task(scale.transform(x), y, scale.transform(sealed), np.array([one.label for one in material.sealed]))
    sizes = sizes_of(len(y))
    names = [RANDOM, *STRATEGIES]
    scores: dict[str, Array] = {}
    steps = len(names) * len(order.seeds)
    for number, name in enumerate(names):
        rows = []
        for index, seed in enumerate(order.seeds):
            done = number * len(order.seeds) + index
            jobs.report(claim=run.claim, done=done, total=steps, message=f"{name}, seed {seed}")
            rows.append(_run_one(task, name, seed, sizes, run))
        scores[name] = np.array(rows)
    arms = []
    for name in names:
        arm: dict[str, Any] = {"strategy": name, "scores": scores[name].mean(axis=0).tolist()}
        if name != RANDOM:
            arm |= saved(sizes, scores[RANDOM], scores[name])
        arms.append(arm)
    best = max((arm for arm in arms if arm["strategy"] != RANDOM), key=lambda arm: arm["saved"]["value"])
    named = best["strategy"] if best["beats_chance"] else None
    return {"sizes": sizes, "seeds": len(order.seeds), "arms": arms, "best": named}
