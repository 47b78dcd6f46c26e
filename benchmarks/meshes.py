"""From one picture to a mesh: chairs held out, beside retrieval and the mean shape.

    PYTHONPATH=platform:. python benchmarks/meshes.py --steps 400       # about 10 minutes on a core

Data: the chairs of Debian's `sweethome3d-furniture` (CC BY 3.0, CC0), each rendered from 24 views.
"""

import argparse
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from benchmarks.data import HOME, debian
from statkit.bootstrap import bootstrap_mean
from workers.applications.meshes.recipes.geometry import read_obj
from workers.applications.meshes.recipes.reconstruction import (
    fit,
    fit_one,
    iou,
    mean_shape,
    nearest,
    reconstructed,
    score,
    silhouettes_of,
)
from workers.applications.meshes.recipes.views import AZIMUTHS, Views, views_of


@dataclass
class Loud:
    """A run that prints."""

    workdir: Path = HOME
    cache: Path = HOME
    seed: int = 0
    device: str = "cpu"

    def log(self, step: int, total: int, **values: float) -> None:
        """Print."""
        if step % 50 == 0:
            print(step, total, values, flush=True)

    def stop_requested(self) -> bool:
        """Never."""
        return False


def objects(word: str) -> list[Views]:
    """Rendered once, kept."""
    folder = HOME / f"views-{word}"
    folder.mkdir(parents=True, exist_ok=True)
    found = []
    for archive in sorted(debian("sweethome3d-furniture").rglob("*.sh3f")):
        with zipfile.ZipFile(archive) as files:
            for name in sorted(files.namelist()):
                stem = Path(name).stem
                if not name.lower().endswith(".obj") or word not in stem.lower():
                    continue
                kept = folder / f"{archive.stem}-{stem}.npy"
                if not kept.exists():
                    mesh = read_obj(files.read(name).decode("utf-8", "replace"))
                    np.save(kept, views_of(stem, mesh).pixels)
                found.append(Views(stem, np.load(kept)))
    return found


def told(values: np.ndarray) -> str:
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
    every = objects(options.word)
    order = np.random.default_rng(0).permutation(len(every))
    held, learned = [every[one] for one in order[: len(every) // 5]], [every[one] for one in order[len(every) // 5 :]]
    print(f"{len(learned)} objects to learn from, {len(held)} held out")
    begun = time.monotonic()
    alone = []
    for chair in held:
        mesh = fit_one(chair.silhouettes, np.arange(AZIMUTHS), steps=250)
        alone.append(np.mean([iou(a, b) for a, b in zip(silhouettes_of(mesh), chair.silhouettes, strict=True)]))
    took = (time.monotonic() - begun) / len(held)
    print(f"one chair, vertices alone, {took:.0f} s each: silhouette IoU", " ".join(f"{one:.3f}" for one in alone))
    begun = time.monotonic()
    model = fit(learned, {"steps": options.steps, "rate": 1e-3, "width": options.width}, Loud())
    print(f"trained in {time.monotonic() - begun:.0f} s, {sum(p.numel() for p in model.net.parameters())} parameters")
    mine = score(held, reconstructed(model))
    ways = {"network": mine, "nearest picture": score(held, nearest(learned))}
    ways["mean shape"] = score(held, mean_shape(learned))
    for name, found in ways.items():
        print(f"{name:16s} silhouettes {told(found.silhouettes)}  voxels {told(found.volumes)}", end="")
        print(f"  network better by {told(mine.silhouettes - found.silhouettes)}, {told(mine.volumes - found.volumes)}")


if __name__ == "__main__":
    main()
