"""Training of networks: Adam, a one-cycle learning rate, checkpoints after each epoch, early stopping."""

import math
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from labelkit.metrics import score
from workers.recipes.base import Example, Run, TrainedModel, in_batches

# Fewer validation examples do not show when to stop.
MIN_VALIDATION = 20

_pixels: dict[tuple[str, int], NDArray[np.uint8]] = {}
BatchLoss = Callable[[torch.Tensor, torch.Generator], torch.Tensor]


def cached_pixels(examples: Sequence[Example], side: int) -> torch.Tensor:
    """(n, side, side, 3) bytes; decoded once a process, since every epoch and every model of a curve needs them."""
    missing = [example for example in examples if (example.key, side) not in _pixels]
    for part, pixels in in_batches(missing, side, 64):
        _pixels.update({(example.key, side): row for example, row in zip(part, pixels, strict=True)})
    return torch.from_numpy(np.stack([_pixels[example.key, side] for example in examples]))


def predict_probabilities(
    net: nn.Module, examples: Sequence[Example], side: int, classes: int, device: str, *, batch: int
) -> NDArray[np.float64]:
    """(n, classes) probabilities of a network that takes pixels of 0–255 and gives logits."""
    net.eval()
    probabilities = [np.zeros((0, classes))]
    with torch.inference_mode():
        for begin in range(0, len(examples), batch):
            pixels = cached_pixels(examples[begin : begin + batch], side).float().to(device)
            probabilities.append(net(pixels).double().softmax(dim=1).cpu().numpy())
    return np.concatenate(probabilities)


@dataclass(frozen=True)
class TrainingSchedule:
    """How long and how fast.

    `min_examples_per_epoch` examples make an epoch: fewer are gone through several times. `validation_percent` of the
    examples are not learned from but tested on after each epoch. With them and `patience`, training stops once their
    loss has not fallen for so many epochs, and the best epoch's weights are kept.
    """

    epochs: int
    batch_size: int
    learning_rate: float
    validation_percent: int = 0
    patience: int = 0
    min_examples_per_epoch: int = 500
    weight_decay: float = 1e-4


