"""What a curve costs, and what the cheap one loses.

    PYTHONPATH=platform:. python benchmarks/curve_cost.py simulate ../shared/data/curves/lcdb11_part.parquet
    PYTHONPATH=platform:. python -m launcher.temporary .venv/bin/python benchmarks/curve_cost.py measure

`simulate`: real curves (LCDB 1.1) measured once as is usual, at ten sizes in equal steps with five seeds each, and once
by the planner within a budget; each training has the noise of one split. Forecast error at 8 times the labels, by
networks that have not seen the family. `measure`: seconds of a planned curve on 2,400 labeled pictures of the demo,
against one training on all of them, from an empty cache.
"""

import argparse
import csv
import hashlib
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks import lcdb
from statkit.learning_curves import forecast_curve, nested_order
from statkit.learning_curves.planner import PlannedTrainings, plan_trainings, size_grid, training_costs
from workers.catalog import RECIPES

AHEAD = 8
SPLITS = 25
DATA = Path("workers/demo/data")


def linear(total: int) -> list[PlannedTrainings]:
    """Ten sizes in equal steps, five seeds each."""
    return [PlannedTrainings(max(1, round(total * step / 10)), 5) for step in range(1, 11)]


def measured(
    rows: NDArray[np.float64], planned: list[PlannedTrainings], rng: np.random.Generator
) -> list[dict[str, Any]]:
    """Points as trainings would give them: the curve at each size, with the noise of one split for each seed."""
    x = np.log(rows[:, 0])
    points = []
    for training in planned:
        error, se = (float(np.interp(np.log(training.n), x, rows[:, column])) for column in (1, 2))
        for seed in range(training.seeds):
            noisy = float(np.clip(error + se * np.sqrt(SPLITS) * rng.standard_normal(), 0, 1))
            points.append({"n": training.n, "score": 1 - noisy, "seed": seed})
    return points


def simulate(path: str, budgets: list[float]) -> None:
    """Print cost and forecast error of each way to measure."""
    curves = lcdb.load(path)
    dealt = lcdb.fold_of(curves)
    rng = np.random.default_rng(8)
    ways = {"10 linear × 5": linear} | {
        f"planned, budget {budget:g}": lambda total, budget=budget: plan_trainings(size_grid(total)[-6:], budget)
        for budget in budgets
    }
    gaps: dict[str, list[float]] = {name: [] for name in ways}
    spent: dict[str, list[float]] = {name: [] for name in ways}
    for index in rng.permutation(len(curves))[:1500]:
        rows = curves[index].rows
        sizes = rows[:, 0]
        ends = [
            end
            for end in range(len(rows))
            if sizes[end] >= max(200, 10 * sizes[0]) and lcdb.near(sizes, sizes[end] * AHEAD) is not None
        ]
        if not ends:
            continue
        total = round(float(sizes[rng.choice(ends)]))
        truth = rows[lcdb.near(sizes, total * AHEAD), 1]
        for name, way in ways.items():
            planned = [training for training in way(total) if training.n >= sizes[0]]
            forecast = forecast_curve(measured(rows, planned, rng), exclude_fold=dealt[curves[index].family])
            predicted_error = 1 - forecast.quantile(total * AHEAD, 0.5)
            gaps[name].append(abs(np.log(max(predicted_error, 1e-4) / max(truth, 1e-4))))
            spent[name].append(sum(training.seeds * training.n for training in planned) / total)
    base = np.array(gaps["10 linear × 5"])
    print(f"{len(base)} curves; error = |log(forecast / truth)| at {AHEAD} times the labels")
    for name in ways:
        gap = np.array(gaps[name])
        ratio = gap.mean() / base.mean()
        draws = np.random.default_rng(0).integers(0, len(gap), (2000, len(gap)))
        spread = np.quantile(gap[draws].mean(axis=1) / base[draws].mean(axis=1), [0.1, 0.9])
        print(
            f"{name:20s} cost {np.mean(spent[name]):5.1f} trainings; mean error {gap.mean():.4f}, median "
            f"{np.median(gap):.4f}; mean against linear {ratio:.3f} (80 % interval {spread[0]:.3f} to {spread[1]:.3f})"
        )


def measure() -> None:
    """Print seconds of a curve against one training."""
    import importlib

    from labelkit.metrics.classification import classification_report
    from workers.recipes.base import Example, Run

    with (DATA / "fashion_mnist_3000.csv").open(newline="") as file:
        names = {row["file"]: row["label"] for row in csv.DictReader(file)}
    with tempfile.TemporaryDirectory() as folder:
        zipfile.ZipFile(DATA / "fashion_mnist_3000.zip").extractall(folder)
        paths = sorted(path for path in Path(folder).rglob("*.png"))
        all_examples = [
            Example(
                hashlib.sha256(path.read_bytes()).hexdigest(), path, target=names[path.name], stratum=names[path.name]
            )
            for path in paths
        ]
        train, held_out = all_examples[:2400], all_examples[2400:]
        labels = sorted(set(names.values()))
        truth = [example.target for example in held_out]
        for key, changed_params in (("image_probe", {}), ("image_cnn", {"epochs": 6, "width": 16})):
            spec = RECIPES[key]
            recipe, params = importlib.import_module(spec.module), spec.parse(changed_params)
            run = Run(Path(folder) / key / "work", Path(folder) / key / "cache")
            run.workdir.mkdir(parents=True)
            run.cache.mkdir()
            if key == "image_probe":  # makes the ONNX file once: no part of a training
                recipe.fit(train[:20], labels, params, run)
            started = time.perf_counter()
            recipe.fit(train, labels, params, run).predict(held_out)
            whole = time.perf_counter() - started
            planned = plan_trainings(size_grid(len(train))[-6:], spec.curve_budget, floor=spec.min_cost_labels)
            started = time.perf_counter()
            for training in planned:
                for seed in range(training.seeds):
                    run.checkpoint.unlink(missing_ok=True)
                    run.seed = seed
                    subset = [
                        train[index] for index in nested_order([e.stratum for e in train], seed=seed)[: training.n]
                    ]
                    classification_report(
                        recipe.fit(subset, labels, params, run).predict(held_out), truth, labels
                    ).curve_metrics()
            spent = time.perf_counter() - started
            unit = training_costs([training.n for training in planned], floor=spec.min_cost_labels) @ [
                training.seeds for training in planned
            ]
            description = ", ".join(f"{training.n} × {training.seeds}" for training in planned)
            print(f"{key}: one training {whole:.1f} s; curve {spent:.1f} s = {spent / whole:.2f} trainings ", end="")
            print(f"(planned {unit:.2f}): {description}", flush=True)


def main() -> None:
    """Simulate, or measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["simulate", "measure"])
    parser.add_argument("curves", nargs="?")
    parser.add_argument("--budgets", type=float, nargs="+", default=[2.0, 4.0, 9.7])
    options = parser.parse_args()
    if options.what == "simulate":
        simulate(options.curves, options.budgets)
    else:
        measure()


if __name__ == "__main__":
    main()
