"""A small convolutional network, trained from scratch; resumes from its last epoch."""

import json
import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional as F  # noqa: N812  # torch's own custom

from workers.recipes.base import Example, Run, check_run, read_rgb

# Examples held out for early stopping, at least; fewer say nothing.
LEAST_HELD = 20
_pixels: dict[tuple[str, int], NDArray[np.uint8]] = {}


class Net(nn.Module):
    """Three stages of two convolutions; (n, side, side, 3) pixels of 0–255 in, logits out."""

    def __init__(self, classes: int, width: int) -> None:
        super().__init__()
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

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        """Logits."""
        x = (pixels.permute(0, 3, 1, 2) - 127.5) / 64.0
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
        self.net.eval()
        found = []
        with torch.inference_mode():
            for begin in range(0, len(examples), 256):
                pixels = _load(examples[begin : begin + 256], self.side).to(self.device)
                found.append(self.net(pixels).double().softmax(dim=1).cpu().numpy())
        return np.concatenate(found) if found else np.zeros((0, len(self.labels)))

    def save(self, folder: Path) -> None:
        """See `Trained.save`."""
        torch.save(self.net.state_dict(), folder / "net.pt")
        card = {"labels": self.labels, "side": self.side, "width": self.width}
        (folder / "net.json").write_text(json.dumps(card))

    def input_side(self) -> int:
        """See `Trained.input_side`."""
        return self.side

    def export_onnx(self, path: Path) -> None:
        """See `Trained.export_onnx`."""
        module = _Exported(self.net).cpu().eval()
        torch.onnx.export(
            module,
            (torch.zeros(2, self.side, self.side, 3),),
            str(path),
            input_names=["pixels"],
            output_names=["probabilities"],
            dynamic_axes={"pixels": {0: "n"}, "probabilities": {0: "n"}},
            opset_version=17,
            dynamo=False,
        )
        self.net.to(self.device)


def _load(examples: Sequence[Example], side: int) -> torch.Tensor:
    for example in examples:
        if (example.key, side) not in _pixels:
            _pixels[example.key, side] = read_rgb(example.path, side)
    return torch.from_numpy(np.stack([_pixels[example.key, side] for example in examples])).float()


def _augment(pixels: torch.Tensor, rng: torch.Generator) -> torch.Tensor:
    """Mirror half of the pictures; move all by up to an eighth of their side."""
    mirrored = torch.rand(len(pixels), generator=rng) < 0.5
    pixels = torch.where(mirrored[:, None, None, None], pixels.flip(2), pixels)
    reach = pixels.shape[1] // 8
    dy, dx = torch.randint(-reach, reach + 1, (2,), generator=rng).tolist()
    padded = F.pad(pixels.permute(0, 3, 1, 2), (reach,) * 4, mode="replicate").permute(0, 2, 3, 1)
    side = pixels.shape[1]
    return padded[:, reach + dy : reach + dy + side, reach + dx : reach + dx + side]


