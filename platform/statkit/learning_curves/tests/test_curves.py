import math

import numpy as np
import pytest

from statkit.learning_curves import forecast_curve, nested_order, pool_seeds
from statkit.learning_curves.cost_model import (
    CostModel,
    additional_labels,
    days_to_label,
    labeling_cost,
    labeling_value,
)
from statkit.learning_curves.distribution import Distribution, cumulative_probability, interpolate_quantile
from statkit.learning_curves.paired_gain import paired_gain
from statkit.learning_curves.planner import plan_trainings, size_grid
from statkit.learning_curves.prior import LEVELS


def points(a=1.5, b=0.5, c=0.05, sizes=(32, 64, 128, 256, 512, 1024), seeds=5, noise=0.004, seed=0):
    """A curve that is a power law, with noise between seeds."""
    rng = np.random.default_rng(seed)
    return [
        {
            "n": n,
            "seed": training_seed,
            "score": float(np.clip(1 - c - a * n**-b + rng.normal(0, noise), 0, 1)),
            "se": 0.003,
        }
        for n in sizes
        for training_seed in range(seeds)
    ]


def test_sizes_lie_on_a_grid_that_does_not_move_when_labels_are_added():
    assert size_grid(100) == [10, 20, 40, 100]
    assert size_grid(2103) == [10, 20, 40, 80, 160, 320, 640, 1280, 2103]
    assert set(size_grid(1000)[:-1]) <= set(size_grid(5000))
    assert size_grid(12) == [12]


def test_a_plan_keeps_its_budget_and_does_not_starve_the_largest_size():
    sizes = size_grid(2560)[-6:]
    for budget in (3.0, 4.0, 9.7):
        plan = plan_trainings(sizes, budget)
        assert sum(step.seeds * step.n / 2560 for step in plan) <= budget + 1e-9
        assert plan[-1].n == 2560
        assert plan[-1].seeds >= (2 if budget >= 4 else 1)
        assert len(plan) >= 3


def test_more_seeds_go_where_labels_are_few_when_they_cost_little():
    plan = plan_trainings(size_grid(2560)[-6:], 9.7)
    assert plan[0].seeds >= 2
    dear = plan_trainings(size_grid(2560)[-6:], 9.7, floor=2560)  # each training costs the same
    assert sum(step.seeds for step in dear) <= 9


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
    pooled = pool_seeds(rows)[0]
    variance = float(np.var([0.5, 0.6, 0.7], ddof=1)) * 2 / 7 + float(np.var([0.5, 0.6, 0.7])) * 3 / 2 * 5 / 7
    assert pooled.score == pytest.approx(0.6)
    assert pooled.se == pytest.approx(math.sqrt(variance / 3 + 0.02**2))


def test_the_test_set_bounds_what_more_seeds_can_tell():
    rows = [{"n": 10, "score": 0.6, "se": 0.02}] * 1000
    assert pool_seeds(rows)[0].se == pytest.approx(0.02)


def test_a_power_law_is_forecast_within_its_interval():
    inside = 0
    for seed in range(40):
        forecast = forecast_curve(points(seed=seed))
        truth = 1 - 0.05 - 1.5 * 8192**-0.5
        inside += forecast.quantile(8192, 0.1) <= truth <= forecast.quantile(8192, 0.9)
    assert inside >= 28  # 80 % of 40 less three standard deviations


def test_labels_needed_are_ordered_and_match_the_curve():
    forecast = forecast_curve(points(), targets=[0.92])
    needed = forecast.labels_needed(0.92)
    assert needed.quantile(0.1) <= needed.quantile(0.5) <= needed.quantile(0.9)
    truth = (1.5 / (1 - 0.92 - 0.05)) ** 2
    assert truth / 3 <= needed.quantile(0.5) <= truth * 3


def test_a_target_above_the_plateau_is_probably_never_reached():
    forecast = forecast_curve(points(c=0.2))
    assert forecast.probability_never(0.95) > 0.85
    assert forecast.labels_needed(0.95).quantile(0.5) == math.inf
    assert forecast.probability_never(0.7) < 0.05


def test_the_next_purchase_never_more_than_doubles_and_is_none_when_reached():
    forecast = forecast_curve(points())
    assert 1 <= forecast.next_batch_size(0.945) <= 1024
    assert forecast.next_batch_size(0.5) == 0


def test_scores_where_less_is_better_are_forecast_by_swapped_bounds():
    rows = [{"n": n, "score": 2 + 30 * n**-0.5} for n in (50, 100, 200, 400, 800)]
    forecast = forecast_curve(rows, bounds=(50, 0))
    assert forecast.quantile(3200, 0.5) < 3.1
    assert forecast.labels_needed(2.5).quantile(0.9) > 800


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
        forecast_curve(rows)
    with pytest.raises(ValueError, match="target"):
        forecast_curve(points(), targets=[1.5])


