"""What the recipes for boxes, masks and keypoints share: a feature pyramid on EfficientNet-Lite0, and its training.

The pyramid is that of T.-Y. Lin et al. 2017 (arXiv 1612.03144), narrow. With a frozen backbone its maps are computed
once for each picture and its mirror image, so that small sets train on a CPU in minutes.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional as F  # noqa: N812  # torch's own custom

from workers.recipes.backbones import efficientnet_lite0 as backbone
from workers.recipes.base import Example, Run, in_batches, read_rgb
from workers.recipes.networks import TrainingSchedule, train_network

# Pictures whose maps are kept in memory while a head learns; beyond that they are computed again.
MOST_KEPT = 800
Maps = list[torch.Tensor]


class DenseParameters(Protocol):
    """Parameters that every dense recipe has."""

    @property
    def epochs(self) -> int: ...

    @property
    def image_size(self) -> int: ...

    @property
    def batch_size(self) -> int: ...

    @property
    def learning_rate(self) -> float: ...

    @property
    def min_examples_per_epoch(self) -> int: ...


class Dense(nn.Module):
    """Backbone, pyramid, and one map for each of `heads` at a quarter or an eighth of the side.

    Args:
        heads: Name to channels.
        stride: 4 or 8.
        width: Channels of the pyramid.
        tuned: Whether the backbone learns too.
        known: Whether the backbone comes with its weights.
    """

    def __init__(self, heads: dict[str, int], *, stride: int, width: int, tuned: bool, known: bool) -> None:
        super().__init__()
        self.stride, self.tuned, self.heads = stride, tuned, dict(heads)
        self.backbone = backbone.torch_module() if known else backbone.empty_module()
        self.backbone.requires_grad_(tuned)
        channels = backbone.PYRAMID_CHANNELS[0 if stride == 4 else 1 :]
        self.laterals = nn.ModuleList([nn.Conv2d(one, width, 1) for one in channels])
        self.smooth = nn.Sequential(
            *(
                layer
                for _ in range(2)
                for layer in (nn.Conv2d(width, width, 3, padding=1, bias=False), nn.BatchNorm2d(width), nn.ReLU())
            )
        )
        self.out = nn.ModuleDict({name: nn.Conv2d(width, count, 1) for name, count in heads.items()})

    def train(self, mode: bool = True) -> "Dense":
        """The backbone's batch normalization keeps the statistics that it came with."""
        super().train(mode)
        self.backbone.eval()
        return self

    def maps(self, pixels: torch.Tensor) -> Maps:
        """(n, side, side, 3) pixels of 0–255 to the maps that the pyramid needs."""
        found: Maps = self.backbone.pyramid(pixels)
        return found[0 if self.stride == 4 else 1 :]

    def answer(self, maps: Maps) -> dict[str, torch.Tensor]:
        """Maps to the heads' outputs (n, channels, side / stride, side / stride)."""
        top: torch.Tensor | None = None
        for lateral, one in zip(reversed(self.laterals), reversed(maps), strict=True):
            here = lateral(one)
            top = here if top is None else here + F.interpolate(top, scale_factor=2.0, mode="nearest")
        shared = self.smooth(top)
        return {name: head(shared) for name, head in self.out.items()}

    def forward(self, pixels: torch.Tensor) -> dict[str, torch.Tensor]:
        """All of it."""
        return self.answer(self.maps(pixels))


def compute(net: Dense, examples: Sequence[Example], side: int, device: str, *, batch: int = 16) -> Any:
    """Outputs of the heads for batches of examples, as numpy arrays."""
    net.eval()
    with torch.inference_mode():
        for part, pixels in in_batches(examples, side, batch):
            said = net(torch.from_numpy(pixels).float().to(device))
            yield part, {key: one.cpu().numpy() for key, one in said.items()}


def fit_dense(
    net: Dense,
    examples: Sequence[Example],
    targets: Callable[[Example, bool], dict[str, NDArray[np.float32]]],
    loss: Callable[[dict[str, torch.Tensor], dict[str, torch.Tensor]], torch.Tensor],
    params: DenseParameters,
    run: Run,
    *,
    mirrors: bool = True,
) -> None:
    """Train in place.

    Args:
        net: To be trained.
        examples: With values.
        targets: What the heads should say of an example, as it is or mirrored.
        loss: Of the heads' outputs against batches of targets.
        params: Of the recipe.
        run: See `train_network`.
        mirrors: Whether every second view is mirrored.
    """
    side = params.image_size
    net.to(run.device)
    kept: dict[tuple[int, bool], list[torch.Tensor]] = {}
    wanted: dict[tuple[int, bool], dict[str, torch.Tensor]] = {}
    keeps = not net.tuned and len(examples) <= MOST_KEPT

    def pixels(part: list[tuple[int, bool]]) -> torch.Tensor:
        views = [read_rgb(examples[place].path, side) for place, _ in part]
        flipped = [one[:, ::-1] if mirrored else one for one, (_, mirrored) in zip(views, part, strict=True)]
        return torch.from_numpy(np.stack(flipped)).float().to(run.device)

    def maps(part: list[tuple[int, bool]]) -> Maps:
        if net.tuned:
            return net.maps(pixels(part))
        missing = [one for one in part if one not in kept] if keeps else part
        with torch.no_grad():
            found = net.maps(pixels(missing)) if missing else []
        if not keeps:
            return found
        for number, one in enumerate(missing):
            kept[one] = [level[number].half().cpu() for level in found]
        levels = zip(*(kept[one] for one in part), strict=True)
        return [torch.stack(level).float().to(run.device) for level in levels]

    def loss_of(part: torch.Tensor, rng: torch.Generator) -> torch.Tensor:
        views = [
            (int(place), mirrors and bool(coin))
            for place, coin in zip(part, torch.rand(len(part), generator=rng) < 0.5, strict=True)
        ]
        for one in views:
            if one not in wanted:
                made = targets(examples[one[0]], one[1])
                wanted[one] = {key: torch.from_numpy(value) for key, value in made.items()}
        goal = {key: torch.stack([wanted[one][key] for one in views]).to(run.device) for key in wanted[views[0]]}
        return loss(net.answer(maps(views)), goal)

    run.raise_if_stopped()
    learning = [value for value in net.parameters() if value.requires_grad]
    body = set(net.backbone.parameters())
    groups = [{"params": [value for value in learning if value not in body], "lr": params.learning_rate}]
    if net.tuned:
        groups.append({"params": [value for value in learning if value in body], "lr": params.learning_rate / 10})
    schedule = TrainingSchedule(
        params.epochs,
        params.batch_size,
        params.learning_rate,
        min_examples_per_epoch=params.min_examples_per_epoch,
    )
    train_network(net, torch.arange(len(examples)), loss_of, schedule, run, groups=groups)


def save_net(net: nn.Module, folder: Path) -> None:
    """Weights alone."""
    torch.save(net.state_dict(), folder / "net.pt")


def load_net(net: nn.Module, folder: Path) -> None:
    """Weights alone; nothing is unpickled."""
    net.load_state_dict(torch.load(folder / "net.pt", weights_only=True, map_location="cpu"))
    net.eval()
