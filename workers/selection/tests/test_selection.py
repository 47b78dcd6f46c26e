"""Every strategy on the list is held to the same; each to what it is for."""

import numpy as np
import pytest

from workers.selection import STRATEGIES, Pool


def pool(n=60, classes=3, seed=0):
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(n, 8))
    return Pool(rng.dirichlet(np.ones(classes), size=n), features, rng.normal(size=(5, 8)), np.random.default_rng(seed))


@pytest.mark.parametrize("name", sorted(STRATEGIES))
def test_it_scores_every_item_and_the_same_way_for_the_same_seed(name):
    scores, repeated = STRATEGIES[name](pool()), STRATEGIES[name](pool())
    assert scores.shape == (60,)
    assert np.isfinite(scores).all()
    assert (scores == repeated).all()


@pytest.mark.parametrize("name", sorted(STRATEGIES))
def test_it_takes_a_pool_of_one_and_no_labels(name):
    pool_of_one = Pool(np.array([[1.0]]), np.zeros((1, 2)), np.zeros((0, 2)), np.random.default_rng(0))
    assert STRATEGIES[name](pool_of_one).shape == (1,)


@pytest.mark.parametrize("name", ["uncertainty", "margin", "entropy"])
def test_a_sure_prediction_is_asked_last_and_an_even_one_first(name):
    shares = np.array([[0.98, 0.01, 0.01], [1 / 3, 1 / 3, 1 / 3], [0.7, 0.2, 0.1]])
    small_pool = Pool(shares, np.zeros((3, 2)), np.zeros((1, 2)), np.random.default_rng(0))
    assert np.argsort(-STRATEGIES[name](small_pool)).tolist() == [1, 2, 0]


def test_k_center_goes_to_where_nothing_is_labeled_and_not_twice_to_the_same_place():
    features = np.array([[0.0, 0.0], [10.0, 0.0], [10.1, 0.0], [0.0, 8.0]])
    small_pool = Pool(np.ones((4, 1)), features, np.zeros((1, 2)), np.random.default_rng(0))
    order = np.argsort(-STRATEGIES["k_center"](small_pool)).tolist()
    assert order[0] == 2
    assert order[1] == 3