def fit(examples: Sequence[Example], labels: list[str], params: dict[str, Any], run: Run) -> Cnn:
    """See `Recipe.fit`. Adam with a one-cycle rate; small sets get as many steps as 500 examples would.

    With `patience`, a tenth of the examples is held out; training stops once their loss has not fallen for so many
    epochs, and the best epoch's weights are kept. Sets that would hold out fewer than `LEAST_HELD` are trained to the
    end.
    """
    torch.manual_seed(run.seed)
    rng = torch.Generator().manual_seed(run.seed)
    index = {label: number for number, label in enumerate(labels)}
    pixels = _load(examples, params["side"])
    y = torch.tensor([index[example.label] for example in examples])
    net = Net(len(labels), params["width"]).to(run.device)
    held = len(examples) // 10 if params["patience"] else 0
    held = held if held >= LEAST_HELD else 0
    order = torch.randperm(len(examples), generator=torch.Generator().manual_seed(run.seed)) if held else None
    aside = None if order is None else (pixels[order[:held]], y[order[:held]])
    if order is not None:
        pixels, y = pixels[order[held:]], y[order[held:]]
    batch = min(params["batch"], len(y))
    rounds = max(1, -(-500 // len(y)))  # passes over the data that make one epoch
    steps = rounds * -(-len(y) // batch)
    optimizer = torch.optim.Adam(net.parameters(), lr=params["rate"], weight_decay=1e-4)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, params["rate"], total_steps=params["epochs"] * steps)
    checkpoint = run.workdir / "checkpoint.pt"
    begin, best = _resume(checkpoint, net, optimizer, schedule, rng)
    for epoch in range(begin, params["epochs"]):
        if aside is not None and best.since >= params["patience"]:
            break
        loss = _epoch(net, pixels, y, optimizer, schedule, rng, run, batch=batch, rounds=rounds)
        values = {"loss": loss}
        if aside is not None:
            values["held_out_loss"] = _held_out(net, *aside, run.device)
            best = best.after(values["held_out_loss"], net)
        _keep(checkpoint, net, optimizer, schedule, rng, epoch + 1, best)
        run.log(epoch + 1, params["epochs"], **values)
    if aside is not None and best.weights is not None:
        net.load_state_dict(best.weights)
    return Cnn(labels, net, params["side"], params["width"], run.device)


def _batches(n: int, size: int, rng: torch.Generator) -> list[torch.Tensor]:
    """A shuffled pass; a lone last example is doubled, because batch normalization needs two."""
    parts: tuple[torch.Tensor, ...] = torch.split(torch.randperm(n, generator=rng), size)
    return [part.repeat(2) if len(part) == 1 else part for part in parts]


def _epoch(
    net: Net,
    pixels: torch.Tensor,
    y: torch.Tensor,
    optimizer: torch.optim.Optimizer,
    schedule: torch.optim.lr_scheduler.LRScheduler,
    rng: torch.Generator,
    run: Run,
    *,
    batch: int,
    rounds: int,
) -> float:
    net.train()
    total, seen = 0.0, 0
    for _ in range(rounds):
        for part in _batches(len(y), batch, rng):
            check_run(run)
            logits = net(_augment(pixels[part], rng).to(run.device))
            loss = F.cross_entropy(logits, y[part].to(run.device), label_smoothing=0.05)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]  # torch ships this one untyped
            optimizer.step()
            schedule.step()
            total, seen = total + float(loss.detach()) * len(part), seen + len(part)
    return total / seen


@dataclass(frozen=True)
class _Best:
    """The best epoch so far, and how many came since."""

    loss: float = math.inf
    since: int = 0
    weights: dict[str, torch.Tensor] | None = None

    def after(self, loss: float, net: Net) -> "_Best":
        """With one epoch more."""
        if loss < self.loss:
            return _Best(loss, 0, {key: value.detach().cpu().clone() for key, value in net.state_dict().items()})
        return _Best(self.loss, self.since + 1, self.weights)


def _held_out(net: Net, pixels: torch.Tensor, y: torch.Tensor, device: str) -> float:
    net.eval()
    with torch.inference_mode():
        parts = zip(torch.split(pixels, 256), torch.split(y, 256), strict=True)
        losses = [F.cross_entropy(net(x.to(device)), t.to(device), reduction="sum") for x, t in parts]
    return float(torch.stack(losses).sum()) / len(y)


def _keep(path: Path, net: Net, optimizer: Any, schedule: Any, rng: torch.Generator, epoch: int, best: _Best) -> None:
    """Write whole, then rename: a kill in between leaves the older checkpoint."""
    draft = path.with_suffix(f".{os.getpid()}.tmp")
    state = {
        "net": net.state_dict(),
        "optimizer": optimizer.state_dict(),
        "schedule": schedule.state_dict(),
        "rng": rng.get_state(),
        "torch_rng": torch.get_rng_state(),
        "epoch": epoch,
        "best": {"loss": best.loss, "since": best.since, "weights": best.weights},
    }
    torch.save(state, draft)
    draft.replace(path)


def _resume(path: Path, net: Net, optimizer: Any, schedule: Any, rng: torch.Generator) -> tuple[int, _Best]:
    """The epoch to go on from, and the best one so far."""
    if not path.exists():
        return 0, _Best()
    state = torch.load(path, weights_only=True, map_location="cpu")
    net.load_state_dict(state["net"])
    optimizer.load_state_dict(state["optimizer"])
    schedule.load_state_dict(state["schedule"])
    rng.set_state(state["rng"])
    torch.set_rng_state(state["torch_rng"])
    return int(state["epoch"]), _Best(**state["best"])


def load(folder: Path, cache: Path) -> Cnn:
    """See `Recipe.load`."""
    card = json.loads((folder / "net.json").read_text())
    net = Net(len(card["labels"]), card["width"])
    net.load_state_dict(torch.load(folder / "net.pt", weights_only=True))
    return Cnn(card["labels"], net, card["side"], card["width"], "cpu")
