"""From one image to a mesh: chairs held out, beside retrieval and the mean shape.

    PYTHONPATH=platform:. python benchmarks/meshes.py --steps 400       # about 10 minutes on a core

Data: the chairs of Debian's `sweethome3d-furniture` (CC BY 3.0, CC0), each rendered from 24 views.
"""

import argparse
import time
import zipfile
from pathlib import Path

import numpy as np
import torch

from benchmarks.data import HOME, debian
from statkit.bootstrap import bootstrap_mean
from workers.applications.meshes.recipes.geometry import read_obj
from workers.applications.meshes.recipes.reconstruction import (
    evaluate,
    fit,
    fit_silhouettes,
    iou,
    mean_silhouettes,
    nearest_neighbor,
    network_predictor,
    render_silhouettes,
)
from workers.applications.meshes.recipes.views import AZIMUTHS, Views, render_views
from workers.recipes.base import Run


class PrintedRun(Run):
    """A run that prints its progress."""

    def log(self, step: int, total: int, **values: float) -> None:
        """Print every 50th step."""
        if step % 50 == 0:
            print(step, total, values, flush=True)


def objects(word: str) -> list[Views]:
    """Rendered once, kept."""
    folder = HOME / f"views-{word}"
    folder.mkdir(parents=True, exist_ok=True)
    views = []
    for archive in sorted(debian("sweethome3d-furniture").rglob("*.sh3f")):
        with zipfile.ZipFile(archive) as files:
            for name in sorted(files.namelist()):
                stem = Path(name).stem
                if not name.lower().endswith(".obj") or word not in stem.lower():
                    continue
                path = folder / f"{archive.stem}-{stem}.npy"
                if not path.exists():
                    mesh = read_obj(files.read(name).decode("utf-8", "replace"))
                    np.save(path, render_views(stem, mesh).pixels)
                views.append(Views(stem, np.load(path)))
    return views


def format_mean(values: np.ndarray) -> str:
    """Mean and its 95 % interval by drawing objects."""
    mean = bootstrap_mean(values, n_resamples=4000)
    return f"{mean.value:.3f} ({mean.low:.3f}–{mean.high:.3f})"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--word", default="chair")
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--width", type=int, default=64)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    all_objects = objects(options.word)
    order = np.random.default_rng(0).permutation(len(all_objects))
    test_count = len(all_objects) // 5
    test, train = (
        [all_objects[index] for index in order[:test_count]],
        [all_objects[index] for index in order[test_count:]],
    )
    print(f"{len(train)} objects to learn from, {len(test)} held out")
    started = time.monotonic()
    overlaps = []
    for chair in test:
        mesh = fit_silhouettes(chair.silhouettes, np.arange(AZIMUTHS), steps=250)
        overlaps.append(np.mean([iou(a, b) for a, b in zip(render_silhouettes(mesh), chair.silhouettes, strict=True)]))
    seconds = (time.monotonic() - started) / len(test)
    print(
        f"one chair, vertices alone, {seconds:.0f} s each: silhouette IoU", " ".join(f"{iou:.3f}" for iou in overlaps)
    )
    started = time.monotonic()
    model = fit(train, {"steps": options.steps, "learning_rate": 1e-3, "width": options.width}, PrintedRun(HOME, HOME))
    print(f"trained in {time.monotonic() - started:.0f} s, {sum(p.numel() for p in model.net.parameters())} parameters")
    network = evaluate(test, network_predictor(model))
    scores = {"network": network, "nearest image": evaluate(test, nearest_neighbor(train))}
    scores["mean shape"] = evaluate(test, mean_silhouettes(train))
    for name, overlap in scores.items():
        print(
            f"{name:16s} silhouettes {format_mean(overlap.silhouettes)}  voxels {format_mean(overlap.visual_hulls)}",
            end="",
        )
        gains = (network.silhouettes - overlap.silhouettes, network.visual_hulls - overlap.visual_hulls)
        print(f"  network better by {format_mean(gains[0])}, {format_mean(gains[1])}")


if __name__ == "__main__":
    main()
