"""Suggestions are Optuna's, reproducible, and aware of the trials that run now."""

import numpy as np

from workers.sweeps.optuna_study import TrialRecord, param_importances, should_prune, suggest_params

SPACE = {
    "learning_rate": {"min": 1e-4, "max": 1.0, "log": True, "is_integer": False},
    "width": {"min": 1, "max": 64, "log": False, "is_integer": True},
    "mixing": {"options": ["none", "bc"]},
}


def score(params: dict) -> float:
    """Best at a rate of 0.01, whatever the width."""
    return float(1 - 0.1 * (np.log10(params["learning_rate"]) + 2) ** 2 + (0.02 if params["mixing"] == "bc" else 0))


def run_trials(method: str, trials: int, seed: int = 0) -> list[TrialRecord]:
    history: list[TrialRecord] = []
    for number in range(trials):
        params = suggest_params(SPACE, history, method=method, seed=seed, number=number)
        history.append(TrialRecord(number, "done", params, score(params), [score(params)]))
    return history


def test_parameters_lie_in_their_ranges_and_repeat_with_the_seed():
    first, repeated, reseeded = run_trials("tpe", 12), run_trials("tpe", 12), run_trials("tpe", 12, seed=1)
    assert [trial.params for trial in first] == [trial.params for trial in repeated]
    assert [trial.params for trial in first] != [trial.params for trial in reseeded]
    for trial in first:
        assert 1e-4 <= trial.params["learning_rate"] <= 1
        assert isinstance(trial.params["width"], int)
        assert trial.params["mixing"] in ("none", "bc")


def test_tpe_finds_better_parameters_than_it_began_with():
    history = run_trials("tpe", 40)
    assert np.mean([trial.value for trial in history[30:]]) > np.mean([trial.value for trial in history[:8]]) + 0.05


def test_importance_names_what_mattered():
    importances = param_importances(SPACE, run_trials("random", 40))
    assert max(importances, key=importances.get) == "learning_rate"
    assert abs(sum(importances.values()) - 1) < 1e-6
    assert param_importances(SPACE, run_trials("random", 5)) == {}


def test_workers_that_ask_at_once_do_not_get_the_same():
    history = run_trials("tpe", 12)
    first = suggest_params(SPACE, history, method="tpe", seed=0, number=12)
    second = suggest_params(SPACE, [*history, TrialRecord(12, "running", first)], method="tpe", seed=0, number=13)
    assert first != second


def test_a_trial_below_the_median_of_the_others_gives_up():
    params = {"learning_rate": 0.1, "width": 3, "mixing": "none"}
    history = [TrialRecord(n, "done", params, 0.8 + n / 100, [0.6 + n / 100, 0.8 + n / 100]) for n in range(5)]
    assert should_prune(SPACE, history, TrialRecord(5, "running", params, rungs=[0.3]))
    assert not should_prune(SPACE, history, TrialRecord(5, "running", params, rungs=[0.9]))
    assert not should_prune(SPACE, history[:2], TrialRecord(5, "running", params, rungs=[0.3]))  # too few to tell
