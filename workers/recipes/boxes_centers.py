"""Boxes by their centres on a feature pyramid."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from labelkit.model_outputs import GRAPHS, regions_value
from workers.recipes import centers, dense
from workers.recipes.base import Example, Run, size_of
from workers.recipes.networks import export

STRIDE, WIDTH = 8, 64


@dataclass
class Detector:
    """A network that marks boxes."""

    labels: list[str]
    net: dense.Dense
    side: int
    device: str

    def predict(self, examples: Sequence[Example]) -> list[dict[str, Any]]:
        """Answers with a `score` in each region."""
        found = centers.found_in(self.net, examples, self.side, self.device, centers.Decode())
        return [regions_value("boxes", said, self.labels, size_of(example)) for example, said in found]

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
        export(centers.Exported(self.net, "boxes"), sample, path, ["pixels"], list(GRAPHS["boxes"]))
        self.net.to(self.device)


def things_of(example: Example, labels: list[str]) -> list[centers.Thing]:
    """The boxes of an answer, upright; a turned one by the box around it."""
    width, height = size_of(example)
    index = {label: number for number, label in enumerate(labels)}
    found = []
    for region in example.value["regions"]:
        x, y, w, h = region["x"], region["y"], region["w"], region["h"]
        turn = np.deg2rad(region.get("angle", 0.0))
        cx, cy = x + w / 2, y + h / 2
        w, h = abs(w * np.cos(turn)) + abs(h * np.sin(turn)), abs(w * np.sin(turn)) + abs(h * np.cos(turn))
        found.append(centers.Thing(index[region["label"]], cx / width, cy / height, w / width, h / height))
    return found


def fit(examples: Sequence[Example], labels: list[str], params: dict[str, Any], run: Run) -> Detector:
    """See `Recipe.fit`."""
    torch.manual_seed(run.seed)
    side = params["image_size"] // 32 * 32
    heads = {"heat": len(labels), "box": 4}
    net = dense.Dense(heads, stride=STRIDE, width=WIDTH, tuned=params["backbone"] == "tuned", known=True)
    nn.init.constant_(net.out["heat"].bias, -3.0)  # type: ignore[arg-type]  # at first, nothing is there

    def targets(example: Example, mirrored: bool) -> dict[str, NDArray[np.float32]]:
        things = things_of(example, labels)
        things = [one.mirrored() for one in things] if mirrored else things
        return centers.targets(things, len(labels), 0, side // STRIDE)

    dense.fit_dense(net, examples, targets, centers.loss, params | {"image_size": side}, run)
    return Detector(labels, net, side, run.device)


def load(folder: Path, cache: Path) -> Detector:
    """See `Recipe.load`."""
    card = json.loads((folder / "net.json").read_text())
    net = dense.Dense({"heat": len(card["labels"]), "box": 4}, stride=STRIDE, width=WIDTH, tuned=False, known=False)
    dense.load_net(net, folder)
    return Detector(card["labels"], net, card["side"], "cpu")
