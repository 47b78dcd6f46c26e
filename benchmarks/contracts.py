"""Contracts simulated: how often a bad model is accepted when people peek, and how many labels a good one takes.

PYTHONPATH=platform:. python benchmarks/contracts.py
"""

import argparse

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

from statkit import acceptance_sampling, sampling
from statkit.sequential_tests import EProcesses

RISK, REFUSE = 0.05, 0.1


def passed_after(target: float, good: float, rate: float, times: int, length: int) -> NDArray[np.float64]:
    """Items after which each contract passes, looked at after every item; infinite where it does not."""
    right = np.cumsum(np.random.default_rng(1).random((times, length)) < rate, axis=1).astype(float)
    evidence = EProcesses(target, good).log_e_value_above_target(right, np.arange(1, length + 1) - right) >= np.log(
        1 / RISK
    )
    return np.where(evidence.any(axis=1), evidence.argmax(axis=1) + 1.0, np.inf)


def peeked(target: float, times: int, length: int) -> float:
    """Share accepted wrongly by the exact test that is looked at every ten items."""
    right = np.cumsum(np.random.default_rng(2).random((times, length)) < target, axis=1)
    looks = np.arange(10, length + 1, 10)
    return float((binom.sf(right[:, looks - 1] - 1, looks, target) <= RISK).any(axis=1).mean())


def savings(times: int) -> tuple[list[float], list[float], list[float]]:
    """What 300 labels are worth in plain random ones, and how often the truth lies in the 95 % interval."""
    stratified, powered, covered = [], [], []
    for seed in range(times):
        rng = np.random.default_rng(seed)
        confidence = rng.beta(1, 0.25, 5000) * 0.6 + 0.4
        right = rng.random(5000) < np.clip(confidence - 0.03, 0, 1)
        strata = sampling.stratify_by_confidence(confidence)
        sampled = [
            rng.choice(np.flatnonzero(strata == k), n, replace=False)
            for k, n in enumerate(sampling.neyman_allocation(confidence, strata, 300))
        ]
        stratified_interval = sampling.stratified_estimate(
            list(np.bincount(strata)), [int(right[d].sum()) for d in sampled], [len(d) for d in sampled]
        )
        labeled = rng.choice(5000, 300, replace=False)
        rest = np.setdiff1d(np.arange(5000), labeled)
        two = sampling.prediction_powered_estimate(right[labeled].astype(float), confidence[labeled], confidence[rest])
        stratified.append((stratified_interval.n or 0) / 300)
        powered.append((two.n or 0) / 300)
        covered += [float(right.mean() in interval) for interval in (stratified_interval, two)]
    return stratified, powered, covered


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=2000)
    options = parser.parse_args()
    print(
        "target good | accepted at the target | by the exact test, peeked | median items of a good model | fixed design"
    )
    for target, good in ((0.90, 0.95), (0.95, 0.98), (0.99, 0.998)):
        plan = acceptance_sampling.smallest_sampling_plan(target, good, RISK, REFUSE)
        bad = np.isfinite(passed_after(target, good, target, options.times, 2 * plan.sample_size)).mean()
        median = np.median(passed_after(target, good, good, options.times, 2 * plan.sample_size))
        exact = peeked(target, options.times, 500)
        print(
            f"{target:.2f}  {good:.3f} | {bad:.1%} | {exact:.1%} | {median:.0f} "
            f"| {plan.sample_size} with {plan.acceptance_number}",
            flush=True,
        )
    stratified, powered, covered = savings(300)
    print(f"300 labels are worth: stratified {300 * np.median(stratified):.0f}, ", end="")
    print(f"prediction-powered {300 * np.median(powered):.0f}; their 95 % intervals held {np.mean(covered):.1%}")


if __name__ == "__main__":
    main()
