"""The guarantees of contracts: planned numbers, error rates under peeking, coverage of estimates."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, binomtest

from registry.contracts.verdicts import ALL, FAIL, OPEN, PASS, Outcome, Part, Terms, judge
from statkit import acceptance_sampling, sampling, sequential_tests

CONTRACTS = 2000


@pytest.mark.parametrize(("errors", "items"), [(0, 59), (1, 93), (2, 124), (5, 208)])
def test_the_items_for_95_percent_are_the_published_ones(errors, items):
    assert acceptance_sampling.items_for(0.95, 0.05, errors) == items


def test_a_short_design_refuses_good_models_and_a_longer_one_does_not():
    assert acceptance_sampling.Design(59, 0).pass_chance(0.99) == pytest.approx(0.55, abs=0.01)
    assert acceptance_sampling.Design(208, 5).pass_chance(0.99) == pytest.approx(0.98, abs=0.01)


@settings(max_examples=60, deadline=None)
@given(
    target=st.floats(0.5, 0.97),
    way=st.floats(0.3, 0.9),
    accept=st.sampled_from([0.01, 0.05, 0.1]),
    refuse=st.sampled_from([0.05, 0.1, 0.2]),
)
def test_a_planned_design_keeps_both_risks(target, way, accept, refuse):
    good = target + way * (1 - target)
    design = acceptance_sampling.smallest(target, good, accept, refuse)
    assert design.pass_chance(target) <= accept
    assert design.pass_chance(good) >= 1 - refuse


def test_no_smaller_design_would_have_done():
    best = acceptance_sampling.smallest(0.9, 0.95, 0.05, 0.1)
    smaller = [
        acceptance_sampling.Design(acceptance_sampling.items_for(0.9, 0.05, one), one) for one in range(best.errors)
    ]
    assert all(one.pass_chance(0.95) < 0.9 for one in smaller)


def test_terms_that_nothing_can_settle_are_refused():
    with pytest.raises(ValueError, match="1,000,000"):
        acceptance_sampling.smallest(0.9999999, 0.99999999, 0.05, 0.1)


def _terms(method: str, target: float, good: float, **more) -> Terms:
    return Terms(method, 0.05, 0.1, (Part(ALL, "", target, good),), **more)


def _ever_passes(target: float, good: float, rate: float, *, seed: int, length: int) -> np.ndarray:
    """For each contract: after how many items it passes, if anyone looks at 250 places or more."""
    right = np.cumsum(np.random.default_rng(seed).random((CONTRACTS, length)) < rate, axis=1)
    looks = np.arange(1, length + 1, max(1, length // 250))
    right = right[:, looks - 1].astype(float)
    evidence = sequential_tests.Evidence(target, good).for_pass(right, looks - right) >= np.log(1 / 0.05)
    return np.where(evidence.any(axis=1), looks[evidence.argmax(axis=1)], np.iinfo(np.int64).max)


@pytest.mark.parametrize(("target", "good"), [(0.90, 0.95), (0.95, 0.98), (0.99, 0.998)])
def test_contracts_at_the_boundary_are_accepted_no_oftener_than_agreed_however_often_one_looks(target, good):
    design = acceptance_sampling.smallest(target, good, 0.05, 0.1)
    passed = _ever_passes(target, good, target, seed=11, length=2 * design.items)
    accepted = int((passed < np.iinfo(np.int64).max).sum())
    # The share may exceed the risk by chance alone: by no more than this in 999 of 1,000 runs.
    assert accepted <= binom.ppf(0.999, CONTRACTS, 0.05)


@pytest.mark.parametrize(("target", "good"), [(0.90, 0.95), (0.95, 0.98), (0.99, 0.998)])
def test_good_models_pass_after_no_more_items_than_the_fixed_design_takes(target, good):
    design = acceptance_sampling.smallest(target, good, 0.05, 0.1)
    assert np.median(_ever_passes(target, good, good, seed=12, length=design.items)) <= design.items


def test_peeking_with_the_exact_test_breaks_its_promise():
    """Why there are e-processes: the plain test, looked at every ten items, accepts far too often."""
    right = np.cumsum(np.random.default_rng(13).random((CONTRACTS, 500)) < 0.95, axis=1)
    looks = np.arange(10, 501, 10)
    p_values = binom.sf(right[:, looks - 1] - 1, looks, 0.95)
    assert (p_values <= 0.05).any(axis=1).mean() > 0.15


def test_a_verdict_is_open_then_passes_and_says_what_was_missing():
    terms = _terms("anytime", 0.9, 0.97)
    few = judge(terms, [Outcome(item, True, frozenset()) for item in range(10)])
    assert few["verdict"] == OPEN
    missing = few["parts"][0]["missing"]
    enough = judge(terms, [Outcome(item, True, frozenset()) for item in range(200)])
    assert (enough["verdict"], enough["parts"][0]["missing"]) == (PASS, 0)
    assert 5 < missing < 200


def test_a_bad_model_fails_and_later_luck_does_not_save_it():
    terms = _terms("anytime", 0.9, 0.97)
    bad = [Outcome(item, item % 2 == 0, frozenset()) for item in range(60)]
    lucky = [Outcome(item, True, frozenset()) for item in range(60, 2000)]
    assert judge(terms, bad)["verdict"] == FAIL
    assert judge(terms, bad + lucky)["verdict"] == FAIL


def test_a_fixed_design_is_judged_at_its_number_and_not_before():
    terms = _terms("fixed", 0.95, 0.99)
    design = terms.design(terms.parts[0])
    right = [Outcome(item, True, frozenset()) for item in range(design.items)]
    assert judge(terms, right[:-1])["verdict"] == OPEN
    assert judge(terms, right[:-1])["parts"][0]["missing"] == 1
    assert judge(terms, right)["verdict"] == PASS
    wrong = [Outcome(item, False, frozenset()) for item in range(design.errors + 1)]
    assert judge(terms, wrong)["verdict"] == FAIL


def test_a_slice_below_its_floor_stops_a_good_whole():
    parts = (Part(ALL, "", 0.85, 0.95), Part("class:rare", "Rare", 0.85, 0.95))
    terms = Terms("anytime", 0.05, 0.1, parts)
    common = [Outcome(item, True, frozenset({"class:common"})) for item in range(900)]
    rare = [Outcome(item, item % 2 == 0, frozenset({"class:rare"})) for item in range(1000, 1100)]
    found = judge(terms, common + rare)
    assert (found["verdict"], [one["state"] for one in found["parts"]]) == (FAIL, [PASS, FAIL])


def test_several_candidates_share_the_risk():
    alone, three = _terms("fixed", 0.95, 0.99), _terms("fixed", 0.95, 0.99, candidates=3)
    assert three.design(three.parts[0]).items > alone.design(alone.parts[0]).items


def test_holm_by_hand():
    assert sequential_tests.holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])


@settings(max_examples=40, deadline=None)
@given(items=st.integers(1, 300), share=st.floats(0, 1))
def test_the_exact_interval_is_the_one_of_scipy(items, share):
    right = round(items * share)
    expected = binomtest(right, items).proportion_ci(0.95, "exact")
    assert acceptance_sampling.interval(right, items) == pytest.approx((expected.low, expected.high), abs=1e-9)


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
            strata = sampling.strata_of(confidence)
            budget = sampling.neyman(confidence, strata, 300)
            assert sum(budget) == 300
            drawn = [rng.choice(np.flatnonzero(strata == k), n, replace=False) for k, n in enumerate(budget)]
            found = sampling.stratified(
                list(np.bincount(strata)), [int(right[one].sum()) for one in drawn], [len(one) for one in drawn]
            )
        else:
            labeled = rng.choice(5000, 300, replace=False)
            rest = np.setdiff1d(np.arange(5000), labeled)
            found = sampling.prediction_powered(right[labeled].astype(float), confidence[labeled], confidence[rest])
        held.append(found.low <= right.mean() <= found.high)
        worth.append(found.worth / 300)
    assert sum(held) >= binom.ppf(0.001, 300, 0.95)
    assert np.median(worth) > 1.1
