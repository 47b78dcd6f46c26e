"""Frozen pretrained backbone, cached features, linear head (multinomial logistic regression)."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workers.recipes.backbones import efficientnet_lite0 as backbone
from workers.recipes.base import Example, Run, check_run


@dataclass
class Probe:
    """weights (classes, 1280), bias (classes,): the head on raw features."""

    labels: list[str]
    weights: NDArray[np.float64]
    bias: NDArray[np.float64]
    cache: Path

    def predict(self, examples: Sequence[Example]) -> NDArray[np.float64]:
        """See `Trained.predict`."""
        return softmax(backbone.features(examples, self.cache) @ self.weights.T + self.bias)

    def save(self, folder: Path) -> None:
        """See `Trained.save`."""
        np.savez(folder / "head.npz", weights=self.weights, bias=self.bias, labels=np.array(self.labels))

    def input_side(self) -> int:
        """See `Trained.input_side`."""
        return backbone.SIDE

    def export_onnx(self, path: Path) -> None:
        """See `Trained.export_onnx`: the backbone's graph with the head behind it."""
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


def softmax(logits: NDArray[Any]) -> NDArray[np.float64]:
    """Row-wise softmax."""
    shifted = np.exp(logits.astype(np.float64) - logits.max(axis=1, keepdims=True))
    shares: NDArray[np.float64] = shifted / shifted.sum(axis=1, keepdims=True)
    return shares


def fit(examples: Sequence[Example], labels: list[str], params: dict[str, Any], run: Run) -> Probe:
    """See `Recipe.fit`. Labels without an example get probability near zero."""
    from sklearn.linear_model import LogisticRegression

    x = backbone.features(examples, run.cache, run).astype(np.float64)
    check_run(run)
    index = {label: number for number, label in enumerate(labels)}
    y = np.array([index[example.label] for example in examples])
    weights = np.zeros((len(labels), x.shape[1]))
    bias = np.full(len(labels), -30.0)
    present = np.unique(y)
    if len(present) == 1:
        bias[present[0]] = 0.0
        return Probe(labels, weights, bias, run.cache)
    # Standardized, so that one strength of regularization suits every feature; folded back afterwards.
    mean, scale = x.mean(axis=0), x.std(axis=0) + 1e-6
    head = LogisticRegression(C=params["c"] / len(x) * 100, max_iter=300, tol=1e-3, random_state=run.seed)
    head.fit((x - mean) / scale, y)
    coef, intercept = head.coef_, head.intercept_
    if len(present) == 2:  # scikit-learn keeps one row for two classes
        coef, intercept = np.vstack([-coef, coef]) / 2, np.concatenate([-intercept, intercept]) / 2
    weights[present] = coef / scale
    bias[present] = intercept - (coef / scale) @ mean
    return Probe(labels, weights, bias, run.cache)


def load(folder: Path, cache: Path) -> Probe:
    """See `Recipe.load`."""
    with np.load(folder / "head.npz") as data:
        return Probe([str(label) for label in data["labels"]], data["weights"], data["bias"], cache)
