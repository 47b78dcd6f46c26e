"""Frozen pretrained backbone, cached features, linear head (multinomial logistic regression)."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workers.recipes.backbones import efficientnet_lite0 as backbone
from workers.recipes.base import Example, Run
from workers.recipes.linear import classes_of, logistic_head, softmax
from workers.recipes.spec import RecipeSpec, number_field


@dataclass(frozen=True)
class Parameters:
    """Hyper-parameters."""

    C: float = number_field("Inverse regularization strength", 0.5, min=1e-4, max=1e3, log=True)


SPEC = RecipeSpec(
    key="image_probe",
    module=__name__,
    parameters=Parameters,
    title="Linear probe",
    description=("A linear classifier on cached features of EfficientNet-Lite0, frozen and pretrained on ImageNet."),
    media_types=frozenset({"image"}),
    annotation_types=frozenset({"classification"}),
    baseline="image_logistic",
    is_neural_network=True,
    exports_onnx=True,
)


@dataclass
class LinearProbe:
    """weights (classes, 1280), bias (classes,): the head on raw features."""

    labels: list[str]
    weights: NDArray[np.float64]
    bias: NDArray[np.float64]
    cache: Path

    def predict(self, examples: Sequence[Example]) -> NDArray[np.float64]:
        """See `TrainedModel.predict`."""
        return softmax(backbone.features(examples, self.cache) @ self.weights.T + self.bias)

    def save(self, folder: Path) -> None:
        """See `TrainedModel.save`."""
        np.savez(folder / "head.npz", weights=self.weights, bias=self.bias, labels=np.array(self.labels))

    def image_size(self) -> int:
        """See `TrainedModel.image_size`."""
        return backbone.SIDE

    def export_onnx(self, path: Path) -> None:
        """See `TrainedModel.export_onnx`: the backbone's graph with the head behind it."""
        import onnx
        from onnx import TensorProto, helper, numpy_helper

        model = onnx.load(str(backbone.onnx_file(self.cache)))
        graph = model.graph
        graph.initializer.extend(
            [
                numpy_helper.from_array(self.weights.T.astype(np.float32), "head_weights"),
                numpy_helper.from_array(self.bias.astype(np.float32), "head_bias"),
            ]
        )
        graph.node.extend(
            [
                helper.make_node("Gemm", ["features", "head_weights", "head_bias"], ["logits"]),
                helper.make_node("Softmax", ["logits"], ["probabilities"], axis=1),
            ]
        )
        del graph.output[:]
        graph.output.append(helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["n", len(self.labels)]))
        onnx.checker.check_model(model)
        onnx.save(model, str(path))


def fit(examples: Sequence[Example], labels: list[str], params: Parameters, run: Run) -> LinearProbe:
    """See `Recipe.fit`. Labels without an example get probability near zero."""
    x = backbone.features(examples, run.cache, run).astype(np.float64)
    run.raise_if_stopped()
    y = classes_of(labels, [example.target for example in examples])
    return LinearProbe(labels, *logistic_head(x, y, len(labels), C=params.C, seed=run.seed), run.cache)


def load(folder: Path, cache: Path) -> LinearProbe:
    """See `Recipe.load`."""
    with np.load(folder / "head.npz") as data:
        return LinearProbe([str(label) for label in data["labels"]], data["weights"], data["bias"], cache)
