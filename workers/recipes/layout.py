"""Baseline for boxes and keypoints: says where things usually are, without a look at the picture."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labelkit.targets import RegionTarget
from workers.recipes.base import Example, Run, image_size_of
from workers.recipes.spec import NoParameters, RecipeSpec

SPEC = RecipeSpec(
    key="layout",
    module=__name__,
    title="Mean-layout baseline",
    description="Baseline: the average positions of boxes or keypoints, without reading the image.",
    media_types=frozenset({"image"}),
    annotation_types=frozenset({"boxes", "keypoints"}),
)

MAX_PLACES = 10  # usual places of a label
SAME_PLACE = 0.3  # fraction of its own size within which another object is at the same place


@dataclass
class Layout:
    """Usual places, in shares of the picture: label, score, and a box (4,) or points (k, 3)."""

    labels: list[str]
    usual: list[dict[str, Any]]

    def predict(self, examples: Sequence[Example]) -> list[dict[str, Any]]:
        """The same answer to all, in each picture's own pixels."""
        predictions = []
        for example in examples:
            size = image_size_of(example)
            predictions.append({"regions": [_region(usual, number, size) for number, usual in enumerate(self.usual)]})
        return predictions

    def save(self, folder: Path) -> None:
        """See `TrainedModel.save`."""
        (folder / "layout.json").write_text(json.dumps({"labels": self.labels, "usual": self.usual}))


def _region(usual: dict[str, Any], number: int, size: tuple[int, int]) -> dict[str, Any]:
    width, height = size
    region = {"id": f"m{number}", "label": usual["label"], "score": usual["score"]}
    if "points" in usual:
        points = [[round(x * width, 2), round(y * height, 2), 2] for x, y in usual["points"]]
        return region | {"shape": "skeleton", "points": points}
    left, top, right, bottom = usual["box"]
    return region | {
        "shape": "box",
        "x": round(left * width, 2),
        "y": round(top * height, 2),
        "w": round(max((right - left) * width, 0.5), 2),
        "h": round(max((bottom - top) * height, 0.5), 2),
    }


def _vector(region: RegionTarget, size: tuple[int, int]) -> NDArray[np.float64]:
    """A box as its corners, keypoints as they are (those that are not there lie in the middle of the others)."""
    width, height = size
    if region.keypoints is not None:
        points = region.keypoints.copy()
        is_visible = points[:, 2] > 0
        points[~is_visible, :2] = points[is_visible, :2].mean(axis=0) if is_visible.any() else 0
        flat: NDArray[np.float64] = (points[:, :2] / [width, height]).ravel()
        return flat
    x, y, w, h = region.box
    corners = np.array([x, y, x + w, y + h], dtype=np.float64)
    return np.clip(corners / [width, height, width, height], 0, 1)


def fit(examples: Sequence[Example], labels: list[str], params: NoParameters, run: Run) -> Layout:
    """See `Recipe.fit`. The place that most things share is the first; those are taken away; and so on."""
    run.raise_if_stopped()
    places: dict[str, list[NDArray[np.float64]]] = {label: [] for label in labels}
    for example in examples:
        size = image_size_of(example)
        for region in example.target:
            places[region.label].append(_vector(region, size))
    usual: list[dict[str, Any]] = []
    for label, vectors in places.items():
        longest = max((len(vector) for vector in vectors), default=0)
        remaining = np.array([vector for vector in vectors if len(vector) == longest])[:2000]
        for _ in range(MAX_PLACES):
            if not len(remaining):
                break
            extent = np.ptp(remaining.reshape(len(remaining), -1, 2), axis=1).max(axis=1)
            gaps = np.abs(remaining[:, None] - remaining[None]).reshape(len(remaining), len(remaining), -1).mean(axis=2)
            near = gaps < SAME_PLACE * np.maximum(extent, 0.01)[:, None]
            best = int(near.sum(axis=1).argmax())
            middle = np.median(remaining[near[best]], axis=0)
            score = round(min(1.0, float(near[best].sum()) / len(examples)), 4)
            is_box = len(middle) == 4 and not has_keypoints(examples, label)
            shape = {"box": middle.tolist()} if is_box else {"points": middle.reshape(-1, 2).tolist()}
            usual.append({"label": label, "score": score, **shape})
            remaining = remaining[~near[best]]
    return Layout(labels, usual)


def has_keypoints(examples: Sequence[Example], label: str) -> bool:
    """Whether a label's first region is of keypoints."""
    regions = (region for example in examples for region in example.target if region.label == label)
    return next((region.keypoints is not None for region in regions), False)


def load(folder: Path, cache: Path) -> Layout:
    """See `Recipe.load`."""
    saved = json.loads((folder / "layout.json").read_text())
    return Layout(saved["labels"], saved["usual"])
