"""What to try next, when to give up, and what mattered: Optuna over the trials so far. No Django.

Random search: J. Bergstra and Y. Bengio 2012. TPE: J. Bergstra et al. 2011. The median rule: D. Golovin et al. 2017.
Importance: functional ANOVA, F. Hutter et al. 2014. Trials live in the database; a study is built from them each time,
so that any number of workers may ask at once, and a worker that dies loses nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

LEAST_FOR_IMPORTANCE = 8
LEAST_TO_PRUNE = 4


@dataclass(frozen=True)
class PastTrial:
    """A trial so far: `value` where it is done, `rungs` its scores by the step."""

    number: int
    state: str
    params: dict[str, Any]
    value: float | None = None
    rungs: list[float] = field(default_factory=list)


def distributions_of(space: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The space in Optuna's words."""
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    found: dict[str, Any] = {}
    for key, one in space.items():
        if "options" in one:
            found[key] = CategoricalDistribution(one["options"])
        elif one.get("is_integer"):
            found[key] = IntDistribution(int(one["min"]), int(one["max"]), log=bool(one.get("log")))
        else:
            found[key] = FloatDistribution(one["min"], one["max"], log=bool(one.get("log")))
    return found


def build_study(
    space: dict[str, dict[str, Any]], past: Sequence[PastTrial], sampler: Any = None, pruner: Any = None
) -> Any:
    """An Optuna study in memory with every trial that has parameters."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(direction="maximize", sampler=sampler, pruner=pruner)
    for one in sorted(past, key=lambda trial: trial.number):
        if one.params:
            study.add_trial(_frozen(space, one))
    return study


def _frozen(space: dict[str, dict[str, Any]], one: PastTrial) -> Any:
    from optuna.trial import TrialState, create_trial

    states = {"done": TrialState.COMPLETE, "pruned": TrialState.PRUNED}
    return create_trial(
        state=states.get(one.state, TrialState.RUNNING),
        params={key: one.params[key] for key in space},
        distributions=distributions_of(space),
        value=one.value if one.state == "done" else None,
        intermediate_values=dict(enumerate(one.rungs)),
    )


def propose(
    space: dict[str, dict[str, Any]], past: Sequence[PastTrial], *, method: str, seed: int, number: int
) -> dict[str, Any]:
    """Parameters of trial `number`: the same for the same past, seed and number."""
    import optuna

    sampler: Any
    if method == "tpe":
        # Trials that run now count as bad ones, so that workers do not all try the same (the constant liar).
        sampler = optuna.samplers.TPESampler(seed=seed * 1_000_003 + number, constant_liar=True, n_startup_trials=8)
    else:
        sampler = optuna.samplers.RandomSampler(seed=seed * 1_000_003 + number)
    trial = build_study(space, past, sampler).ask(distributions_of(space))
    return dict(trial.params)


def should_prune(space: dict[str, dict[str, Any]], past: Sequence[PastTrial], mine: PastTrial) -> bool:
    """Whether a trial is to be pruned after its last rung: it is below the median of the others at this rung."""
    import optuna

    pruner = optuna.pruners.MedianPruner(n_startup_trials=LEAST_TO_PRUNE, n_warmup_steps=0)
    study = build_study(space, [one for one in past if one.number != mine.number], pruner=pruner)
    return bool(pruner.prune(study, _frozen(space, mine)))


def importance_of(space: dict[str, dict[str, Any]], past: Sequence[PastTrial]) -> dict[str, float]:
    """Share of the spread of the scores that each parameter explains; empty before enough trials are done."""
    import optuna

    done = [one for one in past if one.state == "done"]
    if len(done) < LEAST_FOR_IMPORTANCE or len(space) < 2 or len({one.value for one in done}) < 2:
        return {}
    study = build_study(space, done)
    evaluator = optuna.importance.FanovaImportanceEvaluator(seed=0)
    found = optuna.importance.get_param_importances(study, evaluator=evaluator)
    return {key: float(value) for key, value in found.items()}
