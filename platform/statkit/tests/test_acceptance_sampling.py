"""Designs of acceptance sampling keep the risks that they were planned for."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from statkit import acceptance_sampling, proportions
from statkit.tests.examples import examples


@pytest.mark.parametrize(("errors", "items"), [(0, 59), (1, 93), (2, 124), (5, 208)])
def test_the_items_for_95_percent_are_the_published_ones(errors, items):
    assert acceptance_sampling.minimum_sample_size(0.95, 0.05, errors) == items


def test_a_short_design_refuses_good_models_and_a_longer_one_does_not():
    assert acceptance_sampling.SamplingPlan(59, 0).pass_probability(0.99) == pytest.approx(0.55, abs=0.01)
    assert acceptance_sampling.SamplingPlan(208, 5).pass_probability(0.99) == pytest.approx(0.98, abs=0.01)


@settings(max_examples=examples(60), deadline=None)
@given(
    target=st.floats(0.5, 0.97),
    way=st.floats(0.3, 0.9),
    accept=st.sampled_from([0.01, 0.05, 0.1]),
    refuse=st.sampled_from([0.05, 0.1, 0.2]),
)
def test_a_planned_design_keeps_both_risks(target, way, accept, refuse):
    good = target + way * (1 - target)
    design = acceptance_sampling.smallest_sampling_plan(target, good, accept, refuse)
    assert design.pass_probability(target) <= accept
    assert design.pass_probability(good) >= 1 - refuse


def test_no_smaller_design_would_have_done():
    best = acceptance_sampling.smallest_sampling_plan(0.9, 0.95, 0.05, 0.1)
    smaller = [
        acceptance_sampling.SamplingPlan(
            acceptance_sampling.minimum_sample_size(0.9, 0.05, acceptance_number), acceptance_number
        )
        for acceptance_number in range(best.acceptance_number)
    ]
    assert all(design.pass_probability(0.95) < 0.9 for design in smaller)


def test_terms_that_nothing_can_settle_are_refused():
    with pytest.raises(ValueError, match="1,000,000"):
        acceptance_sampling.smallest_sampling_plan(0.9999999, 0.99999999, 0.05, 0.1)


@settings(max_examples=examples(40), deadline=None)
@given(items=st.integers(1, 300), share=st.floats(0, 1))
def test_the_exact_interval_is_the_one_of_scipy(items, share):
    right = round(items * share)
    expected = binomtest(right, items).proportion_ci(0.95, "exact")
    assert proportions.clopper_pearson_interval(right, items).ends == pytest.approx(
        (expected.low, expected.high), abs=1e-9
    )
