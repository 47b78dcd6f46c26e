"""Proposals are Optuna's, reproducible, and aware of what others try now."""

import numpy as np

from workers.sweeps.proposing import PastTrial, importance_of, propose, should_prune

SPACE = {
    "learning_rate": {"min": 1e-4, "max": 1.0, "log": True, "is_integer": False},
    "width": {"min": 1, "max": 64, "log": False, "is_integer": True},
    "mixing": {"options": ["none", "bc"]},
}


def score(params: dict) -> float:
    """Best at a rate of 0.01, whatever the width."""
    return float(1 - 0.1 * (np.log10(params["learning_rate"]) + 2) ** 2 + (0.02 if params["mixing"] == "bc" else 0))


def searched(method: str, trials: int, seed: int = 0) -> list[PastTrial]:
    past: list[PastTrial] = []
    for number in range(trials):
        params = propose(SPACE, past, method=method, seed=seed, number=number)
        past.append(PastTrial(number, "done", params, score(params), [score(params)]))
    return past


def test_parameters_lie_in_their_ranges_and_repeat_with_the_seed():
    one, same, other = searched("tpe", 12), searched("tpe", 12), searched("tpe", 12, seed=1)
    assert [trial.params for trial in one] == [trial.params for trial in same]
    assert [trial.params for trial in one] != [trial.params for trial in other]
    for trial in one:
        assert 1e-4 <= trial.params["learning_rate"] <= 1
        assert isinstance(trial.params["width"], int)
        assert trial.params["mixing"] in ("none", "bc")


def test_tpe_finds_better_parameters_than_it_began_with():
    past = searched("tpe", 40)
    assert np.mean([one.value for one in past[30:]]) > np.mean([one.value for one in past[:8]]) + 0.05


def test_importance_names_what_mattered():
    found = importance_of(SPACE, searched("random", 40))
    assert max(found, key=found.get) == "learning_rate"
    assert sum(found.values()) == 1 or abs(sum(found.values()) - 1) < 1e-6
    assert importance_of(SPACE, searched("random", 5)) == {}


def test_workers_that_ask_at_once_do_not_get_the_same():
    past = searched("tpe", 12)
    first = propose(SPACE, past, method="tpe", seed=0, number=12)
    second = propose(SPACE, [*past, PastTrial(12, "running", first)], method="tpe", seed=0, number=13)
    assert first != second


def test_a_trial_below_the_median_of_the_others_gives_up():
    params = {"learning_rate": 0.1, "width": 3, "mixing": "none"}
    past = [PastTrial(n, "done", params, 0.8 + n / 100, [0.6 + n / 100, 0.8 + n / 100]) for n in range(5)]
    assert should_prune(SPACE, past, PastTrial(5, "running", params, rungs=[0.3]))
    assert not should_prune(SPACE, past, PastTrial(5, "running", params, rungs=[0.9]))
    assert not should_prune(SPACE, past[:2], PastTrial(5, "running", params, rungs=[0.3]))  # too few to tell
