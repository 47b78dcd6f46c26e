"""Masks: each pixel gets a label or none, and touching pixels of one label become one mask."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from labelkit.model_outputs import masks_value
from labelkit.values import RegionsAnnotation
from workers.recipes.base import Example, Run, image_size_of
from workers.recipes.spec import RecipeSpec, choice_field, integer_field, number_field, validation_field

if TYPE_CHECKING:
    import torch

    from workers.recipes import dense


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
    key="masks_pyramid",
    module=__name__,
    parameters=Parameters,
    title="Feature-pyramid segmentation",
    description="Classifies each pixel by a feature pyramid on EfficientNet-Lite0.",
    media_types=frozenset({"image"}),
    annotation_types=frozenset({"masks"}),
    queue="gpu",
    baseline="masks_pixels",
    is_neural_network=True,
    exports_onnx=True,
    min_cost_labels=60,
)

STRIDE, WIDTH = 4, 32


@dataclass
class Segmenter:
    """A network that says of each pixel what it shows; class 0 is the background."""

    labels: list[str]
    net: dense.Dense
    side: int
    device: str

    def predict(self, examples: Sequence[Example]) -> list[RegionsAnnotation]:
        """Answers with a `score` in each region: the mean share of its pixels."""
        import torch

        from workers.recipes import dense

        predictions = []
        for part, out in dense.predict_heads(self.net, examples, self.side, self.device):
            shares = torch.from_numpy(out["shares"]).softmax(dim=1).numpy()
            for row, example in enumerate(part):
                predictions.append(masks_value(shares[row], self.labels, image_size_of(example)))
        return predictions

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

        from workers.recipes.modules import PixelProbabilities
        from workers.recipes.networks import export

        sample = (torch.zeros(2, self.side, self.side, 3),)
        export(PixelProbabilities(self.net), sample, path, ["pixels"], ["shares"])
        self.net.to(self.device)


def label_map(example: Example, labels: list[str], size: tuple[int, int]) -> NDArray[np.uint8]:
    """(height, width): 0 or the place of the label plus 1; between two touching masks runs a line of background."""
    width, height = size
    class_map = np.zeros((height, width), dtype=np.uint8)
    owner = np.zeros((height, width), dtype=np.int32)
    for number, region in enumerate(example.target, start=1):
        bits = region.bits
        class_map[region.area][bits] = labels.index(region.label) + 1
        owner[region.area][bits] = number
    for axis in (0, 1):
        moved = np.roll(owner, 1, axis=axis)
        edge = (owner != moved) & (owner > 0) & (moved > 0)
        class_map[edge] = 0
    return class_map


def _loss(out: dict[str, torch.Tensor], goal: dict[str, torch.Tensor]) -> torch.Tensor:
    """Cross-entropy, and a soft Dice loss (F. Milletari et al. 2016, arXiv 1606.04797) against rare labels' neglect."""
    from torch.nn import functional as F  # noqa: N812  # torch's own custom

    classes = goal["classes"].long()
    shares = out["shares"].softmax(dim=1)
    one_hot = F.one_hot(classes, shares.shape[1]).permute(0, 3, 1, 2).to(shares.dtype)
    intersection = (shares * one_hot).sum(dim=(0, 2, 3))[1:]
    total = (shares + one_hot).sum(dim=(0, 2, 3))[1:]
    is_present = one_hot.sum(dim=(0, 2, 3))[1:] > 0
    dice = 1 - (2 * intersection + 1) / (total + 1)
    return F.cross_entropy(out["shares"], classes) + (dice * is_present).sum() / is_present.sum().clamp_min(1)


def fit(examples: Sequence[Example], labels: list[str], params: Parameters, run: Run) -> Segmenter:
    """See `Recipe.fit`."""
    import torch

    from workers.recipes import dense

    torch.manual_seed(run.seed)
    side = params.image_size // 32 * 32
    cells = side // STRIDE
    heads = {"shares": len(labels) + 1}
    net = dense.Dense(heads, stride=STRIDE, width=WIDTH, is_tuned=params.backbone == "tuned", is_pretrained=True)

    def targets(example: Example, mirrored: bool) -> dict[str, NDArray[np.float32]]:
        class_map = label_map(example, labels, image_size_of(example))
        small = np.asarray(Image.fromarray(class_map).resize((cells, cells), Image.Resampling.NEAREST))
        return {"classes": np.ascontiguousarray(small[:, ::-1] if mirrored else small).astype(np.float32)}

    model = Segmenter(labels, net, side, run.device)
    dense.fit_dense(model, examples, targets, _loss, replace(params, image_size=side), run)
    return model


def load(folder: Path, cache: Path) -> Segmenter:
    """See `Recipe.load`."""
    from workers.recipes import dense

    saved = json.loads((folder / "net.json").read_text())
    net = dense.Dense(
        {"shares": len(saved["labels"]) + 1}, stride=STRIDE, width=WIDTH, is_tuned=False, is_pretrained=False
    )
    dense.load_net(net, folder)
    return Segmenter(saved["labels"], net, saved["side"], "cpu")
