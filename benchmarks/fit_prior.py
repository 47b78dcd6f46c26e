"""Learn how real learning curves go on, and write it to `platform/statkit/learning_curves/prior.npz`.

    PYTHONPATH=platform:. python benchmarks/fit_prior.py ../shared/data/curves/lcdb11_part.parquet

Networks with a quantile loss on features of curves (`statkit/learning_curves/features.py`) learn the error at 1 to 64
times the last size. Families of data sets are dealt into five folds; each network leaves one fold out, so that
`benchmarks/forecast.py` can report on curves that took no part in what it asks. The product averages all of them.
"""

import argparse
import time
from multiprocessing import Pool
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks import lcdb
from statkit.learning_curves.features import MIN_ERROR, extract_features
from statkit.learning_curves.prior import (
    FEATURE_INDEX,
    HORIZON_GROUPS,
    LEVELS,
    MEDIAN_INDEX,
    N_LOGITS,
    calibration_factors,
    load_prior,
)

HORIZONS = (1.0, 1.19, 1.41, 1.68, 2.0, 2.83, 4.0, 5.66, 8.0, 11.3, 16.0, 22.6, 32.0, 45.3, 64.0)
WAYS = ("last", "even", "root", "double", "triple", "linear")
SPLITS = 25  # of which each point of LCDB is the mean
OUT = Path("platform/statkit/learning_curves/prior.npz")
Rows = dict[str, Any]


