"""Keypoints: an object by its centre, each of its points by the way to it from there."""

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
    key="keypoints_centers",
    module=__name__,
    parameters=Parameters,
    title="Center-based keypoint detection",
    description=("Finds each object and the offsets to its keypoints by a feature pyramid on EfficientNet-Lite0."),
    media_types=frozenset({"image"}),
    annotation_types=frozenset({"keypoints"}),
    queue="gpu",
    baseline="layout",
    is_neural_network=True,
    exports_onnx=True,
    min_cost_labels=60,
)

STRIDE, WIDTH = 8, 64


@dataclass
class PointFinder:
    """A network that marks skeletons; `counts` are the keypoints of each label."""

    labels: list[str]
    counts: list[int]
    net: dense.Dense
    side: int
    device: str

    def predict(self, examples: Sequence[Example]) -> list[RegionsAnnotation]:
        """Answers with a `score` in each region; every point is said to be seen."""
        from workers.recipes import centers

        decode = centers.Decode(self.counts)
        detections = centers.detect_objects(self.net, examples, self.side, self.device, decode)
        return [
            regions_value("keypoints", outputs, self.labels, image_size_of(example)) for example, outputs in detections
        ]

    def save(self, folder: Path) -> None:
        """See `TrainedModel.save`."""
        from workers.recipes import dense

        dense.save_net(self.net, folder)
        saved = {"labels": self.labels, "counts": self.counts, "side": self.side}
        (folder / "net.json").write_text(json.dumps(saved))

    def image_size(self) -> int:
        """See `OnnxExportable.image_size`."""
        return self.side

    def export_onnx(self, path: Path) -> None:
        """See `OnnxExportable.export_onnx`."""
        import torch

        from workers.recipes import centers
        from workers.recipes.networks import export

        sample = (torch.zeros(2, self.side, self.side, 3),)
        graph = centers.Exported(self.net, "keypoints", self.counts)
        export(graph, sample, path, ["pixels"], list(GRAPHS["keypoints"]))
        self.net.to(self.device)


def _net(classes: int, points: int, *, is_tuned: bool, is_pretrained: bool) -> dense.Dense:
    from workers.recipes import dense

    heads = {"heat": classes, "box": 4, "pose": 2 * points}
    return dense.Dense(heads, stride=STRIDE, width=WIDTH, is_tuned=is_tuned, is_pretrained=is_pretrained)


def object_targets(example: Example, labels: list[str]) -> list[centers.ObjectTarget]:
    """Skeletons with a point that is there, by the box around those points."""
    from workers.recipes import centers

    size = np.array([*image_size_of(example), 1.0])
    targets = []
    for region in example.target:
        points = region.keypoints / size
        visible = points[points[:, 2] > 0]
        if not len(visible):
            continue
        low, high = visible[:, :2].min(axis=0), visible[:, :2].max(axis=0)
        (x, y), (w, h) = (low + high) / 2, np.maximum(high - low, 0.01)
        targets.append(centers.ObjectTarget(labels.index(region.label), x, y, w, h, points))
    return targets


def fit(examples: Sequence[Example], labels: list[str], params: Parameters, run: Run) -> PointFinder:
    """See `Recipe.fit`."""
    import torch
    from torch import nn

    from workers.recipes import centers, dense

    torch.manual_seed(run.seed)
    side = params.image_size // 32 * 32
    counts = dict.fromkeys(labels, 0)
    for example in examples:
        for region in example.target:
            counts[region.label] = max(counts[region.label], len(region.keypoints))
    most = max(1, *counts.values())
    net = _net(len(labels), most, is_tuned=params.backbone == "tuned", is_pretrained=True)
    nn.init.constant_(net.out["heat"].bias, -3.0)  # type: ignore[arg-type]  # at first, nothing is there

    def targets(example: Example, mirrored: bool) -> dict[str, NDArray[np.float32]]:
        return centers.targets(object_targets(example, labels), len(labels), most, side // STRIDE)

    # Not mirrored: a left hand would become a right one, and nothing says which names those are.
    model = PointFinder(labels, list(counts.values()), net, side, run.device)
    dense.fit_dense(model, examples, targets, centers.loss, replace(params, image_size=side), run, mirrors=False)
    return model


def load(folder: Path, cache: Path) -> PointFinder:
    """See `Recipe.load`."""
    from workers.recipes import dense

    saved = json.loads((folder / "net.json").read_text())
    net = _net(len(saved["labels"]), max(1, *saved["counts"]), is_tuned=False, is_pretrained=False)
    dense.load_net(net, folder)
    return PointFinder(saved["labels"], saved["counts"], net, saved["side"], "cpu")
