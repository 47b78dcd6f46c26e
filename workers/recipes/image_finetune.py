"""EfficientNet-Lite0 tuned to the labels: a new head learns fast, the layers below ever slower.

Discriminative rates after J. Howard and S. Ruder 2018 (arXiv 1801.06146): each group of layers learns at a fraction of
the rate of the one above it. Batch statistics stay those of ImageNet: small batches would spoil them.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional as F  # noqa: N812  # torch's own custom

from workers.recipes import mixing
from workers.recipes.backbones import efficientnet_lite0 as backbone
from workers.recipes.base import Example, Run, check_run
from workers.recipes.image_cnn import augment
from workers.recipes.linear import classes_of, logistic_head
from workers.recipes.networks import TrainingSchedule, class_shares, export, kept_pixels, split_held, train_network

_pixels: dict[tuple[str, int], NDArray[np.uint8]] = {}
MEAN = 127.0


class Tuned(nn.Module):
    """Backbone and head; (n, side, side, 3) pixels of 0–255 in, logits out."""

    def __init__(self, body: nn.Module, classes: int, *, centered: bool) -> None:
        super().__init__()
        self.body, self.head, self.centered = body, nn.Linear(backbone.FEATURES, classes), centered

    def train(self, mode: bool = True) -> "Tuned":
        """Batch normalization keeps the statistics that it came with."""
        super().train(mode)
        for module in self.body.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.eval()
        return self

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        """Logits. A centered network moves each picture's mean to the middle grey, as bc+ asks."""
        x = mixing.zero_mean(pixels) + MEAN if self.centered else pixels
        return self.head(self.body(x))  # type: ignore[no-any-return]  # nn.Module returns Any


class _Exported(nn.Module):
    def __init__(self, net: Tuned) -> None:
        super().__init__()
        self.net = net

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        return self.net(pixels).softmax(dim=1)  # type: ignore[no-any-return]  # nn.Module returns Any


@dataclass
class Finetuned:
    """A tuned network and how its input is made."""

    labels: list[str]
    net: Tuned
    side: int
    device: str

    def predict(self, examples: Sequence[Example]) -> NDArray[np.float64]:
        """(n, classes) probabilities."""
        return class_shares(self.net, examples, self.side, len(self.labels), self.device, batch=64)

    def save(self, folder: Path) -> None:
        """See `Trained.save`."""
        torch.save(self.net.state_dict(), folder / "net.pt")
        card = {"labels": self.labels, "side": self.side, "centered": self.net.centered}
        (folder / "net.json").write_text(json.dumps(card))

    def input_side(self) -> int:
        """See `ImageModel.input_side`."""
        return self.side

    def export_onnx(self, path: Path) -> None:
        """See `ImageModel.export_onnx`."""
        export(_Exported(self.net), (torch.zeros(2, self.side, self.side, 3),), path, ["pixels"], ["probabilities"])
        self.net.to(self.device)


def _groups(net: Tuned, rate: float, fall: float) -> list[dict[str, Any]]:
    """Head, last blocks, middle blocks, the rest: each at a `fall`-th of the rate above it."""
    blocks = list(net.body._blocks)  # type: ignore[arg-type]
    parts = [
        [net.head],
        [*blocks[11:], net.body._conv_head, net.body._bn1],
        blocks[5:11],
        [*blocks[:5], net.body._conv_stem, net.body._bn0],
    ]
    return [
        {"params": [value for module in part for value in module.parameters()], "lr": rate / fall**depth}
        for depth, part in enumerate(parts)
    ]


def fit(examples: Sequence[Example], labels: list[str], params: dict[str, Any], run: Run) -> Finetuned:
    """See `Recipe.fit`. The head begins where a linear probe ends, so that tuning starts from a model that works."""
    check_run(run)
    torch.manual_seed(run.seed)
    side = params["image_size"]
    y = torch.from_numpy(classes_of(labels, [example.label for example in examples]))
    net = Tuned(backbone.torch_module(), len(labels), centered=params["mixing"] == "bc+")
    schedule = TrainingSchedule(
        params["epochs"],
        params["batch_size"],
        params["learning_rate"],
        params["patience"],
        min_examples_per_epoch=params["min_examples_per_epoch"],
    )
    learned, held = split_held(len(examples), schedule, run.seed)
    if side == backbone.SIDE and not net.centered:
        known = backbone.features([examples[int(one)] for one in learned], run.cache, run).astype(np.float64)
        weights, bias = logistic_head(known, y[learned].numpy(), len(labels), C=0.5, seed=run.seed)
        with torch.no_grad():
            net.head.weight.copy_(torch.from_numpy(weights))
            net.head.bias.copy_(torch.from_numpy(bias).clamp_min(-5))
    net.to(run.device)

    def pixels_of(part: torch.Tensor) -> torch.Tensor:
        return kept_pixels([examples[int(one)] for one in part], side).float()

    def loss_of(part: torch.Tensor, rng: torch.Generator) -> torch.Tensor:
        return mixing.class_loss(
            net, lambda of, draws: augment(pixels_of(of), draws), y, learned, part, rng, run.device, params
        )

    def held_out() -> float:
        with torch.inference_mode():
            parts = [net(pixels_of(part).to(run.device)).cpu() for part in torch.split(held, 64)]
        return float(F.cross_entropy(torch.cat(parts), y[held]))

    groups = _groups(net, params["learning_rate"], params["layerwise_lr_decay"])
    train_network(net, learned, loss_of, schedule, run, held_out=held_out if len(held) else None, groups=groups)
    return Finetuned(labels, net, side, run.device)


def load(folder: Path, cache: Path) -> Finetuned:
    """See `Recipe.load`."""
    card = json.loads((folder / "net.json").read_text())
    net = Tuned(backbone.empty_module(), len(card["labels"]), centered=card["centered"])
    net.load_state_dict(torch.load(folder / "net.pt", weights_only=True))
    return Finetuned(card["labels"], net.eval(), card["side"], "cpu")
