"""A small convolutional network, trained from scratch; resumes from its last epoch."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from workers.recipes.base import Example, Run
from workers.recipes.linear import classes_of
from workers.recipes.spec import RecipeSpec, choice_field, integer_field, number_field, validation_field

if TYPE_CHECKING:
    import torch

    from workers.recipes.modules import SmallCnn


@dataclass(frozen=True)
class Parameters:
    """Hyper-parameters."""

    epochs: int = integer_field("Epochs", 15, min=1, max=500)
    image_size: int = integer_field("Image size (px)", 32, min=16, max=128)
    width: int = integer_field("Base channels", 32, min=8, max=128)
    batch_size: int = integer_field("Batch size", 64, min=8, max=1024)
    learning_rate: float = number_field("Learning rate", 0.003, min=1e-5, max=0.1, log=True)
    validation_percent: int = validation_field()
    patience: int = integer_field("Early-stopping patience (0 = off)", 0, min=0, max=100)
    mixing: str = choice_field("Example mixing", "none", "none", "mixup", "bc", "bc+")
    mixup_alpha: float = number_field("Mixup α (Beta distribution)", 1.0, min=0.05, max=10)


SPEC = RecipeSpec(
    key="image_cnn",
    module=__name__,
    parameters=Parameters,
    title="Small CNN",
    description=("A small convolutional network trained from scratch; uses a GPU if available and can be resumed."),
    media_types=frozenset({"image"}),
    annotation_types=frozenset({"classification"}),
    queue="gpu",
    baseline="image_logistic",
    is_neural_network=True,
    exports_onnx=True,
    min_cost_labels=500,
)


@dataclass
class Cnn:
    """A trained network and how its input is made."""

    labels: list[str]
    net: SmallCnn
    side: int
    width: int
    device: str

    def predict(self, examples: Sequence[Example]) -> NDArray[np.float64]:
        """See `TrainedModel.predict`."""
        from workers.recipes.networks import predict_probabilities

        return predict_probabilities(self.net, examples, self.side, len(self.labels), self.device, batch=256)

    def save(self, folder: Path) -> None:
        """See `TrainedModel.save`."""
        import torch

        torch.save(self.net.state_dict(), folder / "net.pt")
        saved = {
            "labels": self.labels, "side": self.side, "width": self.width, "centered": self.net.centered,
        }  # fmt: skip
        (folder / "net.json").write_text(json.dumps(saved))

    def image_size(self) -> int:
        """See `OnnxExportable.image_size`."""
        return self.side

    def export_onnx(self, path: Path) -> None:
        """See `OnnxExportable.export_onnx`."""
        import torch

        from workers.recipes.modules import Probabilities
        from workers.recipes.networks import export

        sample = torch.zeros(2, self.side, self.side, 3)
        export(Probabilities(self.net), (sample,), path, ["pixels"], ["probabilities"])
        self.net.to(self.device)


def augment(pixels: torch.Tensor, rng: torch.Generator) -> torch.Tensor:
    """Mirror half of the pictures; move all by up to an eighth of their side."""
    import torch
    from torch.nn import functional as F  # noqa: N812  # torch's own custom

    mirrored = torch.rand(len(pixels), generator=rng) < 0.5
    pixels = torch.where(mirrored[:, None, None, None], pixels.flip(2), pixels)
    reach = pixels.shape[1] // 8
    dy, dx = torch.randint(-reach, reach + 1, (2,), generator=rng).tolist()
    padded = F.pad(pixels.permute(0, 3, 1, 2), (reach,) * 4, mode="replicate").permute(0, 2, 3, 1)
    side = pixels.shape[1]
    return padded[:, reach + dy : reach + dy + side, reach + dx : reach + dx + side]


def fit(examples: Sequence[Example], labels: list[str], params: Parameters, run: Run) -> Cnn:
    """See `Recipe.fit`. With `mixing`, it learns from mixtures of two examples (`workers.recipes.mixing`)."""
    import torch
    from torch.nn import functional as F  # noqa: N812  # torch's own custom

    from workers.recipes import mixing
    from workers.recipes.modules import SmallCnn
    from workers.recipes.networks import (
        TrainingSchedule,
        cached_pixels,
        primary_metric,
        split_validation,
        train_network,
    )

    torch.manual_seed(run.seed)
    pixels = cached_pixels(examples, params.image_size).float()
    y = torch.from_numpy(classes_of(labels, [example.target for example in examples]))
    net = SmallCnn(len(labels), params.width, centered=params.mixing == "bc+").to(run.device)
    schedule = TrainingSchedule(
        params.epochs, params.batch_size, params.learning_rate, params.validation_percent, params.patience
    )
    training, validation = split_validation(len(examples), schedule, run.seed)

    def views(part: torch.Tensor, rng: torch.Generator) -> torch.Tensor:
        return augment(pixels[part], rng)

    def loss_of(part: torch.Tensor, rng: torch.Generator) -> torch.Tensor:
        return mixing.class_loss(net, views, y, training, part, rng, run.device, params)

    model = Cnn(labels, net, params.image_size, params.width, run.device)

    def held_out() -> dict[str, float]:
        with torch.inference_mode():
            parts = [net(pixels[part].to(run.device)).cpu() for part in torch.split(validation, 256)]
        loss = float(F.cross_entropy(torch.cat(parts), y[validation]))
        return {"validation_loss": loss} | primary_metric(model, [examples[int(index)] for index in validation])

    train_network(net, training, loss_of, schedule, run, held_out=held_out if len(validation) else None)
    return model


def load(folder: Path, cache: Path) -> Cnn:
    """See `Recipe.load`."""
    import torch

    from workers.recipes.modules import SmallCnn

    saved = json.loads((folder / "net.json").read_text())
    net = SmallCnn(len(saved["labels"]), saved["width"], centered=saved["centered"])
    net.load_state_dict(torch.load(folder / "net.pt", weights_only=True))
    return Cnn(saved["labels"], net, saved["side"], saved["width"], "cpu")
