"""Demand half an hour ahead: the network of the talk beside simple models, on flights and on taxi trips.

    PYTHONPATH=platform:. python benchmarks/demand.py flights        # about 10 minutes on a core
    PYTHONPATH=platform:. python benchmarks/demand.py taxi

Flights: 3,000,000 in the United States, January to June 2001 (`vega-datasets`); the 40 busiest airports are the cells,
June is evaluated in four rolling origins. Arrivals are departures plus half an hour and the distance at 450 miles
an hour.
Taxi: a sample of 50,000 New York trips of January 2015 (`datashader`), cells of 1 km, the last 8 days evaluated in two.
"""

import argparse
import csv
import json
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from benchmarks.data import npm, sdist
from workers.applications.demand.recipes.backtest import BacktestResult, rmse_interval, rolling_origins, run_backtest
from workers.applications.demand.recipes.drivers import Assumptions, simulate
from workers.applications.demand.recipes.grid import assign_cells, bin_times, build_grid, count_events
from workers.applications.demand.recipes.inputs import Demand
from workers.applications.demand.recipes.seasons import decompose_season

AIRPORTS = 40


def flights() -> tuple[Demand, int, int]:
    """Demand, origins and days of each."""
    folder = npm("vega-datasets", "3.2.1") / "data"
    table = pq.read_table(folder / "flights-3m.parquet", columns=["date", "distance", "origin", "destination"])
    times = table["date"].to_numpy().astype("datetime64[s]")
    names, place = np.unique(table["origin"].to_numpy().astype(str), return_inverse=True)
    busiest = np.argsort(-np.bincount(place))[:AIRPORTS]
    cell = np.full(len(names), -1)
    cell[busiest] = np.arange(AIRPORTS)
    time_bins = bin_times(times, 30)
    counts = count_events(time_bins, times, cell[place], AIRPORTS)
    index = {name: number for number, name in enumerate(names)}
    to = np.array([cell[index[name]] if name in index else -1 for name in table["destination"].to_numpy().astype(str)])
    minutes = 30 + table["distance"].to_numpy() / 450 * 60
    inflow = count_events(time_bins, times + (minutes * 60).astype("timedelta64[s]"), to, AIRPORTS)
    with (folder / "airports.csv").open(newline="") as file:
        where = {row["iata"]: (float(row["latitude"]), float(row["longitude"])) for row in csv.DictReader(file)}
    spots = np.array([where[names[airport]] for airport in busiest])
    gaps = np.hypot(spots[:, None, 0] - spots[None, :, 0], spots[:, None, 1] - spots[None, :, 1])
    neighbors = [np.argsort(row)[1:6].tolist() for row in gaps]
    june = time_bins.of(np.array(["2001-07-01"], dtype="datetime64[s]"))[0]
    keep = min(int(june), len(counts))
    cut = Demand(type(time_bins)(time_bins.start, 30, keep), counts[:keep], neighbors, inflow[:keep])
    return cut, 5, 6


def taxi() -> tuple[Demand, int, int]:
    """The same for trips."""
    rows = list(csv.DictReader(next(sdist("datashader", "0.19.1").rglob("nyc_taxi.csv")).open(newline="")))

    def column(name: str) -> np.ndarray:
        return np.array([float(row[name] or "nan") for row in rows])

    times = np.array([row["tpep_pickup_datetime"] for row in rows], dtype="datetime64[s]")
    after = np.array([row["tpep_dropoff_datetime"] for row in rows], dtype="datetime64[s]")
    if "pickup_latitude" in rows[0]:
        start, end = (
            (column(f"{end_of_trip}_latitude"), column(f"{end_of_trip}_longitude"))
            for end_of_trip in ("pickup", "dropoff")
        )
    else:  # Web Mercator meters
        start, end = (
            degrees(column(f"{end_of_trip}_x"), column(f"{end_of_trip}_y")) for end_of_trip in ("pickup", "dropoff")
        )
    grid = build_grid(*start, cell_size_m=1000, min_events=300, max_cells=60)
    time_bins = bin_times(times, 30)
    cell_count = len(grid.cells)
    counts = count_events(time_bins, times, assign_cells(grid, *start), cell_count)
    inflow = count_events(time_bins, after, assign_cells(grid, *end), cell_count)
    demand = Demand(time_bins, counts, grid.neighbors(), inflow)
    print(f"{cell_count} cells of 1 km, {time_bins.count} time bins, {counts.sum()} trips")
    report_drivers(demand, grid.cells)
    return demand, 2, 4


def degrees(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Latitude and longitude of Web Mercator meters."""
    radius = 6_378_137.0
    return np.rad2deg(2 * np.arctan(np.exp(y / radius)) - np.pi / 2), np.rad2deg(x / radius)


def report_drivers(demand: Demand, cells: np.ndarray) -> None:
    """What a driver gains when sent by a forecast, on trips that took no part in it."""
    from workers.applications.demand.recipes.inputs import build_inputs, cell_scales
    from workers.applications.demand.recipes.simple import BASELINES

    cut = demand.time_bins.count - 8 * demand.time_bins.per_day
    scale = cell_scales(demand.counts, cut)
    train, test = (
        build_inputs(demand, demand.first, cut, scale),
        build_inputs(demand, cut, demand.time_bins.count, scale),
    )
    shape = (-1, demand.counts.shape[1])
    forecasts = {name: BASELINES[name](demand, train, test, 0).reshape(shape) for name in ("last", "usual", "boosting")}
    assumptions = Assumptions(drivers=10)
    print(assumptions)
    for name, money in simulate(demand.counts[cut:], cells, forecasts, assumptions).items():
        print(f"  {name:10s}", {key: round(value, 3) for key, value in money.items()})


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", choices=["flights", "taxi"])
    parser.add_argument("--trials", type=int, default=6)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    demand, folds, days = flights() if options.data == "flights" else taxi()
    shares = decompose_season(demand.counts, demand.time_bins.per_day)["variance_fractions"]
    print("variance of the total:", {key: round(value, 3) for key, value in shares.items()})
    models, trial_errors = run_backtest(
        demand, rolling_origins(demand, folds=folds, days=days), seed=options.seed, trials=options.trials
    )
    for config, error in trial_errors:
        print(f"  searched {error:.3f} {config}")
    sdae: BacktestResult = models["sdae"]
    rows = {}
    for name, result in models.items():
        error, gap = rmse_interval(result), rmse_interval(result, sdae)
        rows[name] = {"rmse": error.as_json(), "over_sdae": gap.as_json(), "cpu_seconds": result.seconds}
        print(
            f"{name:18s} RMSE {error.value:.3f} ({error.low:.3f}–{error.high:.3f})  above SDAE "
            f"{gap.value:+.3f} ({gap.low:+.3f} to {gap.high:+.3f})  CPU {result.seconds:.1f} s"
        )
    for name in (name for name in models if name.startswith("without_")):
        gap = rmse_interval(models[name], models["boosting"])
        print(f"boosting {name}: RMSE {gap.value:+.4f} ({gap.low:+.4f} to {gap.high:+.4f})")
    print("coverage:", {f"{level:.0%}": round(fraction, 3) for level, fraction in (sdae.coverage or {}).items()})
    if options.out:
        options.out.write_text(json.dumps(rows))


if __name__ == "__main__":
    main()
