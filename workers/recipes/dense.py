"""What the recipes for boxes, masks and keypoints share: a feature pyramid on EfficientNet-Lite0, and its training.

The pyramid is that of T.-Y. Lin et al. 2017 (arXiv 1612.03144), narrow. With a frozen backbone its maps are computed
once for each picture and its mirror image, so that small sets train on a CPU in minutes.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional as F  # noqa: N812  # torch's own custom

from workers.recipes.backbones import efficientnet_lite0 as backbone
from workers.recipes.base import Example, Run, TrainedModel, in_batches, read_rgb
from workers.recipes.networks import TrainingSchedule, primary_metric, split_validation, train_network

# Images whose maps are cached in memory while a head is trained; of larger sets they are computed again.
MAX_CACHED_IMAGES = 800
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

    @property
    def validation_percent(self) -> int: ...


class Dense(nn.Module):
    """Backbone, pyramid, and one map for each of `heads` at a quarter or an eighth of the side.

    Args:
        heads: Name to channels.
        stride: 4 or 8.
        width: Channels of the pyramid.
        is_tuned: Whether the backbone is trained too.
        is_pretrained: Whether the backbone comes with its weights.
    """

    def __init__(self, heads: dict[str, int], *, stride: int, width: int, is_tuned: bool, is_pretrained: bool) -> None:
        super().__init__()
        self.stride, self.is_tuned, self.heads = stride, is_tuned, dict(heads)
        self.backbone = backbone.torch_module() if is_pretrained else backbone.empty_module()
        self.backbone.requires_grad_(is_tuned)
        channels = backbone.PYRAMID_CHANNELS[0 if stride == 4 else 1 :]
        self.laterals = nn.ModuleList([nn.Conv2d(channel_count, width, 1) for channel_count in channels])
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
        maps: Maps = self.backbone.pyramid(pixels)
        return maps[0 if self.stride == 4 else 1 :]

    def run_heads(self, maps: Maps) -> dict[str, torch.Tensor]:
        """Maps to the heads' outputs (n, channels, side / stride, side / stride)."""
        top: torch.Tensor | None = None
        for lateral, level in zip(reversed(self.laterals), reversed(maps), strict=True):
            lateral_map = lateral(level)
            top = lateral_map if top is None else lateral_map + F.interpolate(top, scale_factor=2.0, mode="nearest")
        shared = self.smooth(top)
        return {name: head(shared) for name, head in self.out.items()}

    def forward(self, pixels: torch.Tensor) -> dict[str, torch.Tensor]:
        """All of it."""
        return self.run_heads(self.maps(pixels))


class DenseModel(TrainedModel, Protocol):
    """A model whose network this is."""

    net: Dense


def predict_heads(
    net: Dense, examples: Sequence[Example], side: int, device: str, *, batch: int = 16
) -> Iterator[tuple[Sequence[Example], dict[str, NDArray[np.float32]]]]:
    """Outputs of the heads for batches of examples, as numpy arrays."""
    net.eval()
    with torch.inference_mode():
        for part, pixels in in_batches(examples, side, batch):
            outputs = net(torch.from_numpy(pixels).float().to(device))
            yield part, {key: tensor.cpu().numpy() for key, tensor in outputs.items()}


def fit_dense(
    model: DenseModel,
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
        model: Whose network is to be trained.
        examples: With values.
        targets: What the heads should output for an example, as it is or mirrored.
        loss: Of the heads' outputs against batches of targets.
        params: Of the recipe.
        run: See `train_network`.
        mirrors: Whether every second view is mirrored.
    """
    net, side = model.net, params.image_size
    net.to(run.device)
    cached_maps: dict[tuple[int, bool], list[torch.Tensor]] = {}
    cached_targets: dict[tuple[int, bool], dict[str, torch.Tensor]] = {}
    is_cached = not net.is_tuned and len(examples) <= MAX_CACHED_IMAGES

    def pixels(part: list[tuple[int, bool]]) -> torch.Tensor:
        images = [read_rgb(examples[index].path, side) for index, _ in part]
        flipped = [image[:, ::-1] if mirrored else image for image, (_, mirrored) in zip(images, part, strict=True)]
        return torch.from_numpy(np.stack(flipped)).float().to(run.device)

    def maps(part: list[tuple[int, bool]]) -> Maps:
        if net.is_tuned:
            return net.maps(pixels(part))
        missing = [view for view in part if view not in cached_maps] if is_cached else part
        with torch.no_grad():
            computed = net.maps(pixels(missing)) if missing else []
        if not is_cached:
            return computed
        for number, view in enumerate(missing):
            cached_maps[view] = [level[number].half().cpu() for level in computed]
        levels = zip(*(cached_maps[view] for view in part), strict=True)
        return [torch.stack(level).float().to(run.device) for level in levels]

    def loss_of(part: torch.Tensor, rng: torch.Generator) -> torch.Tensor:
        coins = torch.rand(len(part), generator=rng) < 0.5
        return loss_on([(int(row), mirrors and bool(coin)) for row, coin in zip(part, coins, strict=True)])

    def loss_on(views: list[tuple[int, bool]]) -> torch.Tensor:
        for view in views:
            if view not in cached_targets:
                arrays = targets(examples[view[0]], view[1])
                cached_targets[view] = {key: torch.from_numpy(value) for key, value in arrays.items()}
        goal = {
            key: torch.stack([cached_targets[view][key] for view in views]).to(run.device)
            for key in cached_targets[views[0]]
        }
        return loss(net.run_heads(maps(views)), goal)

    def held_out() -> dict[str, float]:
        with torch.inference_mode():
            losses = [
                float(loss_on([(int(row), False) for row in part])) * len(part)
                for part in torch.split(validation, params.batch_size)
            ]
        metric = primary_metric(model, [examples[int(row)] for row in validation])
        return {"validation_loss": sum(losses) / len(validation)} | metric

    run.raise_if_stopped()
    trainable = [value for value in net.parameters() if value.requires_grad]
    backbone_parameters = set(net.backbone.parameters())
    groups = [
        {"params": [value for value in trainable if value not in backbone_parameters], "lr": params.learning_rate}
    ]
    if net.is_tuned:
        groups.append(
            {"params": [value for value in trainable if value in backbone_parameters], "lr": params.learning_rate / 10}
        )
    schedule = TrainingSchedule(
        params.epochs,
        params.batch_size,
        params.learning_rate,
        params.validation_percent,
        min_examples_per_epoch=params.min_examples_per_epoch,
    )
    training, validation = split_validation(len(examples), schedule, run.seed)
    train_network(net, training, loss_of, schedule, run, held_out=held_out if len(validation) else None, groups=groups)


def save_net(net: nn.Module, folder: Path) -> None:
    """Weights alone."""
    torch.save(net.state_dict(), folder / "net.pt")


def load_net(net: nn.Module, folder: Path) -> None:
    """Weights alone; nothing is unpickled."""
    net.load_state_dict(torch.load(folder / "net.pt", weights_only=True, map_location="cpu"))
    net.eval()