def test_absurd_errors_and_bounds_break_nothing():
    rows = [{"n": 3**i, "score": 1e11 * i, "se": 1e12} for i in range(1, 6)]
    forecast = forecast_curve(rows, bounds=(-1e12, 1e12))
    assert -1e12 <= forecast.quantile(10**9, 0.5) <= 1e12
    assert forecast.next_batch_size(9e11) > 0


@pytest.mark.parametrize(
    "scores", [[0.9, 0.8, 0.7, 0.6], [0.5, 0.5, 0.5, 0.5], [1.0, 1.0, 1.0, 1.0], [0.1, 0.9, 0.2, 0.8]]
)
def test_odd_curves_break_nothing_and_are_flagged(scores):
    rows = [{"n": 10 * 2**i, "score": score, "se": 0.01} for i, score in enumerate(scores)]
    forecast = forecast_curve(rows)
    assert 0 <= forecast.quantile(10_000, 0.5) <= 1
    assert forecast.flags


def test_ranges_widen_where_the_record_says_so_and_never_narrow():
    plain, wide, narrow = (forecast_curve(points(), widen=widen) for widen in (1.0, 1.5, 0.5))
    width = [forecast.quantile(8192, 0.9) - forecast.quantile(8192, 0.1) for forecast in (plain, wide, narrow)]
    assert width[1] > 1.3 * width[0]
    assert width[2] == width[0]


def test_quantiles_are_ordered_at_every_size_and_scores_stay_within_bounds():
    forecast = forecast_curve(points())
    for n in (100, 1024, 1500, 5000, 60_000, 10**6, 10**9):
        row = [forecast.quantile(n, q) for q in (0.01, 0.1, 0.5, 0.9, 0.99)]
        assert row == sorted(row)
        assert 0 <= row[0] <= row[-1] <= 1


def test_the_chance_of_enough_labels_agrees_with_the_chance_of_the_score():
    forecast = forecast_curve(points())
    target = forecast.quantile(4096, 0.3)  # reached with probability 0.7
    needed = forecast.labels_needed(target)
    share = needed.weights[needed.values <= 4096].sum() / needed.weights.sum()
    assert share == pytest.approx(0.7, abs=0.03)


def test_quantiles_and_shares_undo_each_other():
    row = np.sort(np.random.default_rng(0).normal(size=len(LEVELS)))
    for q in (0.001, 0.03, 0.5, 0.77, 0.999):
        assert cumulative_probability(LEVELS, row[None, :], interpolate_quantile(LEVELS, row, q))[0] == pytest.approx(
            q, abs=1e-6
        )


def test_the_gain_of_the_last_labels_is_paired_over_seeds():
    luck = {0: 0.05, 1: -0.05, 2: 0.0}
    rows = [{"n": n, "seed": s, "score": base + luck[s]} for n, base in ((100, 0.7), (200, 0.72)) for s in luck]
    gain = paired_gain(rows, after=200, before=100)
    assert gain.value == pytest.approx(0.02)
    assert 0.01 < gain.low < 0.02 < gain.high < 0.03  # the seeds' luck falls out
    assert paired_gain(rows, after=200, before=50) is None


def test_money_and_days_follow_the_labels_and_never_stays_never():
    needed = Distribution(np.array([100.0, 300.0, np.inf]), np.array([0.5, 0.3, 0.2]))
    more = additional_labels(needed, 200)
    assert [more.quantile(q) for q in (0.2, 0.7, 0.95)] == [0, 100, math.inf]
    assert labeling_cost(more, 0.5).quantile(0.7) == 50
    assert labeling_cost(more, 0.0).quantile(0.95) == math.inf
    days = days_to_label(more, [20, 20, 20, 20])
    assert days.quantile(0.7) == pytest.approx(5)
    assert days_to_label(more, [20, 20], speed=2.0).quantile(0.7) == pytest.approx(2.5)
    assert days_to_label(more, [0, 0]) is None


def test_break_even_by_hand_and_when_to_stop():
    costs = CostModel(fn_cost=30, fp_cost=10, fn_fraction=0.5, decisions_per_month=1000, months=10, baseline_cost=2000)
    assert costs.mean_error_cost == 20
    assert costs.break_even_accuracy == pytest.approx(0.9)  # 1,000 decisions × 10 % × 20 = 2,000
    forecast = forecast_curve(points())
    free, dear = (labeling_value(forecast, costs, labels=1024, cost_per_label=price) for price in (0.0, 100.0))
    assert free.optimal_labels > 10_000
    assert (dear.optimal_labels, dear.net_gain_at_optimum) == (1024, 0)
    assert free.next_100_labels_value > 0
    assert 0 < free.break_even_probability <= 1
    assert CostModel(1, 1, 0.5, 100, 1, baseline_cost=0).break_even_accuracy is None
