"""Handlers of demand jobs, in the trainer's process: reports, and forecasts of the next time bin."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
from django.db import transaction

from plateau.jobs import services as jobs
from plateau.jobs.models import Job
from workers.applications.demand.job_kinds import RefreshPayload, ReportPayload
from workers.applications.demand.models import DemandReport, ServiceArea, TimeBinForecast
from workers.applications.demand.queries import grid_of
from workers.applications.demand.recipes import network
from workers.applications.demand.recipes.backtest import (
    BacktestResult,
    available_groups,
    errors_by_weeks,
    rmse_interval,
    rolling_origins,
    run_backtest,
)
from workers.applications.demand.recipes.drivers import Assumptions, simulate
from workers.applications.demand.recipes.grid import Grid, TimeBins, assign_cells, bin_times, build_grid, count_events
from workers.applications.demand.recipes.inputs import Demand, build_inputs, cell_scales
from workers.applications.demand.recipes.seasons import decompose_season
from workers.applications.demand.recipes.simple import BASELINES
from workers.applications.demand.recipes.weather import MIN_COVERAGE, readings_by_bin
from workers.applications.demand.services import read_all_events, read_all_weather
from workers.runtime.job_run import JobRun
from workers.runtime.model_artifacts import load_model_artifact, save_model_artifact

FOLDS = 2
SEARCH_TRIALS = 4
BACKTEST_DAYS = 7
SIMULATED_MODELS = ("last", "usual", "boosting", "sdae")


def load_demand(area: ServiceArea, grid: Grid | None = None) -> tuple[Demand, Grid]:
    """Counts of an area on `grid`, or on a new one; without weather.

    Raises:
        ValueError: no cell has enough events.
    """
    table = read_all_events(area)
    times = table["time"].to_numpy().astype("datetime64[s]")
    start = tuple(table[name].to_numpy().astype(np.float64) for name in ("latitude", "longitude"))
    grid = grid or build_grid(
        *start, cell_size_m=area.cell_size_m, min_events=area.min_events_per_cell, max_cells=area.max_cells
    )
    time_bins = bin_times(times, area.bin_minutes)
    cell_count = len(grid.cells)
    counts = count_events(time_bins, times, assign_cells(grid, *start), cell_count)
    inflow = None
    if "to_time" in table.column_names:
        after = table["to_time"].to_numpy().astype("datetime64[s]")
        is_known = ~np.isnat(after)
        end = tuple(table[f"to_{name}"].to_numpy().astype(np.float64)[is_known] for name in ("latitude", "longitude"))
        inflow = count_events(time_bins, after[is_known], assign_cells(grid, *end), cell_count)
    return Demand(time_bins, counts, grid.neighbors(), inflow), grid


def add_weather(area: ServiceArea, demand: Demand) -> tuple[Demand, float | None]:
    """Demand with the area's readings, and the fraction of time bins that have a fresh one.

    Unchanged, and None, where there are no readings.
    """
    table = read_all_weather(area)
    if table is None:
        return demand, None
    values = np.stack([table[name].to_numpy() for name in table.column_names[1:]], axis=1).astype(np.float64)
    rows, coverage = readings_by_bin(demand.time_bins, table["time"].to_numpy().astype("datetime64[s]"), values)
    return replace(demand, weather=rows), coverage


def create_report(job: Job, run: JobRun, order: ReportPayload) -> dict[str, object]:
    """Handler of job kind `demand-report`."""
    report = DemandReport.objects.select_related("area").get(pk=order.report_id)
    area = report.area
    jobs.report(claim=run.claim, done=0, total=1000, message="counting events")
    demand_without_weather, grid = load_demand(area)
    demand, coverage = add_weather(area, demand_without_weather)
    if coverage is not None and coverage < MIN_COVERAGE:  # what is mostly missing would only be learned as missing
        demand = demand_without_weather
    span = max(2, min(7, (demand.time_bins.count // demand.time_bins.per_day - 22) // FOLDS))
    origins = rolling_origins(demand, folds=FOLDS, days=span)
    run.total, run.share, run.message = 1000, 800, "judging every model on days that it has not seen"
    models, trial_errors = run_backtest(demand, origins, trials=SEARCH_TRIALS, run=run)
    jobs.report(claim=run.claim, done=820, total=1000, message="simulating drivers")
    last = origins[-1]
    means = {name: table for name in SIMULATED_MODELS if (table := models[name].means) is not None}
    drivers = simulate(demand.counts[last.cut : last.end], grid.cells, means, Assumptions())
    jobs.report(claim=run.claim, done=850, total=1000, message="training on all data")
    config = min(trial_errors, key=lambda trial: trial[1])[0]
    area.grid = {
        "origin": grid.origin, "cell_size_m": grid.cell_size_m, "cells": grid.cells.tolist(),
        "uses_weather": demand.weather is not None,
    }  # fmt: skip
    _save_backtest(area, demand, last.cut, config)
    model = _train_network(area, demand, config, run)
    _save_next_forecast(area, demand, model)
    jobs.report(claim=run.claim, done=900, total=1000, message="training on fewer weeks")
    report.results = report_as_json(demand, models, trial_errors, drivers, origins)
    report.results["weeks"] = errors_by_weeks(demand, origins[-1], config, run=run)
    report.results["weather_coverage"] = coverage
    report.save(update_fields=["results"])
    return {"area_id": area.pk, "report_id": report.pk, "cells": len(grid.cells)}


def refresh(job: Job, run: JobRun, order: RefreshPayload) -> dict[str, object]:
    """Handler of job kind `demand-refresh`: save counts beside their forecasts, and forecast the next time bin."""
    area = ServiceArea.objects.get(pk=order.area_id)
    demand, _ = load_demand(area, grid_of(area))
    if area.grid.get("uses_weather"):
        demand, _ = add_weather(area, demand)
        if demand.weather is None:
            raise ValueError("The weather data that the model was trained on was deleted. Create the report again.")
    model = load_model_artifact(network.load, area.model_key, run.workdir)
    _save_next_forecast(area, demand, model)
    return {"area_id": area.pk, "time_bins": demand.time_bins.count}


def _train_network(area: ServiceArea, demand: Demand, config: network.NetworkConfig, run: JobRun) -> network.DemandNet:
    end = demand.time_bins.count
    scale = cell_scales(demand.counts, end)
    model = network.fit(demand, build_inputs(demand, demand.first, end, scale), config, 0, None)
    key = f"demand/{area.organization_id}/{area.pk}/model-{run.claim.job_id}"
    save_model_artifact(model, key, run.workdir)
    area.model_key = key
    area.save(update_fields=["grid", "model_key"])
    return model


def _save_backtest(area: ServiceArea, demand: Demand, cut: int, config: network.NetworkConfig) -> None:
    """The last days as they would have been forecast, by a network that has not seen them."""
    start = max(cut, demand.time_bins.count - BACKTEST_DAYS * demand.time_bins.per_day)
    scale = cell_scales(demand.counts, cut)
    model = network.fit(demand, build_inputs(demand, demand.first, cut, scale), config, 0)
    forecast = model.predict(build_inputs(demand, start, demand.time_bins.count, scale))
    with transaction.atomic():
        TimeBinForecast.objects.filter(area=area).delete()  # cells may have changed
        TimeBinForecast.objects.bulk_create(_forecast_rows(area, demand, start, forecast, is_backtest=True))


def _save_next_forecast(area: ServiceArea, demand: Demand, model: network.DemandNet) -> None:
    end = demand.time_bins.count
    scale = cell_scales(demand.counts, end)
    forecast = model.predict(build_inputs(demand, end, end + 1, scale))
    with transaction.atomic():
        waiting = TimeBinForecast.objects.select_for_update().filter(area=area, actual__isnull=True)
        for row in waiting:
            time_bin = int(
                demand.time_bins.of(np.array([row.starts_at.replace(tzinfo=None)], dtype="datetime64[s]"))[0]
            )
            if time_bin < end:
                row.actual = demand.counts[time_bin].tolist()
                row.save(update_fields=["actual"])
        TimeBinForecast.objects.bulk_create(
            _forecast_rows(area, demand, end, forecast, is_backtest=False), ignore_conflicts=True
        )


def _forecast_rows(
    area: ServiceArea, demand: Demand, start: int, forecast: network.CountForecast, *, is_backtest: bool
) -> list[TimeBinForecast]:
    cells = demand.counts.shape[1]
    mean = np.round(forecast.mean.reshape(-1, cells), 2)
    low, high = (forecast.quantile(q).reshape(-1, cells).astype(int) for q in (0.1, 0.9))
    return [
        TimeBinForecast(
            area=area,
            starts_at=bin_start_utc(demand.time_bins, start + step),
            mean=mean[step].tolist(),
            low=low[step].tolist(),
            high=high[step].tolist(),
            actual=demand.counts[start + step].tolist() if start + step < demand.time_bins.count else None,
            is_backtest=is_backtest,
        )
        for step in range(len(mean))
    ]


def bin_start_utc(time_bins: TimeBins, time_bin: int) -> datetime:
    """When a time bin begins, written as if the events' clock were UTC."""
    return time_bins.moment(time_bin).replace(tzinfo=UTC)


