"""How good forecasts of real learning curves are, against what others do, at 4, 8 and 16 times the labels seen.

    PYTHONPATH=platform:. python benchmarks/forecast.py ../shared/data/curves/lcdb11_part.parquet

CURVES is LCDB 1.1 (Yan, Mohr, Viering 2025). Each curve is forecast by networks that have not seen its family of data
sets, calibrated on other families (`benchmarks/fit_prior.py`); the boosted and the conformal baselines are fitted and
calibrated the same way. Error is measured in log error rate with a floor of one mistake in ten thousand.
"""

import argparse
import time
from multiprocessing import Pool
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks import lcdb
from benchmarks.forecast_baselines import METHODS, QS
from statkit.learning_curves import forecast_curve
from statkit.learning_curves.distribution import interpolate_quantile
from statkit.learning_curves.features import MIN_ERROR, extract_features
from statkit.learning_curves.prior import LEVELS

HORIZONS = (4, 8, 16)
WAYS = ("last", "even", "root", "double")
Array = NDArray[np.float64]


def points_of(rows: Array) -> list[dict[str, Any]]:
    """Rows as `statkit.learning_curves` takes them."""
    return [{"n": int(n), "score": 1 - min(error, 1.0), "se": se} for n, error, se in rows]


def forecast_by_product(cut_and_fold: tuple[lcdb.Cut, int]) -> tuple[Array, float, float]:
    """Quantiles of log error at the horizons, chance of a bad curve, seconds."""
    cut, fold = cut_and_fold
    started = time.perf_counter()
    forecast = forecast_curve(points_of(cut.measured), exclude_fold=fold)
    rows = np.array([[interpolate_quantile(LEVELS, forecast._row(n), q) for q in QS] for n in cut.later[:, 0]])
    return rows, max(forecast.non_monotone_probability, forecast.ill_behaved), time.perf_counter() - started


def forecast_by_baseline(cut_and_method: tuple[lcdb.Cut, str]) -> Array:
    """A baseline's quantiles."""
    cut, name = cut_and_method
    return METHODS[name](*np.maximum(cut.measured, [1, MIN_ERROR, 0]).T, cut.later[:, 0])


def boosted(curves: list[lcdb.RealCurve], cuts: list[lcdb.Cut], fold: NDArray[np.int64]) -> list[Array]:
    """Quantile boosting on features and parametric forecasts, conformal by family."""
    from sklearn.ensemble import HistGradientBoostingRegressor

    learned = lcdb.cuts(curves, np.random.default_rng(5), cuts_per_curve=3, ways=WAYS, horizons=HORIZONS, least=5)

    def table(some: list[lcdb.Cut]) -> tuple[Array, Array, NDArray[np.int64], Array]:
        features = [extract_features(*cut_of_table.measured.T) for cut_of_table in some]
        x = np.concatenate(
            [feature.at(cut.later[:, 0] / feature.last) for feature, cut in zip(features, some, strict=True)]
        )
        y = np.concatenate(
            [
                np.log(np.maximum(cut.later[:, 1], MIN_ERROR)) - feature.reference
                for feature, cut in zip(features, some, strict=True)
            ]
        )
        owner = np.concatenate([np.full(len(cut.later), cut.curve) for cut in some])
        back = np.concatenate(
            [np.full(len(cut.later), feature.reference) for feature, cut in zip(features, some, strict=True)]
        )
        return x, y, fold[owner], back

    x, y, at, _ = table(learned)
    x_asked, _, at_asked, back = table(cuts)
    out = np.zeros((len(x_asked), len(QS)))
    for left_out in range(lcdb.FOLDS):
        hold = (left_out + 1) % lcdb.FOLDS
        fit, check, evaluated = (at != left_out) & (at != hold), at == hold, at_asked == left_out
        raw, held_levels = [], []
        for q in QS:
            model = HistGradientBoostingRegressor(
                loss="quantile",
                quantile=float(q),
                max_iter=150,
                learning_rate=0.06,
                min_samples_leaf=40,
                random_state=0,
            ).fit(x[fit], y[fit])
            raw.append(model.predict(x_asked[evaluated]))
            held_levels.append(model.predict(x[check]))
        out[evaluated] = conformal(np.sort(np.array(held_levels).T, axis=1), y[check], np.sort(np.array(raw).T, axis=1))
    rows = out + back[:, None]
    edges = np.cumsum([len(cut.later) for cut in cuts])[:-1]
    return np.split(rows, edges)


def conformal(held_levels: Array, truth: Array, evaluated: Array) -> Array:
    """Each quantile shifted by what it lacked on held-out families."""
    shift = [np.quantile(truth - held_levels[:, k], q) if k != 2 else 0.0 for k, q in enumerate(QS)]
    return np.sort(evaluated + np.array(shift), axis=1)


