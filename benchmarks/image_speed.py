"""Pictures a second of training and of prediction, against the bound without data loading, on photographs.

    PYTHONPATH=platform:. python benchmarks/image_speed.py

The bound is the same work with every picture already decoded in memory; both take turns in one run, and ratios are the
median of pairs. Pictures: 24 photographs of the demo (640 pixels wide, JPEG), each several times under its own key.
"""

import argparse
import importlib
import statistics
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import torch

from benchmarks.data import HOME
from benchmarks.recipes import DEVICE
from workers.catalog import RECIPES
from workers.recipes import base, dense
from workers.recipes.base import Example, Run, annotated

PICTURES = Path(__file__).resolve().parents[1] / "annotation" / "samples" / "data" / "boxes.zip"
COUNT = 96
# Enough epochs that a training is a training: the shares are those of the defaults.
PARAMS: dict[str, dict[str, Any]] = {
    "image_cnn": {"image_size": 64, "width": 16, "epochs": 6},
    "image_finetune": {"epochs": 2, "image_size": 160, "min_examples_per_epoch": COUNT},
    "image_probe": {},
    "boxes_centers": {"epochs": 6, "image_size": 256, "min_examples_per_epoch": COUNT},
    "masks_pyramid": {"epochs": 6, "image_size": 256, "min_examples_per_epoch": COUNT},
}


def photographs() -> list[Path]:
    """Unpacked once."""
    folder = HOME / "photographs"
    if not folder.exists():
        with zipfile.ZipFile(PICTURES) as archive:
            archive.extractall(folder)
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in (".jpg", ".png"))


def examples(kind: str, run: int) -> list[Example]:
    """Under fresh keys, so that no cache of an earlier run helps."""
    paths = photographs()
    examples_built = []
    for number in range(COUNT):
        label = "ab"[number % 2]
        region: dict[str, Any] = {"id": "r", "label": label, "x": 40, "y": 40, "w": 80, "h": 120}
        if kind == "masks":
            region |= {"shape": "mask", "rle": [0, 80 * 120]}
        value = {"label": label} if kind == "classification" else {"regions": [region]}
        key = f"speed-{run}-{number}"
        examples_built.append(annotated(kind, value, key=key, path=paths[number % len(paths)]))
    return examples_built


@contextmanager
def decoded() -> Iterator[None]:
    """Every picture comes from memory, at any side."""
    real, decoded = base.read_rgb, {}

    def from_memory(path: Path, side: int) -> Any:
        if (path, side) not in decoded:
            decoded[path, side] = real(path, side)
        return decoded[path, side]

    for path in photographs():
        for side in (64, 160, 224, 256):
            from_memory(path, side)
    with patch.object(base, "read_rgb", from_memory), patch.object(dense, "read_rgb", from_memory):
        yield


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds, and what came out."""
    started = time.perf_counter()
    result = work()
    return time.perf_counter() - started, result


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    torch.set_num_threads(1)
    number = 0
    for key, changed_params in PARAMS.items():
        if options.only not in key:
            continue
        spec = RECIPES[key]
        module = importlib.import_module(spec.module)
        kind = next(iter(spec.annotation_types or ()))
        params = spec.parse(changed_params)
        shares: dict[str, list[float]] = {"train": [], "predict": []}
        rates: dict[str, list[float]] = {"train": [], "predict": []}
        passes = getattr(params, "epochs", 1)
        for _ in range(options.pairs):
            took: dict[str, list[float]] = {"train": [], "predict": []}
            for loads in (True, False):
                number += 1
                with tempfile.TemporaryDirectory() as folder:
                    run = Run(Path(folder), Path(folder), device=DEVICE)
                    train, test = examples(kind, number), examples(kind, -number)
                    with nullcontext() if loads else decoded():
                        seconds, model = timed(partial(module.fit, train, ["a", "b"], params, run))
                        took["train"].append(seconds)
                        took["predict"].append(timed(partial(model.predict, test))[0])
            for phase, (real, bound) in took.items():
                shares[phase].append(bound / real)
                rates[phase].append(COUNT * (passes if phase == "train" else 1) / real)
        description = "  ".join(
            f"{phase} {statistics.median(rates[phase]):7.1f}/s, {statistics.median(shares[phase]):.2f} of the bound"
            for phase in shares
        )
        print(f"{key:16s} {description}", flush=True)


if __name__ == "__main__":
    main()
