import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from statkit.proportions import proportion_difference, wilson_interval
from statkit.tests.examples import examples


def test_wilson_matches_published_values():
    # Newcombe 1998, table I: 81/263 and 0/20.
    assert wilson_interval(81, 263).ends == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson_interval(0, 20).ends == pytest.approx((0.0, 0.1611), abs=5e-5)
    assert wilson_interval(0, 0).ends == (0.0, 1.0)


def test_wilson_covers_as_promised():
    n, truth = 200, 0.9
    covered = sum(stats.binom.pmf(k, n, truth) for k in range(n + 1) if truth in wilson_interval(k, n))
    assert covered == pytest.approx(0.95, abs=0.02)


@settings(max_examples=examples(40), deadline=None)
@given(items=st.integers(1, 300), share=st.floats(0, 1), level=st.sampled_from([0.8, 0.95, 0.99]))
def test_wilsons_interval_is_the_one_of_scipy(items, share, level):
    right = round(items * share)
    expected = stats.binomtest(right, items).proportion_ci(level, "wilson")
    assert wilson_interval(right, items, confidence_level=level).ends == pytest.approx(
        (expected.low, expected.high), abs=1e-9
    )


def test_an_empty_sample_says_nothing_of_a_difference():
    assert proportion_difference(3, 5, 0, 0).as_json() == {"value": None, "low": -1.0, "high": 1.0}