def stretched(rows: list[Array], truth: list[Array], at: NDArray[np.int64]) -> list[Array]:
    """Split-conformal: distances from the middle, in units of the method's own, as large as on other families."""
    samples = []
    for index, row in enumerate(rows):
        samples.append(row.copy())
        ratios = _ratios.setdefault(int(at[index]), None)
        if ratios is None:
            pick = [k for k in range(len(rows)) if at[k] != at[index]]
            ratio = [
                [
                    np.quantile(
                        np.concatenate(
                            [
                                (truth[k] - rows[k][:, 2]) / np.minimum(rows[k][:, j] - rows[k][:, 2], -1e-3)
                                if j < 2
                                else (truth[k] - rows[k][:, 2]) / np.maximum(rows[k][:, j] - rows[k][:, 2], 1e-3)
                                for k in pick
                            ]
                        ),
                        1 - q if j < 2 else q,
                    )
                    if j != 2
                    else 1.0
                    for j, q in enumerate(QS)
                ]
            ]
            ratios = _ratios[int(at[index])] = np.array(ratio[0])
        samples[-1] = row[:, 2:3] + (row - row[:, 2:3]) * ratios
    return [np.sort(sample, axis=1) for sample in samples]


_ratios: dict[int, Any] = {}


def line(name: str, rows: Array, truth: Array) -> str:
    """One line of the table."""
    gap = truth[:, None] - rows
    pinball = 2 * np.maximum(QS * gap, (QS - 1) * gap).mean()
    low, high = rows[:, 0], rows[:, 4]
    winkler = (high - low + 40 * np.maximum(low - truth, 0) + 40 * np.maximum(truth - high, 0)).mean()
    inside80 = ((truth >= rows[:, 1]) & (truth <= rows[:, 3])).mean()
    inside95 = ((truth >= low) & (truth <= high)).mean()
    relative = np.median(np.abs(np.exp(rows[:, 2] - truth) - 1))
    rmsle = np.sqrt(((rows[:, 2] - truth) ** 2).mean())
    return (
        f"{name:44s} | {relative:.3f} | {rmsle:.3f} | {pinball:.3f} | {inside80:.1%} | {inside95:.1%} | {winkler:.2f}"
    )


def area(score: Array, label: Array) -> float:
    """AUROC."""
    order = np.argsort(score)
    rank = np.empty(len(score))
    rank[order] = np.arange(1, len(score) + 1)
    yes = label > 0
    return float((rank[yes].sum() - yes.sum() * (yes.sum() + 1) / 2) / (yes.sum() * (~yes).sum()))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("curves")
    parser.add_argument("--cuts", type=int, default=780)
    parser.add_argument("--ours-only", action="store_true")
    options = parser.parse_args()
    from benchmarks.fit_prior import worse

    curves = lcdb.load(options.curves)
    dealt = lcdb.fold_of(curves)
    fold = np.array([dealt[curve.family] for curve in curves])
    all_cuts = lcdb.cuts(curves, np.random.default_rng(2026), cuts_per_curve=1, ways=WAYS, horizons=HORIZONS, least=5)
    sampled = np.random.default_rng(1).permutation(len(all_cuts))[: options.cuts]
    cuts = [all_cuts[index] for index in sampled]
    at = np.array([fold[cut.curve] for cut in cuts])
    truth = [np.log(np.maximum(cut.later[:, 1], MIN_ERROR)) for cut in cuts]
    flat, h = np.concatenate(truth), np.concatenate([cut.later[:, 0] / cut.measured[-1, 0] for cut in cuts])
    forecast_curve(points_of(cuts[0].measured))  # reads the networks once
    answers = [forecast_by_product((cut, int(left_out))) for cut, left_out in zip(cuts, at, strict=True)]
    print(
        f"{len(cuts)} cuts of {len(curves)} curves, {len(flat)} horizons; {len(dealt)} families in {lcdb.FOLDS} folds"
    )
    print(f"{'method':44s} | median rel. error | RMSLE | pinball | 80 % holds | 95 % holds | Winkler 95 %")
    if not options.ours_only:
        with Pool() as pool:
            for name in METHODS:
                rows = pool.map(forecast_by_baseline, [(cut, name) for cut in cuts], chunksize=20)
                rows = stretched(rows, truth, at) if "conformal" in name else rows
                print(line(name, np.concatenate(rows), flat), flush=True)
        print(line("quantile boosting, conformal by family", np.concatenate(boosted(curves, cuts, fold)), flat))
    rows = np.concatenate([quantiles for quantiles, _, _ in answers])
    print(line("Plateau", rows, flat))
    for horizon in HORIZONS:
        some = np.abs(h / horizon - 1) < 0.2
        print(line(f"  at {horizon} times", rows[some], flat[some]))
    seconds = [second for _, _, second in answers]
    print(f"seconds a forecast: median {np.median(seconds):.3f}, slowest {max(seconds):.3f}")
    bad = np.array([max(worse(curves[cut.curve].rows), 0.0) for cut in cuts])
    later = np.array([worse(curves[cut.curve].rows[cut.chosen_places[-1] :], 1) for cut in cuts])
    chance = np.array([chance_of_turn for _, chance_of_turn, _ in answers])
    print(f"ill-behaved anywhere: {bad.mean():.1%} of curves, flagged with AUROC {area(chance, bad):.3f}")
    print(f"gets worse later: {later.mean():.1%} of curves, flagged with AUROC {area(chance, later):.3f}")


if __name__ == "__main__":
    main()
