"""Forecasts of image curves from five sizes and one seed, against what came at 8 times the labels.

    PYTHONPATH=platform:. python benchmarks/forecast_images.py

Nothing of this took part in what was learned: the digits of scikit-learn (1,797 pictures) and the demo's Fashion-MNIST
(3,000 pictures), grey values, seven learners, curves at twice the labels each time. Truth is the mean of eight seeds.
"""

import argparse
import csv
import io
import zipfile
from collections.abc import Callable
from multiprocessing import Pool
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from sklearn.datasets import load_digits
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC

from statkit.learning_curves import forecast_curve, nested_order

DATA = Path("workers/demo/data")
SEEDS = 8
TEST_ITEMS = 500
LEARNERS: dict[str, Callable[[], Any]] = {
    "logistic regression": lambda: LogisticRegression(max_iter=200, C=0.1),
    "1 neighbour": lambda: KNeighborsClassifier(1),
    "3 neighbours": lambda: KNeighborsClassifier(3),
    "random forest": lambda: RandomForestClassifier(100, random_state=0),
    "extra trees": lambda: ExtraTreesClassifier(100, random_state=0),
    "support vectors": lambda: SVC(gamma="scale", C=5),
    "naive Bayes": lambda: GaussianNB(var_smoothing=0.1),
    "linear discriminant": lambda: LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto"),
}


def pictures(name: str) -> tuple[NDArray[np.float64], NDArray[np.str_]]:
    """(n, pixels) grey values of 0–1, and labels, shuffled."""
    if name == "digits":
        x, y = load_digits(return_X_y=True)
        x, y = x / 16.0, y.astype(str)
    else:
        with (DATA / "fashion_mnist_3000.csv").open(newline="") as file:
            names = {row["file"]: row["label"] for row in csv.DictReader(file)}
        rows, labels = [], []
        with zipfile.ZipFile(DATA / "fashion_mnist_3000.zip") as archive:
            for entry in sorted(archive.namelist()):
                if entry.endswith(".png"):
                    image = Image.open(io.BytesIO(archive.read(entry))).convert("L")
                    rows.append(np.asarray(image, dtype=np.float64).ravel() / 255)
                    labels.append(names[Path(entry).name])
        x, y = np.array(rows), np.array(labels)
    order = np.random.default_rng(0).permutation(len(y))
    return x[order], y[order]


def curve(data_and_learner: tuple[str, str]) -> tuple[list[int], NDArray[np.float64]]:
    """Sizes, and (sizes, seeds) accuracy on the test set."""
    data, learner = data_and_learner
    x, y = pictures(data)
    held_out_x, held_out_y, train_x, train_y = x[:TEST_ITEMS], y[:TEST_ITEMS], x[TEST_ITEMS:], y[TEST_ITEMS:]
    sizes = [20 * 2**step for step in range(8) if 20 * 2**step <= len(train_y)]
    scores = np.zeros((len(sizes), SEEDS))
    for seed in range(SEEDS):
        order = nested_order(list(train_y), seed=seed)
        for index, size in enumerate(sizes):
            model = LEARNERS[learner]().fit(train_x[order[:size]], train_y[order[:size]])
            scores[index, seed] = (model.predict(held_out_x) == held_out_y).mean()
    return sizes, scores


def main() -> None:
    """Print what held."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    pairs = [(data, learner) for data in ("digits", "fashion") for learner in LEARNERS]
    with Pool() as pool:
        curves = pool.map(curve, pairs, chunksize=1)
    held80, held95, gaps, naive, points = [], [], [], [], []
    for (data, learner), (sizes, scores) in zip(pairs, curves, strict=True):
        truth = scores.mean(axis=1)
        quantile_rows = []
        for end in range(4, len(sizes)):
            for ahead in range(end + 1, len(sizes)):
                for seed in range(SEEDS):
                    rows = [
                        {
                            "n": sizes[k],
                            "score": scores[k, seed],
                            "se": float(np.sqrt(scores[k, seed] * (1 - scores[k, seed]) / TEST_ITEMS)),
                        }
                        for k in range(end - 4, end + 1)
                    ]
                    forecast = forecast_curve(rows)
                    low95, low, middle, high, high95 = (
                        forecast.quantile(sizes[ahead], q) for q in (0.025, 0.1, 0.5, 0.9, 0.975)
                    )
                    held80.append(low <= truth[ahead] <= high)
                    held95.append(low95 <= truth[ahead] <= high95)
                    gaps.append(abs(np.log((1 - middle) / (1 - truth[ahead]))))
                    naive.append(abs(np.log((1 - scores[end, seed]) / (1 - truth[ahead]))))
                    points.append(100 * (middle - truth[ahead]))
                    quantile_rows.append(held80[-1])
        print(f"{data:8s} {learner:20s} 80 % ranges held {np.mean(quantile_rows):.0%} of {len(quantile_rows)}")
    print(f"{len(gaps)} forecasts from 5 sizes and one seed, 2 to 8 times the labels")
    print(f"80 % ranges held {np.mean(held80):.1%}, 95 % ranges {np.mean(held95):.1%}")
    print(
        f"median relative error of the error rate {np.median(gaps):.3f} (last value {np.median(naive):.3f}); ", end=""
    )
    print(f"root mean square {np.sqrt(np.mean(np.square(points))):.2f} points of accuracy")


if __name__ == "__main__":
    main()
