"""Counts are right, forecasts never look ahead, intervals are paired, and the network learns what there is to learn."""

from datetime import datetime

import numpy as np
import pytest

from workers.applications.demand.recipes import backtest, network
from workers.applications.demand.recipes.drivers import Assumptions, simulate
from workers.applications.demand.recipes.grid import cells_of, counts_of, grid_of, slots_of
from workers.applications.demand.recipes.inputs import Demand, inputs_of, scales_of, targets_of
from workers.applications.demand.recipes.seasons import decomposed
from workers.applications.demand.recipes.simple import SIMPLE
from workers.applications.demand.recipes.weather import by_slot

CELLS = 6


def events(days: int = 30, seed: int = 0):
    """Trips in a city of a few cells with rush hours: times, latitudes, longitudes."""
    rng = np.random.default_rng(seed)
    hours = (np.arange(days * 48) % 48) / 2
    rate = 1 + 4 * np.exp(-(((hours - 8) / 1.5) ** 2)) + 5 * np.exp(-(((hours - 18) / 2) ** 2))
    counts = rng.poisson(rate[:, None] * np.linspace(0.4, 1.6, CELLS))
    slot, cell = np.repeat(np.indices(counts.shape).reshape(2, -1), counts.ravel(), axis=1)
    begin = np.datetime64("2026-03-02T00:00:00")
    times = begin + (slot * 1800 + rng.integers(0, 1800, len(slot))).astype("timedelta64[s]")
    north, east = 500 / 111_320, 500 / (111_320 * np.cos(np.deg2rad(35.68)))
    latitude = 35.68 + (cell // 3 + rng.uniform(0.05, 0.95, len(cell))) * north
    longitude = 139.7 + (cell % 3 + rng.uniform(0.05, 0.95, len(cell))) * east
    return times, latitude, longitude, counts


def demand_of(days: int = 30) -> Demand:
    times, latitude, longitude, _ = events(days)
    grid = grid_of(latitude, longitude, metres=500, least=20, most=30)
    slots = slots_of(times, 30)
    counts = counts_of(slots, times, cells_of(grid, latitude, longitude), len(grid.places))
    return Demand(slots, counts, grid.neighbours())


@pytest.fixture(scope="module")
def demand() -> Demand:
    return demand_of()


def test_every_event_is_counted_once_in_its_slot(demand):
    times, *_ = events()
    assert demand.slots.begin == datetime(2026, 3, 2)
    inside = demand.slots.of(times) < demand.slots.count  # the last slot may not be whole
    # Half a percent lies outside of the corner to each side, by design.
    assert 0.97 * inside.sum() <= demand.counts.sum() <= inside.sum()


def test_an_event_far_away_moves_no_cell():
    _, latitude, longitude, _ = events()
    plain = grid_of(latitude, longitude, metres=500, least=200, most=30)
    wrong = grid_of(np.append(latitude, 0.0), np.append(longitude, 0.0), metres=500, least=200, most=30)
    assert len(plain.places) == len(wrong.places)
    assert cells_of(plain, np.array([0.0, np.nan]), np.array([0.0, 1.0])).tolist() == [-1, -1]
    south, west, north, east = plain.outline(0)
    assert 450 < (north - south) * 111_320 < 550
    assert west < east


def test_inputs_of_a_slot_do_not_change_with_what_comes_later(demand):
    scale = scales_of(demand.counts, 700)
    before = inputs_of(demand, 800, 801, scale).x
    changed = demand.counts.copy()
    changed[800:] = 999
    later = Demand(demand.slots, changed, demand.neighbours)
    assert np.array_equal(before, inputs_of(later, 800, 801, scale).x)
    end = demand.slots.count
    assert np.isfinite(inputs_of(demand, end, end + 1, scale).x).all()  # the slot to come


def test_too_little_history_is_said(demand):
    with pytest.raises(ValueError, match="week"):
        inputs_of(demand, 10, 20, scales_of(demand.counts, 100))
    with pytest.raises(ValueError, match="two weeks"):
        backtest.origins_of(demand, folds=10, days=7)


@pytest.mark.slow
def test_models_beat_the_last_value_where_there_are_rush_hours(demand):
    origins = backtest.origins_of(demand, folds=2, days=3)
    models, tried = backtest.judge(demand, origins, trials=2)
    assert len(tried) == 2
    for name in ("ridge", "poisson", "boosting", "sdae"):
        gap = backtest.interval_of(models[name], models["last"])
        assert gap.high < 0, (name, gap)
    assert models["sdae"].rmse < 1.1 * models["ridge"].rmse
    assert 0.7 < models["sdae"].inside[0.8] < 0.9
    assert set(models) >= {*SIMPLE, "sdae", "no_pretraining", "without_places"}
    itself = backtest.interval_of(models["ridge"], models["ridge"])
    assert (itself.value, *itself.ends) == (0.0, 0.0, 0.0)


def test_a_network_is_the_same_again_after_loading_and_with_its_seed(demand, tmp_path):
    scale = scales_of(demand.counts, 900)
    learned, asked = inputs_of(demand, demand.first, 900, scale), inputs_of(demand, 900, 950, scale)
    shape = network.Shape(width=32, depth=1, epochs=2)
    one, two = (network.fit(demand, learned, shape, 3).predict(asked).mean for _ in range(2))
    assert np.array_equal(one, two)
    model = network.fit(demand, learned, shape, 3)
    model.save(tmp_path)
    assert np.allclose(network.load(tmp_path).predict(asked).mean, one)


def test_quantiles_are_those_of_the_distribution():
    forecast = network.Forecast(np.full(5, 4.0), np.full(5, 0.5))
    rng = np.random.default_rng(0)
    draws = rng.negative_binomial(2, 2 / 6, 100_000)
    assert abs(forecast.quantile(0.9)[0] - np.quantile(draws, 0.9)) <= 1
    assert draws.mean() == pytest.approx(4, abs=0.05)
    right = network.Forecast(np.full(100_000, 4.0), np.full(100_000, 0.5))
    for level in (0.5, 0.8, 0.95):
        assert right.inside(draws.astype(float), level).mean() == pytest.approx(level, abs=0.01)


def test_the_decomposition_finds_the_week(demand):
    found = decomposed(demand.counts, 48)
    assert found["shares"]["week"] > 0.8
    assert sum(found["shares"].values()) == pytest.approx(1)
    assert len(found["week"]) == 7 * 48


def test_drivers_who_know_the_trips_earn_more_than_those_who_know_nothing(demand):
    counts = demand.counts[-480:]
    places = np.array([[n % 3, n // 3] for n in range(counts.shape[1])])
    nothing = np.tile(counts.mean(axis=0), (480, 1))
    found = simulate(counts, places, {"nothing": nothing, "knows": counts.astype(float)}, Assumptions(drivers=5))
    assert found["knows"]["gain_low"] > 0


def test_targets_are_the_counts(demand):
    inputs = inputs_of(demand, 700, 702, scales_of(demand.counts, 700))
    assert np.array_equal(targets_of(demand, inputs).reshape(2, -1), demand.counts[700:702])


def rainy(days: int = 30) -> Demand:
    """Twice as many trips in slots after rain, which comes and goes by hours."""
    rng = np.random.default_rng(5)
    plain = demand_of(days)
    rain = np.repeat(rng.random(len(plain.counts) // 4 + 1) < 0.3, 4)[: len(plain.counts)]
    counts = plain.counts.copy()
    counts[1:] += (plain.counts[1:] * 1.5 * rain[:-1, None]).astype(np.int32)
    return Demand(plain.slots, counts, plain.neighbours, weather=rain[:, None].astype(np.float32))


@pytest.mark.slow
def test_weather_that_matters_is_worth_something_and_models_learn_more_from_more_weeks():
    demand = rainy()
    origin = backtest.origins_of(demand, folds=1, days=5)[0]
    assert backtest.groups_there(demand) == ["places", "weather"]
    scale = scales_of(demand.counts, origin.cut)
    learned, asked = (
        inputs_of(demand, demand.first, origin.cut, scale),
        inputs_of(demand, origin.cut, origin.end, scale),
    )
    truth = targets_of(demand, asked)
    wet, dry = (
        SIMPLE["boosting"](demand, *pair, 0)
        for pair in ((learned, asked), (learned.without("weather"), asked.without("weather")))
    )
    assert np.mean((wet - truth) ** 2) < 0.9 * np.mean((dry - truth) ** 2)

    rows = backtest.by_weeks(demand, origin, network.Shape(epochs=2))
    assert [row["weeks"] for row in rows] == sorted(row["weeks"] for row in rows)
    assert rows[0]["models"]["boosting"]["rmse"]["value"] > rows[-1]["models"]["boosting"]["rmse"]["value"]
    assert rows[-1]["models"]["boosting"]["gain"] == {"value": 0.0, "low": 0.0, "high": 0.0}


def test_a_slot_gets_the_last_reading_before_it_ends_and_gaps_are_carried_over():
    slots = demand_of(2).slots
    begin = np.datetime64(slots.begin)
    times = begin + np.array([45, 0, 120], dtype="timedelta64[m]")
    values = np.array([[2.0, np.nan], [1.0, 7.0], [3.0, np.nan]])
    rows, covered = by_slot(slots, times, values)
    assert rows[:4, 0].tolist() == [1.0, 2.0, 2.0, 3.0]
    assert set(rows[:, 1].tolist()) == {7.0}
    assert covered == pytest.approx(51 / slots.count, abs=0.02)  # a day after the last one it is too old
    assert by_slot(slots, times + np.timedelta64(9, "D"), values)[1] == 0.0
