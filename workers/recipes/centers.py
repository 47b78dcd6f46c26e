"""Objects as points: a heat map of centres for each label, and at each centre what else is to be known.

After X. Zhou et al. 2019, "Objects as Points" (arXiv 1904.07850): penalty-reduced focal loss on Gaussians, L1 at the
centres, no suppression but that of neighbours in the heat map. Coordinates are shares of the picture.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional as F  # noqa: N812  # torch's own custom

from labelkit.model_outputs import GRAPHS
from workers.recipes import dense
from workers.recipes.base import Example

MAX_OBJECTS = 50  # objects of a picture

Array = NDArray[np.float32]


@dataclass(frozen=True)
class ObjectTarget:
    """One object: label by its place, centre and size in shares of the picture, keypoints (k, 3) where it has some."""

    label: int
    x: float
    y: float
    w: float
    h: float
    points: NDArray[np.float64] | None = None

    def mirrored(self) -> "ObjectTarget":
        """As the mirror shows it; of objects without keypoints."""
        return ObjectTarget(self.label, 1 - self.x, self.y, self.w, self.h)


def targets(objects: Sequence[ObjectTarget], classes: int, points: int, cells: int) -> dict[str, Array]:
    """`heat` (classes, cells, cells), `at` (1, …), `box` (4, …): offset, log size; `pose`, `visible` (2·points, …)."""
    heat = np.zeros((classes, cells, cells), dtype=np.float32)
    at = np.zeros((1, cells, cells), dtype=np.float32)
    box = np.zeros((4, cells, cells), dtype=np.float32)
    pose = np.zeros((2 * points, cells, cells), dtype=np.float32)
    visible = np.zeros((2 * points, cells, cells), dtype=np.float32)
    rows, columns = np.mgrid[0:cells, 0:cells]
    for target in sorted(objects, key=lambda target: -target.w * target.h):  # the smaller one wins a shared cell
        cx, cy = target.x * cells, target.y * cells
        column, row = min(max(int(cx), 0), cells - 1), min(max(int(cy), 0), cells - 1)
        # A width at which a box moved by it still overlaps by more than half.
        sx, sy = max(target.w * cells / 10, 0.7), max(target.h * cells / 10, 0.7)
        bump = np.exp(-(((columns - column) / sx) ** 2 + ((rows - row) / sy) ** 2) / 2)
        heat[target.label] = np.maximum(heat[target.label], bump)
        at[0, row, column] = 1
        size = np.log(np.maximum([target.w, target.h], 1e-3))
        box[:, row, column] = [cx - column - 0.5, cy - row - 0.5, *size]
        if target.points is not None:
            is_visible = target.points[:, 2] > 0
            away = (target.points[:, :2] - [target.x, target.y]) / max(target.w, target.h, 1e-3)
            pose[: 2 * len(away), row, column] = away.ravel()
            visible[:, row, column] = 0
            visible[: 2 * len(away), row, column] = np.repeat(is_visible, 2)
    return {"heat": heat, "at": at, "box": box, "pose": pose, "visible": visible}


def loss(out: dict[str, torch.Tensor], goal: dict[str, torch.Tensor]) -> torch.Tensor:
    """Focal loss of the heat, L1 of boxes and poses at the centres."""
    heat, goal_heat = out["heat"], goal["heat"]
    log_hit, log_miss = F.logsigmoid(heat), F.logsigmoid(-heat)
    share = heat.sigmoid()
    centre = goal_heat == 1
    count = goal["at"].sum().clamp_min(1)
    hits = torch.where(centre, (1 - share) ** 2 * log_hit, torch.zeros_like(share)).sum()
    misses = torch.where(centre, torch.zeros_like(share), (1 - goal_heat) ** 4 * share**2 * log_miss).sum()
    total = -(hits + misses) / count
    total = total + (goal["at"] * (out["box"] - goal["box"]).abs()).sum() / count
    if "pose" in out:
        total = total + (goal["visible"] * (out["pose"] - goal["pose"]).abs()).sum() / goal["visible"].sum().clamp_min(
            1
        )
    return total


class Decode(torch.nn.Module):
    """Heads to the most confident objects, as `labelkit.model_outputs.GRAPHS` has them, by operators of ONNX.

    `counts` are the keypoints of each label, where there are keypoints.
    """

    def __init__(self, counts: Sequence[int] = ()) -> None:
        super().__init__()
        exists = torch.arange(max([1, *counts]))[None, :] < torch.tensor([[count] for count in counts] or [[0]])
        self.register_buffer("exists", exists.repeat_interleave(2, dim=1))

    def forward(self, out: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        """`scores` (n, k), `classes` (n, k), `boxes` (n, k, 4), `points` (n, k, 2·points)."""
        heat = out["heat"].sigmoid()
        peak = (F.max_pool2d(heat, 3, 1, 1) == heat).to(heat.dtype) * heat
        cells = heat.shape[-1]
        k = min(MAX_OBJECTS, cells * cells)
        scores, places = peak.flatten(1).topk(k)
        classes = torch.div(places, cells * cells, rounding_mode="floor")
        cell = places - classes * (cells * cells)
        row = torch.div(cell, cells, rounding_mode="floor")
        column = cell - row * cells
        box = _gather(out["box"], cell)
        x = (column + 0.5 + box[..., 0]) / cells
        y = (row + 0.5 + box[..., 1]) / cells
        w, h = box[..., 2].clamp(-7, 0.1).exp(), box[..., 3].clamp(-7, 0.1).exp()
        detections = {
            "scores": scores,
            "classes": classes.to(torch.float32),
            "boxes": torch.stack([x - w / 2, y - h / 2, x + w / 2, y + h / 2], dim=-1).clamp(0, 1),
        }
        if "pose" in out:
            away = _gather(out["pose"], cell)
            centre = torch.stack([x, y], dim=-1).repeat(1, 1, away.shape[-1] // 2)
            points = (centre + away * torch.maximum(w, h)[..., None]).clamp(0, 1)
            exists: torch.Tensor = self.exists  # type: ignore[assignment]  # a buffer
            detections["points"] = torch.where(exists[classes], points, -torch.ones_like(points))
        return detections


class Exported(torch.nn.Module):
    """Pixels to the outputs of `GRAPHS[kind]`."""

    def __init__(self, net: dense.Dense, kind: str, counts: Sequence[int] = ()) -> None:
        super().__init__()
        self.net, self.decode, self.outputs = net, Decode(counts), GRAPHS[kind]

    def forward(self, pixels: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """In the order of `GRAPHS[kind]`."""
        detections = self.decode(self.net(pixels))
        return tuple(detections[name] for name in self.outputs)


def detect_objects(
    net: dense.Dense, examples: Sequence[Example], side: int, device: str, decode: "Decode"
) -> Iterator[tuple[Example, dict[str, Array]]]:
    """Each example with its most confident objects: the outputs of `Decode`, without the first axis."""
    for part, out in dense.predict_heads(net, examples, side, device):
        detections = decode({key: torch.from_numpy(values) for key, values in out.items()})
        for row, example in enumerate(part):
            yield example, {key: values[row].numpy() for key, values in detections.items()}


def _gather(maps: torch.Tensor, cell: torch.Tensor) -> torch.Tensor:
    """(n, k, channels) of (n, channels, …) at the cells."""
    flat = maps.flatten(2)
    index = cell[:, None].expand(-1, flat.shape[1], -1)
    return flat.gather(2, index).transpose(1, 2)