def split_validation(n: int, schedule: TrainingSchedule, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Training indices and validation indices, as many as the schedule says, or none where that is too few."""
    validation_count = n * schedule.validation_percent // 100
    if validation_count < MIN_VALIDATION:
        return torch.arange(n), torch.arange(0)
    order = torch.randperm(n, generator=torch.Generator().manual_seed(seed))
    return order[validation_count:], order[:validation_count]


def primary_metric(model: TrainedModel, examples: Sequence[Example]) -> dict[str, float]:
    """The primary metric of what a model predicts for validation examples, as `validation_` and its key."""
    scores = score(examples[0].annotation_type, model.predict(examples), examples, model.labels)
    key = scores.keys[0]
    return {f"validation_{key}": float(scores.values(np.arange(scores.item_count))[key])}


def train_network(
    net: nn.Module,
    examples: torch.Tensor,
    loss_of: BatchLoss,
    schedule: TrainingSchedule,
    run: Run,
    *,
    held_out: Callable[[], dict[str, float]] | None = None,
    groups: list[dict[str, Any]] | None = None,
) -> None:
    """Train in place; resumes from `run.checkpoint`.

    Args:
        net: On the run's device.
        examples: (n,) indices to learn from, in passes of shuffled batches.
        loss_of: The loss of a batch of indices; draws random numbers from its generator alone.
        schedule: How long and how fast.
        run: Logs each epoch; training stops between batches.
        held_out: `validation_loss` and further metrics of the validation examples; no early stopping without it.
        groups: Parameter groups, each with its own `lr`; all parameters at the schedule's rate where left out.

    Raises:
        RunStopped: the run was stopped; `run.checkpoint` has the last epoch.
    """
    rng = torch.Generator().manual_seed(run.seed)
    batch = min(schedule.batch_size, len(examples))
    rounds = max(1, -(-schedule.min_examples_per_epoch // len(examples)))
    steps = rounds * -(-len(examples) // batch)
    groups = groups or [{"params": list(net.parameters()), "lr": schedule.learning_rate}]
    optimizer = torch.optim.Adam(groups, lr=schedule.learning_rate, weight_decay=schedule.weight_decay)
    scheduler = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, [group["lr"] for group in groups], total_steps=schedule.epochs * steps
    )
    checkpoint = _Checkpoint(run.checkpoint, net, optimizer, scheduler, rng)
    begin, best = checkpoint.resume()
    max_batch = batch  # examples at once; fewer where the device's memory does not hold them
    for epoch in range(begin, schedule.epochs):
        if held_out is not None and schedule.patience and best.since >= schedule.patience:
            break
        net.train()
        total, example_count = 0.0, 0
        for _ in range(rounds):
            for part in _batches(examples, batch, rng):
                run.raise_if_stopped()
                optimizer.zero_grad(set_to_none=True)
                loss, max_batch = _learn(part, loss_of, rng, optimizer, max_batch)
                optimizer.step()
                scheduler.step()
                total, example_count = total + loss * len(part), example_count + len(part)
        values = {"training_loss": total / example_count}
        if held_out is not None:
            net.eval()
            values |= held_out()
            if schedule.patience:
                best = best.after(values["validation_loss"], net)
        values["learning_rate"] = float(optimizer.param_groups[0]["lr"])
        checkpoint.save(epoch + 1, best)
        run.log(epoch + 1, schedule.epochs, **values)
    if best.weights is not None:
        net.load_state_dict(best.weights)
    net.eval()


def _learn(
    part: torch.Tensor, loss_of: BatchLoss, rng: torch.Generator, optimizer: torch.optim.Optimizer, max_batch: int
) -> tuple[float, int]:
    """Add up the gradients of a batch, `max_batch` examples at once; returns the mean loss and the size that fitted.

    Where the device runs out of memory the batch is halved and begun again: one step goes on learning from all of it.

    Raises:
        OutOfMemory: not even two examples fit.
    """
    state = rng.get_state()
    while True:
        try:
            total = 0.0
            for piece in torch.split(part, max_batch):
                share = len(piece) / len(part)
                loss = loss_of(piece if len(piece) > 1 else piece.repeat(2), rng) * share
                loss.backward()  # type: ignore[no-untyped-call]  # torch ships this one untyped
                total += float(loss.detach())
            return total, max_batch
        except torch.OutOfMemoryError as error:
            if max_batch <= 2:
                message = "The GPU memory cannot hold two items at once. Choose a smaller image size or fewer channels."
                raise OutOfMemory(message) from error
            max_batch = max(2, min(max_batch, len(part)) // 2)
            rng.set_state(state)
            optimizer.zero_grad(set_to_none=True)
            if torch.cuda.is_available():
                torch.cuda.empty_cache()


class OutOfMemory(Exception):
    """The device cannot hold the smallest batch; the message says what to change."""


def _batches(examples: torch.Tensor, size: int, rng: torch.Generator) -> list[torch.Tensor]:
    """A shuffled pass; a lone last example is doubled, because batch normalization needs two."""
    order = examples[torch.randperm(len(examples), generator=rng)]
    parts: tuple[torch.Tensor, ...] = torch.split(order, size)
    return [part.repeat(2) if len(part) == 1 else part for part in parts]


@dataclass(frozen=True)
class _Best:
    """The best epoch so far, and the number of epochs since."""

    loss: float = math.inf
    since: int = 0
    weights: dict[str, torch.Tensor] | None = None

    def after(self, loss: float, net: nn.Module) -> "_Best":
        """Updated by an epoch with this validation loss."""
        if loss < self.loss:
            return _Best(loss, 0, {key: value.detach().cpu().clone() for key, value in net.state_dict().items()})
        return _Best(self.loss, self.since + 1, self.weights)


@dataclass(frozen=True)
class _Checkpoint:
    """Saves and restores everything that changes during training."""

    path: Path
    net: nn.Module
    optimizer: torch.optim.Optimizer
    scheduler: torch.optim.lr_scheduler.LRScheduler
    rng: torch.Generator

    def save(self, epoch: int, best: _Best) -> None:
        """Write whole, then rename: a kill in between leaves the older checkpoint."""
        draft = self.path.with_suffix(f".{os.getpid()}.tmp")
        state = {
            "net": self.net.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "schedule": self.scheduler.state_dict(),
            "rng": self.rng.get_state(),
            "torch_rng": torch.get_rng_state(),
            "epoch": epoch,
            "best": {"loss": best.loss, "since": best.since, "weights": best.weights},
        }
        torch.save(state, draft)
        draft.replace(self.path)

    def resume(self) -> tuple[int, _Best]:
        """Restore; returns the epoch to resume at, and the best epoch so far."""
        if not self.path.exists():
            return 0, _Best()
        state = torch.load(self.path, weights_only=True, map_location="cpu")
        self.net.load_state_dict(state["net"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.scheduler.load_state_dict(state["schedule"])
        self.rng.set_state(state["rng"])
        torch.set_rng_state(state["torch_rng"])
        return int(state["epoch"]), _Best(**state["best"])


def export(net: nn.Module, sample: tuple[torch.Tensor, ...], path: Path, inputs: list[str], outputs: list[str]) -> None:
    """Write an ONNX graph; the first axis of every input and output is free."""
    torch.onnx.export(
        net.cpu().eval(),
        sample,
        str(path),
        input_names=inputs,
        output_names=outputs,
        dynamic_axes={name: {0: "n"} for name in [*inputs, *outputs]},
        opset_version=17,
        dynamo=False,
    )
