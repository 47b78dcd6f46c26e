"""Intervals that hold at all times at once."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from statkit import confidence_sequences as sequential
from statkit.tests.examples import examples


def test_a_good_annotator_is_hardly_ever_paused_and_a_bad_one_soon():
    """500 gold items, looked at after each: below 1 % for 95 % right at a floor of 90 %; the usual rule: 30 %."""
    rng = np.random.default_rng(11)

    def paused(share, people):
        right = np.cumsum(rng.random((people, 500)) < share, axis=1)
        short = [[sequential.is_below_floor(int(s), n, 0.9) for n, s in enumerate(row, 1)] for row in right]
        return np.array([row.index(True) + 1 if True in row else 501 for row in short])

    assert (paused(0.95, 2000) <= 500).mean() < 0.01
    assert (paused(0.90, 500) <= 500).mean() < 0.05
    bad = paused(0.7, 200)
    assert (bad <= 500).all()
    assert np.median(bad) < 60
    counts = np.cumsum(rng.random((2000, 50)) < 0.95, axis=1) / np.arange(1, 51)
    assert (counts[:, 9:] < 0.9).any(axis=1).mean() > 0.25  # the usual rule, for comparison


@given(st.integers(0, 300), st.integers(0, 300))
@settings(max_examples=examples(200), deadline=None)
def test_the_sequential_interval_holds_the_share_itself(right, wrong):
    low, high = sequential.anytime_interval(right, right + wrong).ends
    share = right / (right + wrong) if right + wrong else 0.5
    assert 0 <= low <= share <= high <= 1
