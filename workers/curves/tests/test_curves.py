import math

import numpy as np
import pytest

from workers.curves import forecast, nested_order, pool, sizes_up_to


def points(a=1.5, b=0.5, c=0.05, sizes=(32, 64, 128, 256, 512, 1024), seeds=5, noise=0.004, seed=0):
    """A curve that is a power law, with noise between seeds."""
    rng = np.random.default_rng(seed)
    return [
        {"n": n, "seed": one, "score": float(np.clip(1 - c - a * n**-b + rng.normal(0, noise), 0, 1)), "se": 0.003}
        for n in sizes
        for one in range(seeds)
    ]


def test_sizes_are_geometric_and_end_at_all_labels():
    assert sizes_up_to(2103, points=7) == [33, 66, 131, 263, 526, 1052, 2103]
    assert sizes_up_to(12) == [12]


def test_every_beginning_of_the_order_is_nested_and_stratified():
    strata = ["a"] * 60 + ["b"] * 30 + ["c"] * 10
    order = nested_order(strata, seed=3)
    assert sorted(order) == list(range(100))
    for n in (10, 20, 50):
        share = [strata[index] for index in order[:n]].count("a") / n
        assert abs(share - 0.6) <= 1.5 / n + 1e-9


def test_seeds_give_different_orders_and_the_same_seed_the_same():
    strata = ["a", "b"] * 50
    assert nested_order(strata, seed=1) == nested_order(strata, seed=1)
    assert nested_order(strata, seed=1) != nested_order(strata, seed=2)


def test_the_error_bar_holds_seed_and_test_variance():
    rows = [{"n": 10, "score": score, "se": 0.02} for score in (0.5, 0.6, 0.7)]
    pooled = pool(rows)[0]
    variance = float(np.var([0.5, 0.6, 0.7], ddof=1)) * 2 / 7 + float(np.var([0.5, 0.6, 0.7])) * 3 / 2 * 5 / 7
    assert pooled.score == pytest.approx(0.6)
    assert pooled.se == pytest.approx(math.sqrt(variance / 3 + 0.02**2))


def test_the_test_set_bounds_what_more_seeds_can_tell():
    rows = [{"n": 10, "score": 0.6, "se": 0.02}] * 1000
    assert pool(rows)[0].se == pytest.approx(0.02)


def test_a_power_law_is_forecast_within_its_interval():
    inside = 0
    for seed in range(40):
        made = forecast(points(seed=seed))
        truth = 1 - 0.05 - 1.5 * 8192**-0.5
        inside += made.quantile(8192, 0.1) <= truth <= made.quantile(8192, 0.9)
    assert inside >= 28  # 80 % of 40 less three standard deviations


def test_labels_needed_are_ordered_and_match_the_curve():
    made = forecast(points(), targets=[0.92])
    needed = made.labels_needed(0.92)
    assert needed.quantile(0.1) <= needed.quantile(0.5) <= needed.quantile(0.9)
    truth = (1.5 / (1 - 0.92 - 0.05)) ** 2
    assert truth / 3 <= needed.quantile(0.5) <= truth * 3


def test_a_target_above_the_plateau_is_probably_never_reached():
    made = forecast(points(c=0.2))
    assert made.probability_never(0.95) > 0.9
    assert made.labels_needed(0.95).quantile(0.5) == math.inf
    assert made.probability_never(0.7) < 0.05


def test_the_next_purchase_never_more_than_doubles_and_is_none_when_reached():
    made = forecast(points())
    assert 1 <= made.next_purchase(0.945) <= 1024
    assert made.next_purchase(0.5) == 0


def test_scores_where_less_is_better_are_forecast_by_swapped_bounds():
    rows = [{"n": n, "score": 2 + 30 * n**-0.5} for n in (50, 100, 200, 400, 800)]
    made = forecast(rows, bounds=(50, 0))
    assert made.quantile(3200, 0.5) < 3.1
    assert made.labels_needed(2.5).quantile(0.9) > 800


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([{"n": 10, "score": 0.5}, {"n": 20, "score": 0.6}], "at least 3 different sizes"),
        ([{"n": n, "score": 1.4} for n in (1, 2, 3)], "outside"),
        ([{"n": n, "score": 0.5} for n in (0, 2, 3)], "at least 1"),
    ],
)
def test_what_cannot_be_forecast_says_why(rows, message):
    with pytest.raises(ValueError, match=message):
        forecast(rows)
    with pytest.raises(ValueError, match="target"):
        forecast(points(), targets=[1.5])


@pytest.mark.parametrize(
    "scores", [[0.9, 0.8, 0.7, 0.6], [0.5, 0.5, 0.5, 0.5], [1.0, 1.0, 1.0, 1.0], [0.1, 0.9, 0.2, 0.8]]
)
def test_odd_curves_break_nothing_and_are_flagged(scores):
    rows = [{"n": 10 * 2**i, "score": score, "se": 0.01} for i, score in enumerate(scores)]
    made = forecast(rows)
    assert 0 <= made.quantile(10_000, 0.5) <= 1
    assert made.flags
