"""Judging forecasts of demand and forecasting, in the trainer's process."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
from django.db import transaction

from plateau.jobs import services as jobs
from plateau.jobs.models import Job
from workers.applications.demand.job_kinds import RefreshOrder, ReportOrder
from workers.applications.demand.models import Area, Report, SlotForecast
from workers.applications.demand.recipes import network
from workers.applications.demand.recipes.backtest import Judged, by_weeks, groups_there, interval_of, judge, origins_of
from workers.applications.demand.recipes.drivers import Assumptions, simulate
from workers.applications.demand.recipes.grid import Grid, Slots, cells_of, counts_of, grid_of, slots_of
from workers.applications.demand.recipes.inputs import Demand, inputs_of, scales_of
from workers.applications.demand.recipes.seasons import decomposed
from workers.applications.demand.recipes.simple import SIMPLE
from workers.applications.demand.recipes.weather import LEAST_COVERED, by_slot
from workers.applications.demand.services import events_of, weather_of
from workers.runtime.context import JobRun
from workers.runtime.kept import keep_model, kept_model

FOLDS = 2
TRIALS = 4
SHOWN_DAYS = 7
DRIVEN = ("last", "usual", "boosting", "sdae")


def demand_of(area: Area, grid: Grid | None = None) -> tuple[Demand, Grid]:
    """Counts of an area, on its own grid or on a new one; without weather.

    Raises:
        ValueError: no cell has enough events.
    """
    table = events_of(area)
    times = table["time"].to_numpy().astype("datetime64[s]")
    start = tuple(table[name].to_numpy().astype(np.float64) for name in ("latitude", "longitude"))
    grid = grid or grid_of(*start, metres=area.metres, least=area.least_events, most=area.most_cells)
    slots = slots_of(times, area.minutes)
    number = len(grid.places)
    counts = counts_of(slots, times, cells_of(grid, *start), number)
    inflow = None
    if "to_time" in table.column_names:
        after = table["to_time"].to_numpy().astype("datetime64[s]")
        there = ~np.isnat(after)
        end = tuple(table[f"to_{name}"].to_numpy().astype(np.float64)[there] for name in ("latitude", "longitude"))
        inflow = counts_of(slots, after[there], cells_of(grid, *end), number)
    return Demand(slots, counts, grid.neighbours(), inflow), grid


def with_weather(area: Area, demand: Demand) -> tuple[Demand, float | None]:
    """The same with the area's readings, and the share of slots for which there was one that is not too old.

    As it was, and None, where there are no readings.
    """
    table = weather_of(area)
    if table is None:
        return demand, None
    values = np.stack([table[name].to_numpy() for name in table.column_names[1:]], axis=1).astype(np.float64)
    rows, covered = by_slot(demand.slots, table["time"].to_numpy().astype("datetime64[s]"), values)
    return replace(demand, weather=rows), covered


def make_report(job: Job, run: JobRun, order: ReportOrder) -> dict[str, Any]:
    """Handler of job kind `demand-report`."""
    report = Report.objects.select_related("area").get(pk=order.report_id)
    area = report.area
    jobs.report(claim=run.claim, done=0, total=1000, message="counting events")
    bare, grid = demand_of(area)
    demand, covered = with_weather(area, bare)
    if covered is not None and covered < LEAST_COVERED:  # what is mostly missing would only be learned as missing
        demand = bare
    span = max(2, min(7, (demand.slots.count // demand.slots.a_day - 22) // FOLDS))
    origins = origins_of(demand, folds=FOLDS, days=span)
    run.total, run.share, run.message = 1000, 800, "judging every model on days that it has not seen"
    models, tried = judge(demand, origins, trials=TRIALS, run=run)
    jobs.report(claim=run.claim, done=820, total=1000, message="sending drivers")
    last = origins[-1]
    means = {name: table for name in DRIVEN if (table := models[name].means) is not None}
    drivers = simulate(demand.counts[last.cut : last.end], grid.places, means, Assumptions())
    jobs.report(claim=run.claim, done=850, total=1000, message="learning from everything")
    shape = min(tried, key=lambda one: one[1])[0]
    area.grid = {
        "corner": grid.corner, "metres": grid.metres, "places": grid.places.tolist(),
        "weather": demand.weather is not None,
    }  # fmt: skip
    _forecast_judged(area, demand, last.cut, shape)
    model = _learn(area, demand, shape, run)
    _forecast_next(area, demand, model)
    jobs.report(claim=run.claim, done=900, total=1000, message="learning from fewer weeks")
    report.body = body_of(demand, models, tried, drivers, origins)
    report.body["weeks"] = by_weeks(demand, origins[-1], shape, run=run)
    report.body["weather_covered"] = covered
    report.save(update_fields=["body"])
    return {"area_id": area.pk, "report_id": report.pk, "cells": len(grid.places)}


def refresh(job: Job, run: JobRun, order: RefreshOrder) -> dict[str, Any]:
    """Handler of job kind `demand-refresh`: what came is written beside its forecast; the next slot is forecast."""
    area = Area.objects.get(pk=order.area_id)
    grid = Grid(tuple(area.grid["corner"]), area.grid["metres"], np.array(area.grid["places"], dtype=np.int64))
    demand, _ = demand_of(area, grid)
    if area.grid.get("weather"):
        demand, _ = with_weather(area, demand)
        if demand.weather is None:
            raise ValueError("The weather that the network learned from was taken away: judge and learn again.")
    model = kept_model(network.load, area.model_key, run.workdir)
    _forecast_next(area, demand, model)
    return {"area_id": area.pk, "slots": demand.slots.count}


def _learn(area: Area, demand: Demand, shape: network.Shape, run: JobRun) -> network.DemandNet:
    end = demand.slots.count
    scale = scales_of(demand.counts, end)
    model = network.fit(demand, inputs_of(demand, demand.first, end, scale), shape, 0, None)
    key = f"demand/{area.organization_id}/{area.pk}/model-{run.claim.job_id}"
    keep_model(model, key, run.workdir)
    area.model_key = key
    area.save(update_fields=["grid", "model_key"])
    return model


def _forecast_judged(area: Area, demand: Demand, cut: int, shape: network.Shape) -> None:
    """The last days as they would have been forecast, by a network that has not seen them."""
    begin = max(cut, demand.slots.count - SHOWN_DAYS * demand.slots.a_day)
    scale = scales_of(demand.counts, cut)
    model = network.fit(demand, inputs_of(demand, demand.first, cut, scale), shape, 0)
    found = model.predict(inputs_of(demand, begin, demand.slots.count, scale))
    with transaction.atomic():
        SlotForecast.objects.filter(area=area).delete()  # cells may have changed
        SlotForecast.objects.bulk_create(_rows(area, demand, begin, found, judged=True))


def _forecast_next(area: Area, demand: Demand, model: network.DemandNet) -> None:
    end = demand.slots.count
    scale = scales_of(demand.counts, end)
    found = model.predict(inputs_of(demand, end, end + 1, scale))
    with transaction.atomic():
        waiting = SlotForecast.objects.select_for_update().filter(area=area, actual__isnull=True)
        for row in waiting:
            slot = int(demand.slots.of(np.array([row.begins.replace(tzinfo=None)], dtype="datetime64[s]"))[0])
            if slot < end:
                row.actual = demand.counts[slot].tolist()
                row.save(update_fields=["actual"])
        SlotForecast.objects.bulk_create(_rows(area, demand, end, found, judged=False), ignore_conflicts=True)


def _rows(area: Area, demand: Demand, begin: int, found: network.Forecast, *, judged: bool) -> list[SlotForecast]:
    cells = demand.counts.shape[1]
    mean = np.round(found.mean.reshape(-1, cells), 2)
    low, high = (found.quantile(q).reshape(-1, cells).astype(int) for q in (0.1, 0.9))
    return [
        SlotForecast(
            area=area,
            begins=aware(demand.slots, begin + step),
            mean=mean[step].tolist(),
            low=low[step].tolist(),
            high=high[step].tolist(),
            actual=demand.counts[begin + step].tolist() if begin + step < demand.slots.count else None,
            judged=judged,
        )
        for step in range(len(mean))
    ]


def aware(slots: Slots, slot: int) -> datetime:
    """When a slot begins, written as if the events' clock were UTC."""
    return slots.moment(slot).replace(tzinfo=UTC)


