"""Estimates from few labels cover the truth."""

import numpy as np
import pytest
from scipy.stats import binom

from statkit import sampling


def _population(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """5,000 items: confidence, and whether the model is right; it is a little too sure of itself."""
    rng = np.random.default_rng(seed)
    confidence = rng.beta(1, 0.25, 5000) * 0.6 + 0.4
    return confidence, rng.random(5000) < np.clip(confidence - 0.03, 0, 1)


@pytest.mark.parametrize("way", ["stratified", "prediction_powered"])
def test_estimates_from_few_labels_hold_the_truth_and_are_worth_more_than_plain_ones(way):
    held, worth = [], []
    for seed in range(300):
        confidence, right = _population(seed)
        rng = np.random.default_rng(seed + 1)
        if way == "stratified":
            strata = sampling.stratify_by_confidence(confidence)
            budget = sampling.neyman_allocation(confidence, strata, 300)
            assert sum(budget) == 300
            drawn = [rng.choice(np.flatnonzero(strata == k), n, replace=False) for k, n in enumerate(budget)]
            estimate = sampling.stratified_estimate(
                list(np.bincount(strata)),
                [int(right[indices].sum()) for indices in drawn],
                [len(indices) for indices in drawn],
            )
        else:
            labeled = rng.choice(5000, 300, replace=False)
            rest = np.setdiff1d(np.arange(5000), labeled)
            estimate = sampling.prediction_powered_estimate(
                right[labeled].astype(float), confidence[labeled], confidence[rest]
            )
        held.append(right.mean() in estimate)
        worth.append(estimate.n / 300)
    assert sum(held) >= binom.ppf(0.001, 300, 0.95)
    assert np.median(worth) > 1.1