def report_as_json(
    demand: Demand, models: dict[str, BacktestResult], trial_errors: list[tuple[network.NetworkConfig, float]],
    drivers: dict[str, dict[str, float]], origins: Any,
) -> dict[str, object]:  # fmt: skip
    """Results of a report; errors are root mean square errors in events per time bin and cell."""
    best = min(BASELINES, key=lambda name: models[name].rmse)
    sdae = models["sdae"]
    boosting = models["boosting"]
    season = decompose_season(demand.counts, demand.time_bins.per_day)
    return {
        "event_count": int(demand.counts.sum()),
        "cell_count": int(demand.counts.shape[1]),
        "bin_count": demand.time_bins.count,
        "evaluated_from": bin_start_utc(demand.time_bins, origins[0].cut).isoformat(),
        "evaluated_bins": origins[-1].end - origins[0].cut,
        "origin_count": len(origins),
        "models": [
            {
                "name": name,
                "rmse": rmse_interval(result).as_json(),
                "rmse_above_network": rmse_interval(result, sdae).as_json(),
                "cpu_seconds": round(result.seconds, 2),
            }
            for name, result in sorted(models.items(), key=lambda entry: entry[1].rmse)
            if not name.startswith("without_")
        ],
        "best_baseline": best,
        "network_gain": rmse_interval(models[best], sdae).as_json(),
        "input_value": [
            {"group": group, "rmse_increase": rmse_interval(models[f"without_{group}"], boosting).as_json()}
            for group in available_groups(demand)
        ],
        "coverage": [{"level": level, "fraction": fraction} for level, fraction in (sdae.coverage or {}).items()],
        "search_trials": [{"rmse": round(error, 4), **vars(config)} for config, error in trial_errors],
        "season": {"variance_fractions": season["variance_fractions"], "week": season["week"]},
        "drivers": {
            "assumptions": vars(Assumptions()),
            "rows": [{"name": name, **money} for name, money in drivers.items()],
        },
    }
