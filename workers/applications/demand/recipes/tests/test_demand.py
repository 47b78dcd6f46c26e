"""Counts are right, forecasts never look ahead, intervals are paired, and the network learns what there is to learn."""

from datetime import datetime

import numpy as np
import pytest

from workers.applications.demand.recipes import backtest, network
from workers.applications.demand.recipes.drivers import Assumptions, simulate
from workers.applications.demand.recipes.grid import assign_cells, bin_times, build_grid, count_events
from workers.applications.demand.recipes.inputs import Demand, build_inputs, build_targets, cell_scales
from workers.applications.demand.recipes.seasons import decompose_season
from workers.applications.demand.recipes.simple import BASELINES
from workers.applications.demand.recipes.weather import readings_by_bin

CELLS = 6


def events(days: int = 30, seed: int = 0):
    """Trips in a city of a few cells with rush hours: times, latitudes, longitudes."""
    rng = np.random.default_rng(seed)
    hours = (np.arange(days * 48) % 48) / 2
    rate = 1 + 4 * np.exp(-(((hours - 8) / 1.5) ** 2)) + 5 * np.exp(-(((hours - 18) / 2) ** 2))
    counts = rng.poisson(rate[:, None] * np.linspace(0.4, 1.6, CELLS))
    time_bin, cell = np.repeat(np.indices(counts.shape).reshape(2, -1), counts.ravel(), axis=1)
    start = np.datetime64("2026-03-02T00:00:00")
    times = start + (time_bin * 1800 + rng.integers(0, 1800, len(time_bin))).astype("timedelta64[s]")
    north, east = 500 / 111_320, 500 / (111_320 * np.cos(np.deg2rad(35.68)))
    latitude = 35.68 + (cell // 3 + rng.uniform(0.05, 0.95, len(cell))) * north
    longitude = 139.7 + (cell % 3 + rng.uniform(0.05, 0.95, len(cell))) * east
    return times, latitude, longitude, counts


def load_demand(days: int = 30) -> Demand:
    times, latitude, longitude, _ = events(days)
    grid = build_grid(latitude, longitude, cell_size_m=500, min_events=20, max_cells=30)
    time_bins = bin_times(times, 30)
    counts = count_events(time_bins, times, assign_cells(grid, latitude, longitude), len(grid.cells))
    return Demand(time_bins, counts, grid.neighbors())


@pytest.fixture(scope="module")
def demand() -> Demand:
    return load_demand()


def test_every_event_is_counted_once_in_its_slot(demand):
    times, *_ = events()
    assert demand.time_bins.start == datetime(2026, 3, 2)
    inside = demand.time_bins.of(times) < demand.time_bins.count  # the last time bin may not be whole
    # Half a percent lies outside of the corner to each side, by design.
    assert 0.97 * inside.sum() <= demand.counts.sum() <= inside.sum()


def test_an_event_far_away_moves_no_cell():
    _, latitude, longitude, _ = events()
    plain = build_grid(latitude, longitude, cell_size_m=500, min_events=200, max_cells=30)
    outlier = build_grid(
        np.append(latitude, 0.0), np.append(longitude, 0.0), cell_size_m=500, min_events=200, max_cells=30
    )
    assert len(plain.cells) == len(outlier.cells)
    assert assign_cells(plain, np.array([0.0, np.nan]), np.array([0.0, 1.0])).tolist() == [-1, -1]
    south, west, north, east = plain.bounds(0)
    assert 450 < (north - south) * 111_320 < 550
    assert west < east


def test_inputs_of_a_slot_do_not_change_with_what_comes_later(demand):
    scale = cell_scales(demand.counts, 700)
    before = build_inputs(demand, 800, 801, scale).x
    changed = demand.counts.copy()
    changed[800:] = 999
    later = Demand(demand.time_bins, changed, demand.neighbors)
    assert np.array_equal(before, build_inputs(later, 800, 801, scale).x)
    end = demand.time_bins.count
    assert np.isfinite(build_inputs(demand, end, end + 1, scale).x).all()  # the time bin to come


def test_too_little_history_is_said(demand):
    with pytest.raises(ValueError, match="week"):
        build_inputs(demand, 10, 20, cell_scales(demand.counts, 100))
    with pytest.raises(ValueError, match="two weeks"):
        backtest.rolling_origins(demand, folds=10, days=7)


@pytest.mark.slow
def test_models_beat_the_last_value_where_there_are_rush_hours(demand):
    origins = backtest.rolling_origins(demand, folds=2, days=3)
    models, trial_errors = backtest.run_backtest(demand, origins, trials=2)
    assert len(trial_errors) == 2
    for name in ("ridge", "poisson", "boosting", "sdae"):
        gap = backtest.rmse_interval(models[name], models["last"])
        assert gap.high < 0, (name, gap)
    assert models["sdae"].rmse < 1.1 * models["ridge"].rmse
    assert 0.7 < models["sdae"].coverage[0.8] < 0.9
    assert set(models) >= {*BASELINES, "sdae", "no_pretraining", "without_neighborhood"}
    itself = backtest.rmse_interval(models["ridge"], models["ridge"])
    assert (itself.value, *itself.ends) == (0.0, 0.0, 0.0)


def test_a_network_is_the_same_again_after_loading_and_with_its_seed(demand, tmp_path):
    scale = cell_scales(demand.counts, 900)
    train, test = build_inputs(demand, demand.first, 900, scale), build_inputs(demand, 900, 950, scale)
    config = network.NetworkConfig(width=32, depth=1, epochs=2)
    first, second = (network.fit(demand, train, config, 3).predict(test).mean for _ in range(2))
    assert np.array_equal(first, second)
    model = network.fit(demand, train, config, 3)
    model.save(tmp_path)
    assert np.allclose(network.load(tmp_path).predict(test).mean, first)


def test_quantiles_are_those_of_the_distribution():
    forecast = network.CountForecast(np.full(5, 4.0), np.full(5, 0.5))
    rng = np.random.default_rng(0)
    draws = rng.negative_binomial(2, 2 / 6, 100_000)
    assert abs(forecast.quantile(0.9)[0] - np.quantile(draws, 0.9)) <= 1
    assert draws.mean() == pytest.approx(4, abs=0.05)
    right = network.CountForecast(np.full(100_000, 4.0), np.full(100_000, 0.5))
    for level in (0.5, 0.8, 0.95):
        assert right.coverage(draws.astype(float), level).mean() == pytest.approx(level, abs=0.01)


def test_the_decomposition_finds_the_week(demand):
    season = decompose_season(demand.counts, 48)
    assert season["variance_fractions"]["week"] > 0.8
    assert sum(season["variance_fractions"].values()) == pytest.approx(1)
    assert len(season["week"]) == 7 * 48


def test_drivers_who_know_the_trips_earn_more_than_those_who_know_nothing(demand):
    counts = demand.counts[-480:]
    cells = np.array([[n % 3, n // 3] for n in range(counts.shape[1])])
    nothing = np.tile(counts.mean(axis=0), (480, 1))
    earnings = simulate(counts, cells, {"nothing": nothing, "knows": counts.astype(float)}, Assumptions(drivers=5))
    assert earnings["knows"]["gain_low"] > 0


def test_targets_are_the_counts(demand):
    inputs = build_inputs(demand, 700, 702, cell_scales(demand.counts, 700))
    assert np.array_equal(build_targets(demand, inputs).reshape(2, -1), demand.counts[700:702])


def rainy(days: int = 30) -> Demand:
    """Twice as many trips in time bins after rain, which comes and goes by hours."""
    rng = np.random.default_rng(5)
    plain = load_demand(days)
    rain = np.repeat(rng.random(len(plain.counts) // 4 + 1) < 0.3, 4)[: len(plain.counts)]
    counts = plain.counts.copy()
    counts[1:] += (plain.counts[1:] * 1.5 * rain[:-1, None]).astype(np.int32)
    return Demand(plain.time_bins, counts, plain.neighbors, weather=rain[:, None].astype(np.float32))


@pytest.mark.slow
def test_weather_that_matters_is_worth_something_and_models_learn_more_from_more_weeks():
    demand = rainy()
    origin = backtest.rolling_origins(demand, folds=1, days=5)[0]
    assert backtest.available_groups(demand) == ["neighborhood", "weather"]
    scale = cell_scales(demand.counts, origin.cut)
    train, test = (
        build_inputs(demand, demand.first, origin.cut, scale),
        build_inputs(demand, origin.cut, origin.end, scale),
    )
    truth = build_targets(demand, test)
    wet, dry = (
        BASELINES["boosting"](demand, *pair, 0)
        for pair in ((train, test), (train.without_group("weather"), test.without_group("weather")))
    )
    assert np.mean((wet - truth) ** 2) < 0.9 * np.mean((dry - truth) ** 2)

    rows = backtest.errors_by_weeks(demand, origin, network.NetworkConfig(epochs=2))
    assert [row["weeks"] for row in rows] == sorted(row["weeks"] for row in rows)
    assert rows[0]["models"]["boosting"]["rmse"]["value"] > rows[-1]["models"]["boosting"]["rmse"]["value"]
    assert rows[-1]["models"]["boosting"]["gain"] == {"value": 0.0, "low": 0.0, "high": 0.0}


def test_a_slot_gets_the_last_reading_before_it_ends_and_gaps_are_carried_over():
    time_bins = load_demand(2).time_bins
    start = np.datetime64(time_bins.start)
    times = start + np.array([45, 0, 120], dtype="timedelta64[m]")
    values = np.array([[2.0, np.nan], [1.0, 7.0], [3.0, np.nan]])
    rows, covered = readings_by_bin(time_bins, times, values)
    assert rows[:4, 0].tolist() == [1.0, 2.0, 2.0, 3.0]
    assert set(rows[:, 1].tolist()) == {7.0}
    assert covered == pytest.approx(51 / time_bins.count, abs=0.02)  # a day after the last one it is too old
    assert readings_by_bin(time_bins, times + np.timedelta64(9, "D"), values)[1] == 0.0