def body_of(
    demand: Demand, models: dict[str, Judged], tried: list[tuple[network.Shape, float]],
    drivers: dict[str, dict[str, float]], origins: Any,
) -> dict[str, Any]:  # fmt: skip
    """The report as JSON."""
    best = min(SIMPLE, key=lambda name: models[name].rmse)
    sdae = models["sdae"]
    plain = models["boosting"]
    season = decomposed(demand.counts, demand.slots.a_day)
    return {
        "events": int(demand.counts.sum()),
        "cells": int(demand.counts.shape[1]),
        "slots": demand.slots.count,
        "judged_from": aware(demand.slots, origins[0].cut).isoformat(),
        "judged_slots": origins[-1].end - origins[0].cut,
        "origins": len(origins),
        "models": [
            {
                "name": name,
                "rmse": interval_of(one).as_json(),
                "over_network": interval_of(one, sdae).as_json(),
                "cpu_seconds": round(one.seconds, 2),
            }
            for name, one in sorted(models.items(), key=lambda row: row[1].rmse)
            if not name.startswith("without_")
        ],
        "best_simple": best,
        "deep_gain": interval_of(models[best], sdae).as_json(),
        "worth": [
            {"group": group, "loss": interval_of(models[f"without_{group}"], plain).as_json()}
            for group in groups_there(demand)
        ],
        "inside": [{"level": level, "share": share} for level, share in (sdae.inside or {}).items()],
        "searched": [{"rmse": round(error, 4), **vars(shape)} for shape, error in tried],
        "season": {"shares": season["shares"], "week": season["week"]},
        "drivers": {"assumptions": vars(Assumptions()), "rows": [{"name": k, **v} for k, v in drivers.items()]},
    }
