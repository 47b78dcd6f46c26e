"""A small convolutional network, trained from scratch; resumes from its last epoch."""

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
from workers.recipes.base import Example, Run
from workers.recipes.linear import classes_of
from workers.recipes.networks import TrainingSchedule, class_shares, export, kept_pixels, split_held, train_network


class Net(nn.Module):
    """Three stages of two convolutions; (n, side, side, 3) pixels of 0–255 in, logits out.

    A `centered` network takes each picture's mean away first, as bc+ asks.
    """

    def __init__(self, classes: int, width: int, *, centered: bool = False) -> None:
        super().__init__()
        self.centered = centered
        layers: list[nn.Module] = []
        before = 3
        for stage in range(3):
            after = width * 2**stage
            for _ in range(2):
                layers += [nn.Conv2d(before, after, 3, padding=1, bias=False), nn.BatchNorm2d(after), nn.ReLU()]
                before = after
            layers.append(nn.MaxPool2d(2))
        self.body = nn.Sequential(*layers)
        self.head = nn.Sequential(nn.Dropout(0.2), nn.Linear(before, classes))
        # A fifth faster on a CPU: pixels come with their channels last.
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch's stubs lack this form

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        """Logits."""
        x = pixels.permute(0, 3, 1, 2)
        x = (mixing.zero_mean(x) if self.centered else x - 127.5) / 64.0
        return self.head(self.body(x).mean(dim=(2, 3)))  # type: ignore[no-any-return]  # nn.Module returns Any


class _Exported(nn.Module):
    def __init__(self, net: Net) -> None:
        super().__init__()
        self.net = net

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        return self.net(pixels).softmax(dim=1)  # type: ignore[no-any-return]  # nn.Module returns Any


@dataclass
class Cnn:
    """A trained network and how its input is made."""

    labels: list[str]
    net: Net
    side: int
    width: int
    device: str

    def predict(self, examples: Sequence[Example]) -> NDArray[np.float64]:
        """See `Trained.predict`."""
        return class_shares(self.net, examples, self.side, len(self.labels), self.device, batch=256)

    def save(self, folder: Path) -> None:
        """See `Trained.save`."""
        torch.save(self.net.state_dict(), folder / "net.pt")
        card = {
            "labels": self.labels, "side": self.side, "width": self.width, "centered": self.net.centered,
        }  # fmt: skip
        (folder / "net.json").write_text(json.dumps(card))

    def input_side(self) -> int:
        """See `Trained.input_side`."""
        return self.side

    def export_onnx(self, path: Path) -> None:
        """See `Trained.export_onnx`."""
        sample = torch.zeros(2, self.side, self.side, 3)
        export(_Exported(self.net), (sample,), path, ["pixels"], ["probabilities"])
        self.net.to(self.device)


def augment(pixels: torch.Tensor, rng: torch.Generator) -> torch.Tensor:
    """Mirror half of the pictures; move all by up to an eighth of their side."""
    mirrored = torch.rand(len(pixels), generator=rng) < 0.5
    pixels = torch.where(mirrored[:, None, None, None], pixels.flip(2), pixels)
    reach = pixels.shape[1] // 8
    dy, dx = torch.randint(-reach, reach + 1, (2,), generator=rng).tolist()
    padded = F.pad(pixels.permute(0, 3, 1, 2), (reach,) * 4, mode="replicate").permute(0, 2, 3, 1)
    side = pixels.shape[1]
    return padded[:, reach + dy : reach + dy + side, reach + dx : reach + dx + side]


def fit(examples: Sequence[Example], labels: list[str], params: dict[str, Any], run: Run) -> Cnn:
    """See `Recipe.fit`. With `mixing`, it learns from mixtures of two examples (`workers.recipes.mixing`)."""
    torch.manual_seed(run.seed)
    pixels = kept_pixels(examples, params["image_size"]).float()
    y = torch.from_numpy(classes_of(labels, [example.label for example in examples]))
    net = Net(len(labels), params["width"], centered=params["mixing"] == "bc+").to(run.device)
    schedule = TrainingSchedule(params["epochs"], params["batch_size"], params["learning_rate"], params["patience"])
    learned, held = split_held(len(examples), schedule, run.seed)

    def views(part: torch.Tensor, rng: torch.Generator) -> torch.Tensor:
        return augment(pixels[part], rng)

    def loss_of(part: torch.Tensor, rng: torch.Generator) -> torch.Tensor:
        return mixing.class_loss(net, views, y, learned, part, rng, run.device, params)

    def held_out() -> float:
        with torch.inference_mode():
            parts = [net(pixels[part].to(run.device)).cpu() for part in torch.split(held, 256)]
        return float(F.cross_entropy(torch.cat(parts), y[held]))

    train_network(net, learned, loss_of, schedule, run, held_out=held_out if len(held) else None)
    return Cnn(labels, net, params["image_size"], params["width"], run.device)


def load(folder: Path, cache: Path) -> Cnn:
    """See `Recipe.load`."""
    card = json.loads((folder / "net.json").read_text())
    net = Net(len(card["labels"]), card["width"], centered=card["centered"])
    net.load_state_dict(torch.load(folder / "net.pt", weights_only=True))
    return Cnn(card["labels"], net, card["side"], card["width"], "cpu")
