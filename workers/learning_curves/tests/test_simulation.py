"""Simulated strategies: what they save, and that they may say that nothing is saved."""

import numpy as np
import pytest

from workers.learning_curves.simulation import label_savings, round_sizes

SIZES = [20, 40, 80, 160]


def test_a_strategy_that_needs_half_of_the_labels_saves_half():
    random = np.array([[0.5, 0.6, 0.7, 0.8]] * 3)
    strategy = np.array([[0.5, 0.7, 0.8, 0.85]] * 3)
    savings = label_savings(SIZES, random, strategy)
    assert savings["label_savings"]["value"] == pytest.approx(0.5)
    assert savings["difference"]["value"] > 0
    assert savings["beats_random"]


def test_a_worse_strategy_saves_less_than_nothing():
    random = np.array([[0.5, 0.6, 0.7, 0.8]] * 3)
    strategy = np.array([[0.5, 0.55, 0.6, 0.7]] * 3)
    assert label_savings(SIZES, random, strategy)["label_savings"]["value"] == pytest.approx(
        -1
    )  # its 160 were worth 80


def test_an_interval_over_few_disagreeing_seeds_holds_zero():
    rng = np.random.default_rng(0)
    random = np.array([0.5, 0.6, 0.7, 0.8]) + rng.normal(0, 0.01, (5, 4))
    strategy = np.array([0.5, 0.6, 0.7, 0.8]) + rng.normal(0, 0.01, (5, 4))
    savings = label_savings(SIZES, random, strategy)["label_savings"]
    assert savings["low"] < 0 < savings["high"]


def test_sizes_double_up_to_half_of_the_pool():
    assert round_sizes(1000) == [20, 31, 62, 125, 250, 500]
    assert round_sizes(60) == [20, 40]
