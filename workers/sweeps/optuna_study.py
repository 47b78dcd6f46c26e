"""The next trial's parameters, pruning and parameter importances: Optuna over the trials so far. No Django.

Random search: J. Bergstra and Y. Bengio 2012. TPE: J. Bergstra et al. 2011. The median rule: D. Golovin et al. 2017.
Importance: functional ANOVA, F. Hutter et al. 2014. Trials live in the database; a study is built from them each time,
so that any number of workers may ask at once, and a worker that dies loses nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution
    from optuna.pruners import BasePruner
    from optuna.samplers import BaseSampler
    from optuna.study import Study
    from optuna.trial import FrozenTrial

MIN_TRIALS_FOR_IMPORTANCE = 8
MIN_TRIALS_TO_PRUNE = 4
SearchSpace = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class TrialRecord:
    """A trial so far: `value` once it is done, `rungs` its scores in the order of growing labels."""

    number: int
    state: str
    params: dict[str, Any]
    value: float | None = None
    rungs: list[float] = field(default_factory=list)


def to_distributions(space: SearchSpace) -> "dict[str, BaseDistribution]":
    """Optuna's distributions of the ranges and options in `Sweep.space`."""
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    distributions: dict[str, BaseDistribution] = {}
    for key, bounds in space.items():
        if "options" in bounds:
            distributions[key] = CategoricalDistribution(bounds["options"])
        elif bounds.get("is_integer"):
            distributions[key] = IntDistribution(int(bounds["min"]), int(bounds["max"]), log=bool(bounds.get("log")))
        else:
            distributions[key] = FloatDistribution(bounds["min"], bounds["max"], log=bool(bounds.get("log")))
    return distributions


def build_study(
    space: SearchSpace,
    history: Sequence[TrialRecord],
    sampler: "BaseSampler | None" = None,
    pruner: "BasePruner | None" = None,
) -> "Study":
    """An Optuna study in memory with every trial that has parameters."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(direction="maximize", sampler=sampler, pruner=pruner)
    for trial in sorted(history, key=lambda trial: trial.number):
        if trial.params:
            study.add_trial(_to_frozen_trial(space, trial))
    return study


def _to_frozen_trial(space: SearchSpace, trial: TrialRecord) -> "FrozenTrial":
    from optuna.trial import TrialState, create_trial

    states = {"done": TrialState.COMPLETE, "pruned": TrialState.PRUNED}
    return create_trial(
        state=states.get(trial.state, TrialState.RUNNING),
        params={key: trial.params[key] for key in space},
        distributions=to_distributions(space),
        value=trial.value if trial.state == "done" else None,
        intermediate_values=dict(enumerate(trial.rungs)),
    )


def suggest_params(
    space: SearchSpace, history: Sequence[TrialRecord], *, method: str, seed: int, number: int
) -> dict[str, object]:
    """Parameters of trial `number`; the same for the same history, seed and number."""
    import optuna

    sampler: BaseSampler
    if method == "tpe":
        # Trials that run now count as bad ones, so that workers do not all try the same (the constant liar).
        sampler = optuna.samplers.TPESampler(seed=seed * 1_000_003 + number, constant_liar=True, n_startup_trials=8)
    else:
        sampler = optuna.samplers.RandomSampler(seed=seed * 1_000_003 + number)
    trial = build_study(space, history, sampler).ask(to_distributions(space))
    return dict(trial.params)


def should_prune(space: SearchSpace, history: Sequence[TrialRecord], trial: TrialRecord) -> bool:
    """Whether the trial's last rung is below the median of the other trials at that rung."""
    import optuna

    pruner = optuna.pruners.MedianPruner(n_startup_trials=MIN_TRIALS_TO_PRUNE, n_warmup_steps=0)
    others = [record for record in history if record.number != trial.number]
    study = build_study(space, others, pruner=pruner)
    return bool(pruner.prune(study, _to_frozen_trial(space, trial)))


def param_importances(space: SearchSpace, history: Sequence[TrialRecord]) -> dict[str, float]:
    """Fraction of the scores' variance that each parameter explains; empty until enough trials are done."""
    import optuna

    completed = [trial for trial in history if trial.state == "done"]
    distinct_values = {trial.value for trial in completed}
    if len(completed) < MIN_TRIALS_FOR_IMPORTANCE or len(space) < 2 or len(distinct_values) < 2:
        return {}
    study = build_study(space, completed)
    evaluator = optuna.importance.FanovaImportanceEvaluator(seed=0)
    importances = optuna.importance.get_param_importances(study, evaluator=evaluator)
    return {key: float(fraction) for key, fraction in importances.items()}
