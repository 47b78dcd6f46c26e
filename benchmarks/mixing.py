"""What training on mixtures is worth in labels: image_cnn on Fashion-MNIST, four ways, paired seeds.

    PYTHONPATH=platform:. python benchmarks/mixing.py --out var/mixing.json        # resumes; about 3.5 hours on a core
    PYTHONPATH=platform:. python benchmarks/mixing.py --out var/mixing.json --report

Each seed draws its own nested, balanced subset of the 60,000; all four ways learn from the same one, as long, and are
judged on the official 10,000. 11-layer networks at full length on CUDA: `--width 64 --epochs 300`.
"""

import argparse
import json
import time
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from benchmarks.data import HOME, fashion_mnist
from statkit.learning_curves import nested_order
from statkit.learning_curves.data_efficiency import compare_data_efficiency
from workers.recipes import image_cnn
from workers.recipes.base import Example, Run
from workers.recipes.mixing import METHODS

EPOCHS = {500: 100, 2000: 50, 10000: 30}


def examples(pictures: NDArray[np.uint8], classes: NDArray[np.int64], side: str, of: Iterable[int]) -> list[Example]:
    """Pictures as files, written once."""
    folder = HOME / "fashion-png"
    folder.mkdir(parents=True, exist_ok=True)
    examples_built = []
    for index in of:
        path = folder / f"{side}-{index:05d}.png"
        if not path.exists():
            Image.fromarray(pictures[index]).save(path)
        examples_built.append(
            Example(key=path.stem, path=path, target=str(classes[index]), stratum=str(classes[index]))
        )
    return examples_built


def measure(options: argparse.Namespace) -> None:
    """Every missing cell, written at once."""
    measurements = json.loads(options.out.read_text()) if options.out.exists() else []
    have = {(row["n"], row["seed"], row["method"]) for row in measurements}
    x, y, test_x, test_y = fashion_mnist()
    held_out = examples(test_x, test_y, "test", range(len(test_y)))
    truth = test_y
    labels = [str(number) for number in range(10)]
    device = "cuda" if torch.cuda.is_available() else "cpu"
    for seed in range(options.seeds):
        order = nested_order([str(label) for label in y], seed=seed)
        for n, epochs in EPOCHS.items():
            part = examples(x, y, "train", order[:n])
            for method in METHODS:
                if (n, seed, method) in have:
                    continue
                params = image_cnn.Parameters(
                    epochs=options.epochs or epochs, image_size=28, width=options.width, mixing=method
                )
                workdir = HOME / "work"
                workdir.mkdir(exist_ok=True)
                run = Run(workdir, HOME, seed, device)
                run.checkpoint.unlink(missing_ok=True)
                started = time.monotonic()
                model = image_cnn.fit(part, labels, params, run)
                seconds = time.monotonic() - started
                wrong = model.predict(held_out).argmax(axis=1) != truth
                row = {"n": n, "seed": seed, "method": method, "error": float(wrong.mean()), "seconds": seconds}
                measurements.append(row)
                options.out.write_text(json.dumps(measurements))
                print(row, flush=True)


def report(options: argparse.Namespace) -> None:
    """Errors with intervals, paired differences, and what each way is worth in labels."""
    rows = json.loads(options.out.read_text())
    sizes = sorted({row["n"] for row in rows})
    cells = {(row["method"], row["n"], row["seed"]): row["error"] for row in rows}
    seeds = [s for s in range(options.seeds) if all((m, n, s) in cells for m in METHODS for n in sizes)]
    tables = {m: np.array([[cells[m, n, s] for n in sizes] for s in seeds]) for m in METHODS}
    for comparison in compare_data_efficiency(sizes, tables, baseline="none"):
        print(comparison.variant)
        for place, n in enumerate(sizes):
            error, gain = comparison.errors[place], comparison.gains[place]
            print(f"  {n:6d}: error {100 * error.value:.2f} % ({100 * error.low:.2f}–{100 * error.high:.2f})", end="")
            print(f", below standard by {100 * gain.value:+.2f} ({100 * gain.low:+.2f} to {100 * gain.high:+.2f})")
        if comparison.label_savings is not None:
            savings = comparison.label_savings
            low, high = 100 * savings.low, 100 * savings.high
            print(f"  labels saved {100 * savings.value:.0f} %, 80 % interval {low:.0f} to {high:.0f}")


def main() -> None:
    """See above."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--width", type=int, default=16)
    parser.add_argument("--epochs", type=int, default=0)
    parser.add_argument("--report", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    if not options.report:
        measure(options)
    report(options)


if __name__ == "__main__":
    main()
