"""Replayed strategies: what they saved, and that they may say that nothing was saved."""

import numpy as np
import pytest

from workers.learning_curves.replays import saved, sizes_of

SIZES = [20, 40, 80, 160]


def test_a_strategy_that_needs_half_of_the_labels_saves_half():
    random = np.array([[0.5, 0.6, 0.7, 0.8]] * 3)
    strategy = np.array([[0.5, 0.7, 0.8, 0.85]] * 3)
    found = saved(SIZES, random, strategy)
    assert found["saved"]["value"] == pytest.approx(0.5)
    assert found["difference"]["value"] > 0
    assert found["beats_chance"]


def test_a_worse_strategy_saves_less_than_nothing():
    random = np.array([[0.5, 0.6, 0.7, 0.8]] * 3)
    strategy = np.array([[0.5, 0.55, 0.6, 0.7]] * 3)
    assert saved(SIZES, random, strategy)["saved"]["value"] == pytest.approx(-1)  # its 160 were worth 80


def test_an_interval_over_few_disagreeing_seeds_holds_zero():
    rng = np.random.default_rng(0)
    random = np.array([0.5, 0.6, 0.7, 0.8]) + rng.normal(0, 0.01, (5, 4))
    strategy = np.array([0.5, 0.6, 0.7, 0.8]) + rng.normal(0, 0.01, (5, 4))
    found = saved(SIZES, random, strategy)["saved"]
    assert found["low"] < 0 < found["high"]


def test_sizes_double_up_to_half_of_the_pool():
    assert sizes_of(1000) == [20, 31, 62, 125, 250, 500]
    assert sizes_of(60) == [20, 40]
