"""How many labels people buy who follow the forecast: label some more, measure, ask again.

    PYTHONPATH=platform:. python benchmarks/buying.py ../shared/data/curves/lcdb11_part.parquet

Real curves (LCDB 1.1); each is forecast by networks that have not seen its family of data sets. A buyer starts with a
curve of at most ten points and wants an error that the curve reaches at 1.5 to 16 times its labels. Spend is labels
bought over labels needed. Rounds are measurements after the first. What is reached is read off the curve without its
noise (its monotone regression); forecasts see the curve as it was measured.
"""

import argparse
from collections.abc import Callable
from multiprocessing import Pool

import numpy as np
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression

from benchmarks import lcdb
from benchmarks.forecast import points_of
from statkit.learning_curves import forecast_curve

ROUNDS = 8
Case = tuple[NDArray[np.float64], NDArray[np.float64], int, float, float, int]
Policy = Callable[[NDArray[np.float64], float, int], float]


def cases(curves: list[lcdb.RealCurve], count: int) -> list[Case]:
    """Rows of a curve, its true errors, where it was cut, target error, labels needed for it, fold."""
    rng = np.random.default_rng(4)
    dealt = lcdb.fold_of(curves)
    cases_built: list[Case] = []
    for index in rng.permutation(len(curves)):
        rows = curves[index].rows
        sizes = rows[:, 0]
        truth = IsotonicRegression(increasing=False).fit(np.log(sizes), rows[:, 1]).predict(np.log(sizes))
        ends = [
            end for end in range(6, len(rows)) if sizes[end] >= max(32, 6 * sizes[0]) and sizes[-1] / sizes[end] >= 2
        ]
        if not ends:
            continue
        end = int(rng.choice(ends))
        places = [
            p
            for p in range(end + 1, len(rows))
            if 1.5 <= sizes[p] / sizes[end] <= 16 and 2 * sizes[p] <= sizes[-1] and truth[p] < truth[p - 1] - 1e-9
        ]
        if not places:
            continue
        place = int(rng.choice(places))
        cases_built.append((rows, truth, end, float(truth[place]), float(sizes[place]), dealt[curves[index].family]))
        if len(cases_built) == count:
            break
    return cases_built


def available_points(rows: NDArray[np.float64], n: float) -> NDArray[np.float64]:
    """What somebody with n labels would measure: sizes at √2 spacing up to n, drawn straight between those measured."""
    x = np.log(rows[:, 0])
    target_sizes = n / 2 ** (np.arange(10) / 2)
    at = np.sort(target_sizes[target_sizes >= rows[0, 0]])
    return np.stack([np.round(at), *(np.interp(np.log(at), x, column) for column in rows[:, 1:].T)], axis=1)


def follow(case: Case, policy: Policy) -> tuple[float, int, bool]:
    """Spend, rounds, and whether the target was reached."""
    rows, truth, end, target, labels_needed, fold = case
    n = float(rows[end, 0])
    for number in range(ROUNDS):
        measured = available_points(rows, n)
        if np.interp(np.log(n), np.log(rows[:, 0]), truth) <= target + 1e-9:
            return n / labels_needed, number, True
        n = min(max(policy(measured, target, fold), n * 1.02), float(rows[-1, 0]))
    return n / labels_needed, ROUNDS, False


def doubling(measured: NDArray[np.float64], target: float, fold: int) -> float:
    """Twice as many."""
    return 2 * float(measured[-1, 0])


def plateau(measured: NDArray[np.float64], target: float, fold: int) -> float:
    """What the product recommends."""
    forecast = forecast_curve(points_of(measured), exclude_fold=fold)
    return float(measured[-1, 0]) + forecast.next_batch_size(1 - target)


def one_number(measured: NDArray[np.float64], target: float, fold: int) -> float:
    """The power law's one number, all at once, at most 64 times."""
    from benchmarks.forecast_baselines import _fit

    n, error, se = measured.T
    try:
        (a, b, c), _ = _fit(n, error, np.maximum(se, 0.01 * np.maximum(error, 1e-4)))
    except RuntimeError:
        return 2 * float(n[-1])
    return float(n[-1]) * (min((a / (target - c)) ** (1 / b), 64.0) if target > c else 64.0)


POLICIES: dict[str, Policy] = {"doubling": doubling, "power law, one number": one_number, "Plateau": plateau}


def _run(case_and_policy: tuple[Case, str]) -> tuple[float, int, bool]:
    return follow(case_and_policy[0], POLICIES[case_and_policy[1]])


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("curves")
    parser.add_argument("--cases", type=int, default=600)
    options = parser.parse_args()
    all_cases = cases(lcdb.load(options.curves), options.cases)
    needs = [labels_needed / rows[end, 0] for rows, _, end, _, labels_needed, _ in all_cases]
    print(f"{len(all_cases)} cases; needs of {np.median(needs):.1f}")
    print(f"{'policy':24s} | mean spend | mean rounds | reached at ≤ 1.5 within 5 rounds | never reached")
    for name in POLICIES:
        with Pool() as pool:
            rows = pool.map(_run, [(case, name) for case in all_cases], chunksize=10)
        spend = np.array([spent for spent, _, _ in rows])
        rounds = np.array([round_count for _, round_count, _ in rows])
        reached = np.array([is_reached for _, _, is_reached in rows])
        good = (reached & (spend <= 1.5) & (rounds <= 5)).mean()
        print(
            f"{name:24s} | {spend.mean():.3f} | {rounds.mean():.2f} | {good:.1%} | {(~reached).mean():.1%}", flush=True
        )


if __name__ == "__main__":
    main()
