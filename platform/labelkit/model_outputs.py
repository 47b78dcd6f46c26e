"""What a model's graph says of a picture, as an answer with regions; masks as runs. Pure numpy and scipy."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from labelkit.values import RegionsAnnotation, RegionValue

Array = NDArray[np.float32]
Bits = NDArray[np.bool_]

# What the graph of a kind gives for (n, side, side, 3) pixels of 0–255; each output's first axis is n.
#   probabilities (n, classes)
#   scores, classes (n, k); boxes (n, k, 4) left, top, right, bottom in shares of the picture
#   points (n, k, 2·points) x, y in shares of the picture; −1 where the label has no such point
#   shares (n, classes + 1, h, w), the background first
GRAPHS: dict[str, tuple[str, ...]] = {
    "classification": ("probabilities",),
    "boxes": ("scores", "classes", "boxes"),
    "keypoints": ("scores", "classes", "points"),
    "masks": ("shares",),
}
# What runs in the browser: those, and graphs that make a picture (n, side, side, 3) of 0–255 of a picture.
IN_BROWSER = {**GRAPHS, "picture": ("picture",)}
# Regions below are left out of answers, which metrics go through from the surest to the least sure.
LEAST_SCORE = 0.02
# Regions below are shown to nobody and proposed to nobody.
SHOWN_SCORE = 0.3
LEAST_PIXELS = 12


def regions_value(
    kind: str, outputs: Mapping[str, Array], labels: list[str], size: tuple[int, int]
) -> RegionsAnnotation:
    """One picture's answer with a `score` in each region, in pixels of the upright picture.

    Args:
        kind: Of `GRAPHS`, but classification.
        outputs: The graph's outputs for this picture, without their first axis.
        labels: Label ids.
        size: Width and height of the picture.
    """
    if kind == "masks":
        return masks_value(outputs["shares"], labels, size)
    width, height = size
    regions: list[Any] = []
    for number, score in enumerate(outputs["scores"]):
        label = int(outputs["classes"][number])
        if score < LEAST_SCORE or not 0 <= label < len(labels):
            continue
        geometry = (
            _box(outputs["boxes"][number], width, height)
            if kind == "boxes"
            else _points(outputs["points"][number], size)
        )
        if geometry is not None:
            region = {"id": f"m{number}", "label": labels[label], **geometry, "score": round(float(score), 4)}
            regions.append(region)
    return {"regions": regions}


def _box(box: Array, width: int, height: int) -> dict[str, object] | None:
    left, top, right, bottom = (np.clip(box, 0, 1) * [width, height, width, height]).tolist()
    if right - left < 0.5 or bottom - top < 0.5:
        return None
    x, y = round(left, 2), round(top, 2)
    return {"shape": "box", "x": x, "y": y, "w": round(right - left, 2), "h": round(bottom - top, 2)}


def _points(points: Array, size: tuple[int, int]) -> dict[str, object] | None:
    there = points.reshape(-1, 2)
    there = there[there[:, 0] > -0.5]
    placed = np.clip(there, 0, 1) * size
    if not len(placed):
        return None
    return {"shape": "skeleton", "points": [[round(float(x), 2), round(float(y), 2), 2] for x, y in placed]}


def masks_value(shares: Array, labels: list[str], size: tuple[int, int]) -> RegionsAnnotation:
    """(classes + 1, h, w) shares, background first; pixels of one label that touch are one mask."""
    from scipy.ndimage import find_objects, label

    # Label by label, so that a large picture takes two planes of memory however many labels there are.
    best = np.full((size[1], size[0]), -np.inf, dtype=np.float32)
    winner = np.zeros(best.shape, dtype=np.int32)
    for number, plane in enumerate(shares):
        scaled = np.asarray(Image.fromarray(plane).resize(size, Image.Resampling.BILINEAR))
        more = scaled > best
        best[more], winner[more] = scaled[more], number
    regions: list[Any] = []
    for number, name in enumerate(labels, start=1):
        parts, _ = label(winner == number)
        for part, box in enumerate(find_objects(parts), start=1):
            bits = parts[box] == part
            if bits.sum() < LEAST_PIXELS:
                continue
            rows, columns = box
            regions.append(
                {
                    "id": f"m{len(regions)}",
                    "label": name,
                    "shape": "mask",
                    "x": int(columns.start),
                    "y": int(rows.start),
                    "w": bits.shape[1],
                    "h": bits.shape[0],
                    "rle": encode_runs(bits.ravel()),
                    "score": round(float(best[box][bits].mean()), 4),
                }
            )
    return {"regions": regions}


def confident_regions(annotation: RegionsAnnotation) -> list[RegionValue]:
    """The regions of an answer that are sure enough, the surest first."""
    confident = [region for region in annotation["regions"] if region["score"] >= SHOWN_SCORE]
    return sorted(confident, key=lambda region: -region["score"])


def encode_runs(flat: Bits) -> list[int]:
    """Lengths of runs, background first (0 where it begins with a set pixel)."""
    edges = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    head = [0, 0] if flat.size and flat[0] else [0]
    return list(np.diff(np.concatenate([head, edges, [flat.size]])).tolist())


def decode_runs(runs: list[int], width: int, height: int) -> Bits:
    """(height, width) pixels of runs."""
    bits: Bits = np.repeat(np.arange(len(runs)) % 2 == 1, np.array(runs, dtype=np.int64))
    return bits.reshape(height, width)
