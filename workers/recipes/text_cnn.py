"""Texts by a small convolutional network over characters, from scratch."""

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

from workers.recipes.base import Example, Run, check_run
from workers.recipes.characters import PAD, Reader, alphabet_of, codes_of
from workers.recipes.linear import classes_of
from workers.recipes.networks import TrainingSchedule, split_held, train_network


class Net(nn.Module):
    """(n, length) characters to (n, classes) logits."""

    def __init__(self, alphabet: int, classes: int, width: int) -> None:
        super().__init__()
        self.reader, self.head = Reader(alphabet, width), nn.Linear(2 * width, classes)

    def forward(self, codes: torch.Tensor) -> torch.Tensor:
        """Logits from the mean and the maximum over the characters."""
        x = self.reader(codes)
        there = (codes != PAD)[..., None]
        mean = x.sum(dim=1) / there.sum(dim=1).clamp_min(1)
        most = x.masked_fill(~there, -1e4).amax(dim=1).clamp_min(-1e3)
        return self.head(torch.cat([mean, most], dim=1))  # type: ignore[no-any-return]  # nn.Module returns Any


@dataclass
class TextNet:
    """A trained network and its alphabet."""

    labels: list[str]
    alphabet: str
    net: Net
    width: int
    longest: int
    device: str

    def predict(self, examples: Sequence[Example]) -> NDArray[np.float64]:
        """(n, classes) probabilities."""
        self.net.eval()
        found = [np.zeros((0, len(self.labels)))]
        with torch.inference_mode():
            for begin in range(0, len(examples), 64):
                texts = [one.text for one in examples[begin : begin + 64]]
                codes = codes_of(texts, self.alphabet, self.longest).to(self.device)
                found.append(self.net(codes).double().softmax(dim=1).cpu().numpy())
        return np.concatenate(found)

    def save(self, folder: Path) -> None:
        """See `Trained.save`."""
        torch.save(self.net.state_dict(), folder / "net.pt")
        card = {"labels": self.labels, "alphabet": self.alphabet, "width": self.width, "longest": self.longest}
        (folder / "net.json").write_text(json.dumps(card))


def fit(examples: Sequence[Example], labels: list[str], params: dict[str, Any], run: Run) -> TextNet:
    """See `Recipe.fit`."""
    check_run(run)
    torch.manual_seed(run.seed)
    texts = [one.text for one in examples]
    alphabet = alphabet_of(texts)
    net = Net(len(alphabet), len(labels), params["width"]).to(run.device)
    y = torch.from_numpy(classes_of(labels, [example.label for example in examples]))
    schedule = TrainingSchedule(params["epochs"], params["batch_size"], params["learning_rate"], params["patience"])
    learned, held = split_held(len(examples), schedule, run.seed)

    def logits(part: torch.Tensor) -> torch.Tensor:
        out: torch.Tensor = net(
            codes_of([texts[int(one)] for one in part], alphabet, params["max_length"]).to(run.device)
        )
        return out

    def loss_of(part: torch.Tensor, rng: torch.Generator) -> torch.Tensor:
        return F.cross_entropy(logits(part), y[part].to(run.device), label_smoothing=0.05)

    def held_out() -> float:
        with torch.inference_mode():
            return float(F.cross_entropy(torch.cat([logits(part).cpu() for part in torch.split(held, 64)]), y[held]))

    train_network(net, learned, loss_of, schedule, run, held_out=held_out if len(held) else None)
    return TextNet(labels, alphabet, net, params["width"], params["max_length"], run.device)


def load(folder: Path, cache: Path) -> TextNet:
    """See `Recipe.load`."""
    card = json.loads((folder / "net.json").read_text())
    net = Net(len(card["alphabet"]), len(card["labels"]), card["width"])
    net.load_state_dict(torch.load(folder / "net.pt", weights_only=True, map_location="cpu"))
    return TextNet(card["labels"], card["alphabet"], net, card["width"], card["longest"], "cpu")
