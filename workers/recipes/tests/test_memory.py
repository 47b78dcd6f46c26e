"""A device that runs out of memory: the batch is halved, and what is learned stays the same."""

from pathlib import Path

import pytest
import torch
from torch import nn

from workers.recipes.base import Run
from workers.recipes.networks import OutOfMemory, TrainingSchedule, train_network


def trained(folder: Path, holds: int) -> tuple[torch.Tensor, list[int]]:
    """Weights after training on a device that holds `holds` examples at once, and the sizes it was asked for."""
    folder.mkdir()
    torch.manual_seed(0)
    x = torch.randn(64, 5)
    y = x @ torch.arange(5.0)
    net, sizes = nn.Linear(5, 1), []

    def loss_of(part: torch.Tensor, rng: torch.Generator) -> torch.Tensor:
        sizes.append(len(part))
        if len(part) > holds:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")
        return ((net(x[part]).squeeze(1) - y[part]) ** 2).mean()

    schedule = TrainingSchedule(epochs=3, batch_size=32, learning_rate=0.05, weight_decay=0.0, patience=0)
    train_network(net, torch.arange(64), loss_of, schedule, Run(folder, folder))
    return torch.cat([net.weight.flatten(), net.bias]).detach(), sizes


def test_a_batch_that_does_not_fit_is_halved_and_teaches_the_same(tmp_path):
    whole, _ = trained(tmp_path / "a", 1000)
    halved, sizes = trained(tmp_path / "b", 10)
    assert sizes[:4] == [32, 16, 8, 8]
    assert max(sizes[3:]) == 8  # it does not try again what did not fit
    torch.testing.assert_close(whole, halved, atol=1e-5, rtol=1e-4)


def test_a_device_that_holds_nothing_says_what_to_change(tmp_path):
    with pytest.raises(OutOfMemory, match="smaller image size"):
        trained(tmp_path / "c", 1)
