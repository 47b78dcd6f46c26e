"""Masks: each pixel gets a label or none, and touching pixels of one label become one mask."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import nn
from torch.nn import functional as F  # noqa: N812  # torch's own custom

from labelkit.model_outputs import decode_runs, masks_value
from workers.recipes import dense
from workers.recipes.base import Example, Run, size_of
from workers.recipes.networks import export

STRIDE, WIDTH = 4, 32


class _Exported(nn.Module):
    def __init__(self, net: dense.Dense) -> None:
        super().__init__()
        self.net = net

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        return self.net(pixels)["shares"].softmax(dim=1)  # type: ignore[no-any-return]  # nn.Module returns Any


@dataclass
class Segmenter:
    """A network that says of each pixel what it shows; class 0 is the background."""

    labels: list[str]
    net: dense.Dense
    side: int
    device: str

    def predict(self, examples: Sequence[Example]) -> list[dict[str, Any]]:
        """Answers with a `score` in each region: the mean share of its pixels."""
        found = []
        for part, out in dense.compute(self.net, examples, self.side, self.device):
            shares = torch.from_numpy(out["shares"]).softmax(dim=1).numpy()
            for row, example in enumerate(part):
                found.append(masks_value(shares[row], self.labels, size_of(example)))
        return found

    def save(self, folder: Path) -> None:
        """See `Trained.save`."""
        dense.save_net(self.net, folder)
        (folder / "net.json").write_text(json.dumps({"labels": self.labels, "side": self.side}))

    def input_side(self) -> int:
        """See `ImageModel.input_side`."""
        return self.side

    def export_onnx(self, path: Path) -> None:
        """See `ImageModel.export_onnx`."""
        sample = (torch.zeros(2, self.side, self.side, 3),)
        export(_Exported(self.net), sample, path, ["pixels"], ["shares"])
        self.net.to(self.device)


def label_map(example: Example, labels: list[str], size: tuple[int, int]) -> NDArray[np.uint8]:
    """(height, width): 0 or the place of the label plus 1; between two touching masks runs a line of background."""
    width, height = size
    told = np.zeros((height, width), dtype=np.uint8)
    owner = np.zeros((height, width), dtype=np.int32)
    for number, region in enumerate(example.value["regions"], start=1):
        bits = decode_runs(region["rle"], region["w"], region["h"])
        box = np.s_[region["y"] : region["y"] + region["h"], region["x"] : region["x"] + region["w"]]
        told[box][bits] = labels.index(region["label"]) + 1
        owner[box][bits] = number
    for axis in (0, 1):
        moved = np.roll(owner, 1, axis=axis)
        edge = (owner != moved) & (owner > 0) & (moved > 0)
        told[edge] = 0
    return told


def _loss(out: dict[str, torch.Tensor], goal: dict[str, torch.Tensor]) -> torch.Tensor:
    """Cross-entropy, and a soft Dice loss (F. Milletari et al. 2016, arXiv 1606.04797) against rare labels' neglect."""
    told = goal["told"].long()
    shares = out["shares"].softmax(dim=1)
    wanted = F.one_hot(told, shares.shape[1]).permute(0, 3, 1, 2).to(shares.dtype)
    both = (shares * wanted).sum(dim=(0, 2, 3))[1:]
    each = (shares + wanted).sum(dim=(0, 2, 3))[1:]
    there = wanted.sum(dim=(0, 2, 3))[1:] > 0
    dice = 1 - (2 * both + 1) / (each + 1)
    return F.cross_entropy(out["shares"], told) + (dice * there).sum() / there.sum().clamp_min(1)


def fit(examples: Sequence[Example], labels: list[str], params: dict[str, Any], run: Run) -> Segmenter:
    """See `Recipe.fit`."""
    torch.manual_seed(run.seed)
    side = params["image_size"] // 32 * 32
    cells = side // STRIDE
    heads = {"shares": len(labels) + 1}
    net = dense.Dense(heads, stride=STRIDE, width=WIDTH, tuned=params["backbone"] == "tuned", known=True)

    def targets(example: Example, mirrored: bool) -> dict[str, NDArray[np.float32]]:
        told = label_map(example, labels, size_of(example))
        small = np.asarray(Image.fromarray(told).resize((cells, cells), Image.Resampling.NEAREST))
        return {"told": np.ascontiguousarray(small[:, ::-1] if mirrored else small).astype(np.float32)}

    dense.fit_dense(net, examples, targets, _loss, params | {"image_size": side}, run)
    return Segmenter(labels, net, side, run.device)


def load(folder: Path, cache: Path) -> Segmenter:
    """See `Recipe.load`."""
    card = json.loads((folder / "net.json").read_text())
    net = dense.Dense({"shares": len(card["labels"]) + 1}, stride=STRIDE, width=WIDTH, tuned=False, known=False)
    dense.load_net(net, folder)
    return Segmenter(card["labels"], net, card["side"], "cpu")
