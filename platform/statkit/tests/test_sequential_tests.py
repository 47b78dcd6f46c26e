"""E-processes keep their error rate however often they are evaluated."""

import numpy as np
import pytest
from scipy.stats import binom

from statkit import acceptance_sampling, hypothesis_tests, sequential_tests

CONTRACTS = 2000


def _ever_passes(target: float, good: float, rate: float, *, seed: int, length: int) -> np.ndarray:
    """For each contract: after how many items it passes, if anyone looks at 250 places or more."""
    right = np.cumsum(np.random.default_rng(seed).random((CONTRACTS, length)) < rate, axis=1)
    looks = np.arange(1, length + 1, max(1, length // 250))
    right = right[:, looks - 1].astype(float)
    evidence = sequential_tests.EProcesses(target, good).log_e_value_above_target(right, looks - right) >= np.log(
        1 / 0.05
    )
    return np.where(evidence.any(axis=1), looks[evidence.argmax(axis=1)], np.iinfo(np.int64).max)


@pytest.mark.parametrize(("target", "good"), [(0.90, 0.95), (0.95, 0.98), (0.99, 0.998)])
def test_contracts_at_the_boundary_are_accepted_no_oftener_than_agreed_however_often_one_looks(target, good):
    design = acceptance_sampling.smallest_sampling_plan(target, good, 0.05, 0.1)
    passed = _ever_passes(target, good, target, seed=11, length=2 * design.sample_size)
    accepted = int((passed < np.iinfo(np.int64).max).sum())
    # The share may exceed the risk by chance alone: by no more than this in 999 of 1,000 runs.
    assert accepted <= binom.ppf(0.999, CONTRACTS, 0.05)


@pytest.mark.parametrize(("target", "good"), [(0.90, 0.95), (0.95, 0.98), (0.99, 0.998)])
def test_good_models_pass_after_no_more_items_than_the_fixed_design_takes(target, good):
    design = acceptance_sampling.smallest_sampling_plan(target, good, 0.05, 0.1)
    assert np.median(_ever_passes(target, good, good, seed=12, length=design.sample_size)) <= design.sample_size


def test_peeking_with_the_exact_test_breaks_its_promise():
    """Why there are e-processes: the plain test, looked at every ten items, accepts far too often."""
    right = np.cumsum(np.random.default_rng(13).random((CONTRACTS, 500)) < 0.95, axis=1)
    looks = np.arange(10, 501, 10)
    p_values = binom.sf(right[:, looks - 1] - 1, looks, 0.95)
    assert (p_values <= 0.05).any(axis=1).mean() > 0.15


def test_holm_by_hand():
    assert hypothesis_tests.holm_adjusted_p_values([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
