"""What a look adds from items that have no label yet."""

import numpy as np

from workers.batch_inference.contract_evaluations import _by_strata


def _items(seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    confidence = rng.beta(1, 0.25, 1500) * 0.6 + 0.4
    return confidence, (rng.random(1500) < np.clip(confidence - 0.03, 0, 1)).astype(float)


def test_the_stratified_estimate_holds_the_truth_and_spreads_labels_where_the_model_is_unsure():
    coverage, low_share = [], []
    for seed in range(60):
        confidence, right = _items(seed)
        estimate = _by_strata(right[:300], confidence[:300], confidence[300:])
        coverage.append(estimate["low"] <= right.mean() <= estimate["high"])
        low_share.append(estimate["next_hundred"][0] / sum(estimate["next_hundred"]))
        assert sum(estimate["next_hundred"]) == 100
    assert sum(coverage) >= 51  # 95 % of 60 less three standard deviations
    assert np.mean(low_share) > 0.2


def test_no_estimate_where_a_stratum_has_no_label():
    confidence = np.array([0.99] * 30)
    assert _by_strata(np.ones(30), confidence, np.linspace(0.4, 0.5, 300)) is None
