"""Boxes by their centres on a feature pyramid."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from labelkit.model_outputs import GRAPHS, regions_value
from labelkit.values import RegionsAnnotation
from workers.recipes.base import Example, Run, image_size_of
from workers.recipes.spec import RecipeSpec, choice_field, integer_field, number_field, validation_field

if TYPE_CHECKING:
    from workers.recipes import centers, dense


@dataclass(frozen=True)
class Parameters:
    """Hyper-parameters."""

    epochs: int = integer_field("Epochs", 20, min=1, max=500)
    image_size: int = integer_field("Image size (px)", 256, min=64, max=1024)
    backbone: str = choice_field("Pretrained layers", "frozen", "frozen", "tuned")
    batch_size: int = integer_field("Batch size", 8, min=2, max=128)
    learning_rate: float = number_field("Learning rate", 0.003, min=1e-5, max=0.1, log=True)
    min_examples_per_epoch: int = integer_field("Minimum examples per epoch", 60, min=1, max=10_000)
    validation_percent: int = validation_field()


SPEC = RecipeSpec(
    key="boxes_centers",
    module=__name__,
    parameters=Parameters,
    title="Center-based object detection",
    description=(
        "Finds object centers and sizes by a feature pyramid on EfficientNet-Lite0; trains "
        "small datasets in minutes on a CPU."
    ),
    media_types=frozenset({"image"}),
    annotation_types=frozenset({"boxes"}),
    queue="gpu",
    baseline="layout",
    is_neural_network=True,
    exports_onnx=True,
    min_cost_labels=60,
)

STRIDE, WIDTH = 8, 64


@dataclass
class Detector:
    """A network that marks boxes."""

    labels: list[str]
    net: dense.Dense
    side: int
    device: str

    def predict(self, examples: Sequence[Example]) -> list[RegionsAnnotation]:
        """Answers with a `score` in each region."""
        from workers.recipes import centers

        detections = centers.detect_objects(self.net, examples, self.side, self.device, centers.Decode())
        return [regions_value("boxes", outputs, self.labels, image_size_of(example)) for example, outputs in detections]

    def save(self, folder: Path) -> None:
        """See `TrainedModel.save`."""
        from workers.recipes import dense

        dense.save_net(self.net, folder)
        (folder / "net.json").write_text(json.dumps({"labels": self.labels, "side": self.side}))

    def image_size(self) -> int:
        """See `OnnxExportable.image_size`."""
        return self.side

    def export_onnx(self, path: Path) -> None:
        """See `OnnxExportable.export_onnx`."""
        import torch

        from workers.recipes import centers
        from workers.recipes.networks import export

        sample = (torch.zeros(2, self.side, self.side, 3),)
        export(centers.Exported(self.net, "boxes"), sample, path, ["pixels"], list(GRAPHS["boxes"]))
        self.net.to(self.device)


def object_targets(example: Example, labels: list[str]) -> list[centers.ObjectTarget]:
    """The boxes of an answer, upright; a turned one by the box around it."""
    from workers.recipes import centers

    width, height = image_size_of(example)
    index = {label: number for number, label in enumerate(labels)}
    targets = []
    for region in example.target:
        x, y, w, h = region.upright_box
        cx, cy = x + w / 2, y + h / 2
        targets.append(centers.ObjectTarget(index[region.label], cx / width, cy / height, w / width, h / height))
    return targets


def fit(examples: Sequence[Example], labels: list[str], params: Parameters, run: Run) -> Detector:
    """See `Recipe.fit`."""
    import torch
    from torch import nn

    from workers.recipes import centers, dense

    torch.manual_seed(run.seed)
    side = params.image_size // 32 * 32
    heads = {"heat": len(labels), "box": 4}
    net = dense.Dense(heads, stride=STRIDE, width=WIDTH, is_tuned=params.backbone == "tuned", is_pretrained=True)
    nn.init.constant_(net.out["heat"].bias, -3.0)  # type: ignore[arg-type]  # at first, nothing is there

    def targets(example: Example, mirrored: bool) -> dict[str, NDArray[np.float32]]:
        objects = object_targets(example, labels)
        objects = [target.mirrored() for target in objects] if mirrored else objects
        return centers.targets(objects, len(labels), 0, side // STRIDE)

    model = Detector(labels, net, side, run.device)
    dense.fit_dense(model, examples, targets, centers.loss, replace(params, image_size=side), run)
    return model


def load(folder: Path, cache: Path) -> Detector:
    """See `Recipe.load`."""
    from workers.recipes import dense

    saved = json.loads((folder / "net.json").read_text())
    net = dense.Dense(
        {"heat": len(saved["labels"]), "box": 4}, stride=STRIDE, width=WIDTH, is_tuned=False, is_pretrained=False
    )
    dense.load_net(net, folder)
    return Detector(saved["labels"], net, saved["side"], "cpu")