def varied(
    curve: lcdb.RealCurve, cut: lcdb.Cut, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """A cut as others might have measured it: another unit of labels, an easier task, fewer seeds, no errors told.

    What came is the mean of both measurements of the curve, which has the least noise.
    """
    measured = (curve.rows if rng.random() < 0.5 else curve.other_rows)[cut.chosen_places].copy()
    later = (curve.rows[cut.ahead] + curve.other_rows[cut.ahead]) / 2
    if rng.random() < 0.3:
        easier = np.exp(rng.uniform(np.log(0.3), 0))
        measured[:, 1:] *= easier
        later[:, 1:] *= easier
    if rng.random() < 0.3:
        unit = np.exp(rng.uniform(np.log(0.25), np.log(8)))
        measured[:, 0] *= unit
        later[:, 0] *= unit
    if rng.random() < 0.3:
        seeds = rng.choice([1, 2, 3, 5, 10])
        noise = measured[:, 2] * np.sqrt(SPLITS / seeds)
        more = np.sqrt(np.maximum(noise**2 - measured[:, 2] ** 2, 0))
        measured[:, 1] = np.clip(measured[:, 1] + more * rng.standard_normal(len(measured)), 0, 1)
        measured[:, 2] = noise
    if rng.random() < 0.15:
        measured[:, 2] = 0.0
    return measured, later


def worse(rows: NDArray[np.float64], begin: int = 0) -> float:
    """1 where an error from place `begin` on lies above an earlier one by 3 standard errors and 3 %; else 0."""
    best, spread = np.inf, 0.0
    for place, (_, error, se) in enumerate(rows):
        if place >= begin and error - best > 3 * np.hypot(se, spread) and error > 1.03 * best:
            return 1.0
        if error < best:
            best, spread = error, se
    return 0.0


def rows_of(task: tuple[list[lcdb.RealCurve], list[lcdb.Cut], int, bool]) -> Rows:
    """Features, log errors relative to the reference, and what belongs to them."""
    curves, cuts, seed, vary = task
    rng = np.random.default_rng(seed)
    x, y, h, owner, weight, last, turns = [], [], [], [], [], [], []
    for cut in cuts:
        measured, later = varied(curves[cut.curve], cut, rng) if vary else (cut.measured, cut.later)
        if measured[:, 1].max() <= 0:
            continue
        curve = extract_features(*measured.T)
        steps = later[:, 0] / measured[-1, 0]
        x.append(curve.at(steps))
        y.append(np.log(np.maximum(later[:, 1], MIN_ERROR)) - curve.reference)
        h.append(steps)
        owner.append(np.full(len(steps), cut.curve))
        weight.append(np.full(len(steps), 1 / len(steps)))
        last.append(np.full(len(steps), np.log(max(measured[-1, 1], MIN_ERROR)) - curve.reference))
        whole, last_place = curves[cut.curve].rows, cut.chosen_places[-1]
        outcomes = [worse(whole[last_place:], 1), worse(whole)]
        turns.append(np.tile(outcomes, (len(steps), 1)))
    parts = {"x": x, "y": y, "h": h, "curve": owner, "weight": weight, "last": last, "turn": turns}
    joined = {key: np.concatenate(value) for key, value in parts.items()}
    return {key: value.astype(np.float32) if key in "xyweightturn" else value for key, value in joined.items()}


def build(curves: list[lcdb.RealCurve], cuts: list[lcdb.Cut], *, seed: int, vary: bool) -> Rows:
    """`rows_of` on all processors."""
    pieces = [(curves, cuts[begin : begin + 2000], seed + begin, vary) for begin in range(0, len(cuts), 2000)]
    with Pool() as pool:
        parts = pool.map(rows_of, pieces, chunksize=1)
    return {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}


def made_up(rng: np.random.Generator, count: int) -> list[lcdb.RealCurve]:
    """Nearly pure power laws, as clean image curves are."""
    curves = []
    for index in range(count):
        sizes = np.round(np.exp(np.arange(np.log(16), np.log(16) + rng.uniform(4.5, 9), 0.0866)))
        first = rng.uniform(0.15, 0.9)
        offset = 0.0 if rng.random() < 0.5 else first * rng.uniform(0, 0.6)
        error = offset + (first - offset) * (sizes / 16) ** -rng.uniform(0.08, 0.9)
        noise = np.exp(rng.uniform(np.log(0.003), np.log(0.04))) * error
        rows = np.stack([sizes, np.clip(error + noise * rng.standard_normal(len(sizes)), MIN_ERROR, 1), noise], axis=1)
        curves.append(lcdb.RealCurve("made-up", f"made-up-{index}", "power law", rows, rows))
    return curves


class Net(torch.nn.Module):
    """Quantiles that cannot cross, around the middle forecast of the power laws."""

    def __init__(self, features: int, width: int, drop: float) -> None:
        super().__init__()
        self.first = torch.nn.Linear(features, width)
        self.second = torch.nn.Linear(width, width)
        self.third = torch.nn.Linear(width, width)
        self.out = torch.nn.Linear(width, len(LEVELS) + N_LOGITS)
        self.drop = torch.nn.Dropout(drop)

    def forward(self, x: torch.Tensor, base: torch.Tensor, scale: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """(rows, levels) log errors relative to the reference, and the logits of `TURNS`."""
        silu, softplus = torch.nn.functional.silu, torch.nn.functional.softplus
        z = silu(self.first(x))
        z = z + silu(self.second(self.drop(z)))
        z = z + silu(self.third(self.drop(z)))
        out = self.out(self.drop(z))
        levels = len(LEVELS)
        middle = out[:, MEDIAN_INDEX : MEDIAN_INDEX + 1]
        up = softplus(out[:, MEDIAN_INDEX + 1 : levels] - 2).cumsum(1)
        down = softplus(out[:, :MEDIAN_INDEX].flip(1) - 2).cumsum(1).flip(1)
        return base[:, None] + scale[:, None] * torch.cat([middle - down, middle, middle + up], 1), out[:, levels:]


def sides(x: NDArray[np.float32]) -> tuple[torch.Tensor, torch.Tensor]:
    """Where the network starts from: middle and scale for each row. See `statkit.learning_curves.prior.SIDES`."""
    return torch.tensor(0.9 * x[:, FEATURE_INDEX["middle"]]), torch.tensor(0.05 + 0.25 * x[:, FEATURE_INDEX["log_h"]])


def fit(rows: Rows, seed: int, *, epochs: int, width: int, drop: float, decay: float, rate: float = 3e-3) -> Any:
    """One network: weights with its standardization."""
    torch.manual_seed(seed)
    mean, scale = rows["x"].mean(0), rows["x"].std(0) + 1e-6
    x = torch.tensor(np.clip((rows["x"] - mean) / scale, -6, 6))
    y, turns = torch.tensor(rows["y"]), torch.tensor(rows["turn"])
    weight = torch.tensor(rows["weight"] / rows["weight"].mean())
    base, spread = sides(rows["x"])
    net = Net(x.shape[1], width, drop)
    optimizer = torch.optim.AdamW(net.parameters(), lr=rate, weight_decay=decay)
    batch = 1024
    steps = epochs * (len(x) // batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps + 1)
    levels = torch.tensor(LEVELS, dtype=torch.float32)
    for _ in range(epochs):
        order = torch.randperm(len(x))
        for begin in range(0, len(x) - batch + 1, batch):
            some = order[begin : begin + batch]
            output, logit = net(x[some], base[some], spread[some])
            gap = y[some, None] - output
            loss = (torch.maximum(levels * gap, (levels - 1) * gap).mean(1) * weight[some]).mean()
            losses = torch.nn.functional.binary_cross_entropy_with_logits(logit, turns[some], reduction="none")
            loss = loss + 0.03 * (losses.mean(1) * weight[some]).mean()
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()
            schedule.step()
    return net.eval(), mean, scale


def predict(fitted: Any, x: NDArray[np.float32]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Quantiles and logits of rows."""
    net, mean, scale = fitted
    with torch.no_grad():
        output, logit = net(torch.tensor(np.clip((x - mean) / scale, -6, 6)), *sides(x))
    return output.double().numpy(), logit.double().numpy()


def some(rows: Rows, mask: NDArray[np.bool_]) -> Rows:
    """The rows where `mask` holds."""
    return {key: value[mask] for key, value in rows.items()}


def stacked(fitted: list[Any], folds: list[int]) -> dict[str, NDArray[Any]]:
    """Networks as arrays, one row each; in half precision, which is finer than what was learned."""
    arrays: dict[str, list[NDArray[Any]]] = {}
    for net, mean, scale in fitted:
        parts = {"mean": mean, "scale": scale}
        for number, layer in enumerate((net.first, net.second, net.third, net.out)):
            parts |= {f"w{number}": layer.weight.detach().numpy(), f"b{number}": layer.bias.detach().numpy()}
        for key, value in parts.items():
            arrays.setdefault(key, []).append(value)
    stacked_arrays: dict[str, NDArray[Any]] = {
        key: np.stack(value).astype(np.float32 if key in ("mean", "scale") else np.float16)
        for key, value in arrays.items()
    }
    return stacked_arrays | {"folds": np.array(folds, dtype=np.int8)}


_shared: dict[str, Any] = {}  # read by the processes of the pool, which are forks


def _fit_one(fold_and_seed: tuple[int, int]) -> Any:
    fold, seed = fold_and_seed
    torch.set_num_threads(1)
    rows, invented = some(_shared["rows"], _shared["fold"] != fold), _shared["invented"]
    joined = {key: np.concatenate([rows[key], invented[key]]) for key in rows}
    net = fit(joined, seed, epochs=10, width=96, drop=0.1, decay=1e-3)
    print(f"fold {fold}, seed {seed}", flush=True)
    return net


def main() -> None:
    """Learn, calibrate, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("curves")
    parser.add_argument("--members", type=int, default=2)
    options = parser.parse_args()
    started = time.monotonic()
    curves = lcdb.load(options.curves)
    dealt = lcdb.fold_of(curves)
    fold = np.array([dealt[curve.family] for curve in curves])
    rng = np.random.default_rng(0)
    rows = build(curves, lcdb.cuts(curves, rng, cuts_per_curve=20, ways=WAYS, horizons=HORIZONS), seed=1, vary=True)
    invented = made_up(rng, 500)
    rows_invented = build(
        invented, lcdb.cuts(invented, rng, cuts_per_curve=8, ways=WAYS, horizons=HORIZONS), seed=5, vary=False
    )
    print(f"{len(rows['y'])} rows of {len(curves)} curves, {time.monotonic() - started:.0f} s", flush=True)
    _shared.update(rows=rows, invented=rows_invented, fold=fold[rows["curve"]])
    orders = [(left_out, 10 * left_out + seed) for seed in range(options.members) for left_out in range(lcdb.FOLDS)]
    with Pool() as pool:
        fitted = pool.map(_fit_one, orders, chunksize=1)
    arrays = stacked(fitted, [left_out for left_out, _ in orders])
    # Calibrated on other cuts than were learned from, each by networks that have not seen its family.
    cuts = lcdb.cuts(curves, np.random.default_rng(3), cuts_per_curve=3, ways=WAYS, horizons=HORIZONS)
    check = build(curves, cuts, seed=9, vary=False)
    np.savez_compressed(OUT, **arrays, stretch=np.ones((lcdb.FOLDS + 1, len(HORIZON_GROUPS) + 1, len(LEVELS))))
    load_prior.cache_clear()
    raw, at = load_prior(), fold[check["curve"]]
    levels = np.zeros((len(at), len(LEVELS)))
    for left_out in range(lcdb.FOLDS):
        levels[at == left_out] = raw.quantiles(check["x"][at == left_out].astype(float), exclude_fold=left_out)[0]
    truth = check["y"].astype(float)
    stretch = [
        calibration_factors(levels[at != left_out], truth[at != left_out], check["h"][at != left_out])
        for left_out in range(lcdb.FOLDS)
    ]
    stretch.append(calibration_factors(levels, truth, check["h"]))
    np.savez_compressed(OUT, **arrays, stretch=np.stack(stretch))
    print(f"written after {time.monotonic() - started:.0f} s; stretch at 4 times:", np.round(stretch[-1][2], 2))


if __name__ == "__main__":
    main()
