"""EfficientNet-Lite0 tuned to the labels: a new head learns fast, the layers below ever slower.

Discriminative rates after J. Howard and S. Ruder 2018 (arXiv 1801.06146): each group of layers learns at a fraction of
the rate of the one above it. Batch statistics stay those of ImageNet: small batches would spoil them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from workers.recipes.backbones import efficientnet_lite0 as backbone
from workers.recipes.base import Example, Run
from workers.recipes.image_cnn import augment
from workers.recipes.linear import classes_of, logistic_head
from workers.recipes.spec import RecipeSpec, choice_field, integer_field, number_field, validation_field

if TYPE_CHECKING:
    import torch

    from workers.recipes.modules import TunedBackbone


@dataclass(frozen=True)
class Parameters:
    """Hyper-parameters."""

    epochs: int = integer_field("Epochs", 5, min=1, max=200)
    image_size: int = integer_field("Image size (px)", 224, min=32, max=512)
    batch_size: int = integer_field("Batch size", 32, min=2, max=512)
    learning_rate: float = number_field("Head learning rate", 0.001, min=1e-6, max=0.1, log=True)
    layerwise_lr_decay: float = number_field("Layer-wise learning-rate decay", 2.6, min=1, max=20)
    min_examples_per_epoch: int = integer_field("Minimum examples per epoch", 100, min=1, max=10_000)
    validation_percent: int = validation_field()
    patience: int = integer_field("Early-stopping patience (0 = off)", 0, min=0, max=100)
    mixing: str = choice_field("Example mixing", "none", "none", "mixup", "bc", "bc+")
    mixup_alpha: float = number_field("Mixup α (Beta distribution)", 1.0, min=0.05, max=10)


SPEC = RecipeSpec(
    key="image_finetune",
    module=__name__,
    parameters=Parameters,
    title="Fine-tuned EfficientNet-Lite0",
    description="Fine-tunes all layers of EfficientNet-Lite0; lower layers learn more slowly.",
    media_types=frozenset({"image"}),
    annotation_types=frozenset({"classification"}),
    queue="gpu",
    baseline="image_logistic",
    is_neural_network=True,
    exports_onnx=True,
    min_cost_labels=100,
)


@dataclass
class Finetuned:
    """A tuned network and how its input is made."""

    labels: list[str]
    net: TunedBackbone
    side: int
    device: str

    def predict(self, examples: Sequence[Example]) -> NDArray[np.float64]:
        """(n, classes) probabilities."""
        from workers.recipes.networks import predict_probabilities

        return predict_probabilities(self.net, examples, self.side, len(self.labels), self.device, batch=64)

    def save(self, folder: Path) -> None:
        """See `TrainedModel.save`."""
        import torch

        torch.save(self.net.state_dict(), folder / "net.pt")
        saved = {"labels": self.labels, "side": self.side, "centered": self.net.centered}
        (folder / "net.json").write_text(json.dumps(saved))

    def image_size(self) -> int:
        """See `OnnxExportable.image_size`."""
        return self.side

    def export_onnx(self, path: Path) -> None:
        """See `OnnxExportable.export_onnx`."""
        import torch

        from workers.recipes.modules import Probabilities
        from workers.recipes.networks import export

        export(Probabilities(self.net), (torch.zeros(2, self.side, self.side, 3),), path, ["pixels"], ["probabilities"])
        self.net.to(self.device)


def _groups(net: TunedBackbone, learning_rate: float, layerwise_lr_decay: float) -> list[dict[str, object]]:
    """Head, last blocks, middle blocks, the rest: each `layerwise_lr_decay` times slower than the one above it."""
    blocks = list(net.body._blocks)  # type: ignore[arg-type]
    parts = [
        [net.head],
        [*blocks[11:], net.body._conv_head, net.body._bn1],
        blocks[5:11],
        [*blocks[:5], net.body._conv_stem, net.body._bn0],
    ]
    return [
        {
            "params": [value for module in part for value in module.parameters()],
            "lr": learning_rate / layerwise_lr_decay**depth,
        }
        for depth, part in enumerate(parts)
    ]


def fit(examples: Sequence[Example], labels: list[str], params: Parameters, run: Run) -> Finetuned:
    """See `Recipe.fit`. The head begins where a linear probe ends, so that tuning starts from a model that works."""
    import torch
    from torch.nn import functional as F  # noqa: N812  # torch's own custom

    from workers.recipes import mixing
    from workers.recipes.modules import TunedBackbone
    from workers.recipes.networks import (
        TrainingSchedule,
        cached_pixels,
        primary_metric,
        split_validation,
        train_network,
    )

    run.raise_if_stopped()
    torch.manual_seed(run.seed)
    side = params.image_size
    y = torch.from_numpy(classes_of(labels, [example.target for example in examples]))
    net = TunedBackbone(backbone.torch_module(), len(labels), centered=params.mixing == "bc+")
    schedule = TrainingSchedule(
        params.epochs,
        params.batch_size,
        params.learning_rate,
        params.validation_percent,
        params.patience,
        min_examples_per_epoch=params.min_examples_per_epoch,
    )
    training, validation = split_validation(len(examples), schedule, run.seed)
    if side == backbone.SIDE and not net.centered:
        frozen_features = backbone.features([examples[int(index)] for index in training], run.cache, run).astype(
            np.float64
        )
        weights, bias = logistic_head(frozen_features, y[training].numpy(), len(labels), C=0.5, seed=run.seed)
        with torch.no_grad():
            net.head.weight.copy_(torch.from_numpy(weights))
            net.head.bias.copy_(torch.from_numpy(bias).clamp_min(-5))
    net.to(run.device)

    def pixels_of(part: torch.Tensor) -> torch.Tensor:
        return cached_pixels([examples[int(index)] for index in part], side).float()

    def loss_of(part: torch.Tensor, rng: torch.Generator) -> torch.Tensor:
        return mixing.class_loss(
            net, lambda of, draws: augment(pixels_of(of), draws), y, training, part, rng, run.device, params
        )

    model = Finetuned(labels, net, side, run.device)

    def held_out() -> dict[str, float]:
        with torch.inference_mode():
            parts = [net(pixels_of(part).to(run.device)).cpu() for part in torch.split(validation, 64)]
        loss = float(F.cross_entropy(torch.cat(parts), y[validation]))
        return {"validation_loss": loss} | primary_metric(model, [examples[int(index)] for index in validation])

    groups = _groups(net, params.learning_rate, params.layerwise_lr_decay)
    train_network(net, training, loss_of, schedule, run, held_out=held_out if len(validation) else None, groups=groups)
    return model


def load(folder: Path, cache: Path) -> Finetuned:
    """See `Recipe.load`."""
    import torch

    from workers.recipes.modules import TunedBackbone

    saved = json.loads((folder / "net.json").read_text())
    net = TunedBackbone(backbone.empty_module(), len(saved["labels"]), centered=saved["centered"])
    net.load_state_dict(torch.load(folder / "net.pt", weights_only=True))
    return Finetuned(saved["labels"], net.eval(), saved["side"], "cpu")
