"""How well the forecast's ranges hold on real learning curves, at 4, 8 and 16 times the labels seen.

    PYTHONPATH=platform:. python benchmarks/forecast.py CURVES.parquet [--side report|tune]

CURVES has columns dataset_id, learner, n, err_val, se_val (LCDB 1.1; Yan, Mohr, Viering 2025). The constants of
`workers/curves/forecast.py` were chosen on half of the data sets (`tune`); this reports on the other half.
"""

import argparse
import time
from collections import defaultdict

import numpy as np
import pyarrow.parquet as pq

from workers.curves import forecast

HORIZONS = (4, 8, 16)
MAX_POINTS = 10


def cuts(path: str, side: str, limit: int) -> list[tuple[list[dict], dict[int, float]]]:
    """What was seen, and the true error at each horizon."""
    table = pq.read_table(path).to_pydict()
    curves: dict[tuple[int, str], list[tuple[int, float, float]]] = defaultdict(list)
    for row in zip(*(table[key] for key in ("dataset_id", "learner", "n", "err_val", "se_val")), strict=True):
        if (row[0] % 2 == 0) == (side == "tune") and all(np.isfinite(row[2:])):
            curves[row[0], row[1]].append((int(row[2]), float(row[3]), float(row[4])))
    made = []
    rng = np.random.default_rng(0)
    keys = sorted(curves)
    for index in rng.permutation(len(keys)):
        points = sorted(curves[keys[index]])
        sizes = [n for n, _, _ in points]
        last = [n for n in sizes if any(abs(m / n / 16 - 1) < 0.15 for m in sizes) and n >= 64]
        if not last:
            continue
        end = last[rng.integers(len(last))]
        seen = [one for one in points if one[0] <= end][-MAX_POINTS:]
        truth = {}
        for horizon in HORIZONS:
            near = min(points, key=lambda one: abs(one[0] - end * horizon))
            if abs(near[0] / end / horizon - 1) < 0.15:
                truth[near[0]] = near[1]
        if len(seen) >= 5 and truth:
            rows = [{"n": n, "score": 1 - min(max(error, 0), 1), "se": se} for n, error, se in seen]
            made.append((rows, truth))
        if len(made) == limit:
            break
    return made


def main() -> None:
    """Print coverage, median relative error and width."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("curves")
    parser.add_argument("--side", choices=["report", "tune"], default="report")
    parser.add_argument("--limit", type=int, default=400)
    options = parser.parse_args()
    inside80, inside95, errors, naive, seconds = [], [], [], [], []
    for rows, truth in cuts(options.curves, options.side, options.limit):
        begun = time.perf_counter()
        made = forecast(rows)
        for n, error in truth.items():
            there = made.distribution(n)
            low95, low, middle, high, high95 = (1 - there.quantile(q) for q in (0.975, 0.9, 0.5, 0.1, 0.025))
            inside80.append(low <= error <= high)
            inside95.append(low95 <= error <= high95)
            errors.append(abs(middle - error) / max(error, 1e-3))
            naive.append(abs(1 - rows[-1]["score"] - error) / max(error, 1e-3))
        seconds.append(time.perf_counter() - begun)
    print(f"{len(seconds)} curves, {len(errors)} horizons, side `{options.side}`")
    print(f"80 % range holds {np.mean(inside80):.1%}; 95 % range holds {np.mean(inside95):.1%}")
    print(f"median relative error {np.median(errors):.3f} (last value: {np.median(naive):.3f})")
    print(f"median time {1000 * np.median(seconds):.0f} ms")


if __name__ == "__main__":
    main()
