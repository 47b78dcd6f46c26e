"""Spans by a small convolutional network over characters, from scratch."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812  # torch's own custom

from workers.recipes.base import Example, Run, check_run
from workers.recipes.characters import PAD, Reader, alphabet_of, codes_of
from workers.recipes.networks import TrainingSchedule, split_held, train_network
from workers.recipes.tagging import answer_of, tags_of

NOTHING = -100  # what the loss does not look at
LONGEST = 4000


class Net(nn.Module):
    """(n, length) characters to (n, length, tags) logits."""

    def __init__(self, alphabet: int, labels: int, width: int) -> None:
        super().__init__()
        self.reader, self.head = Reader(alphabet, width), nn.Linear(width, 2 * labels + 1)

    def forward(self, codes: torch.Tensor) -> torch.Tensor:
        """Logits of the tags."""
        return self.head(self.reader(codes))  # type: ignore[no-any-return]  # nn.Module returns Any


@dataclass
class SpanNet:
    """A trained network and its alphabet."""

    labels: list[str]
    alphabet: str
    net: Net
    width: int
    device: str

    def predict(self, examples: Sequence[Example]) -> list[dict[str, Any]]:
        """Answers with a `score` in each span; a text is read up to 4,000 characters."""
        self.net.eval()
        found = []
        with torch.inference_mode():
            for begin in range(0, len(examples), 32):
                texts = [one.text for one in examples[begin : begin + 32]]
                codes = codes_of(texts, self.alphabet, LONGEST).to(self.device)
                shares = self.net(codes).double().softmax(dim=2).cpu().numpy()
                found += [
                    answer_of(row[: min(len(text), LONGEST)], self.labels)
                    for row, text in zip(shares, texts, strict=True)
                ]
        return found

    def save(self, folder: Path) -> None:
        """See `Trained.save`."""
        torch.save(self.net.state_dict(), folder / "net.pt")
        card = {"labels": self.labels, "alphabet": self.alphabet, "width": self.width}
        (folder / "net.json").write_text(json.dumps(card))


def fit(examples: Sequence[Example], labels: list[str], params: dict[str, Any], run: Run) -> SpanNet:
    """See `Recipe.fit`."""
    check_run(run)
    torch.manual_seed(run.seed)
    texts = [one.text for one in examples]
    alphabet = alphabet_of(texts)
    tags = [tags_of(one, labels) for one in examples]
    net = Net(len(alphabet), len(labels), params["width"]).to(run.device)
    schedule = TrainingSchedule(
        params["epochs"],
        params["batch_size"],
        params["learning_rate"],
        params["patience"],
        min_examples_per_epoch=params["min_examples_per_epoch"],
    )
    learned, held = split_held(len(examples), schedule, run.seed)

    def loss_on(part: torch.Tensor) -> torch.Tensor:
        codes = codes_of([texts[int(one)] for one in part], alphabet, params["max_length"])
        goal = torch.full(codes.shape, NOTHING, dtype=torch.long)
        for row, one in enumerate(part):
            told = tags[int(one)][: codes.shape[1]][: params["max_length"]]
            goal[row, : len(told)] = torch.from_numpy(told)
        goal[codes == PAD] = NOTHING
        logits = net(codes.to(run.device))
        return F.cross_entropy(logits.flatten(0, 1), goal.flatten().to(run.device), ignore_index=NOTHING)

    def held_out() -> float:
        with torch.inference_mode():
            return float(np.mean([float(loss_on(part)) for part in torch.split(held, 32)]))

    train_network(
        net, learned, lambda part, rng: loss_on(part), schedule, run, held_out=held_out if len(held) else None
    )
    return SpanNet(labels, alphabet, net, params["width"], run.device)


def load(folder: Path, cache: Path) -> SpanNet:
    """See `Recipe.load`."""
    card = json.loads((folder / "net.json").read_text())
    net = Net(len(card["alphabet"]), len(card["labels"]), card["width"])
    net.load_state_dict(torch.load(folder / "net.pt", weights_only=True, map_location="cpu"))
    return SpanNet(card["labels"], card["alphabet"], net, card["width"], "cpu")
