"""Number formats for the browser: smaller, and as good as they say."""

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper
from PIL import Image

from workers.batch_inference.browser_exports import measure_cost
from workers.batch_inference.quantization import convert
from workers.recipes.base import Example, annotated
from workers.runtime.dataset import SnapshotDataset


def network(path: Path, *, opset: int = 17) -> None:
    """Pixels, a convolution, and a head whose inputs are of very different sizes."""
    rng = np.random.default_rng(0)
    size = (10.0 ** rng.uniform(-2, 2, 64)).astype(np.float32)
    weights = {
        "kernel": rng.normal(0, 0.1, (64, 3, 5, 5)).astype(np.float32) * size[:, None, None, None] / 255,
        "head": rng.normal(0, 1, (64, 10)).astype(np.float32) / size[:, None],
        "bias": np.zeros(10, dtype=np.float32),
    }
    nodes = [
        helper.make_node("Transpose", ["pixels"], ["planes"], perm=[0, 3, 1, 2]),
        helper.make_node("Conv", ["planes", "kernel"], ["maps"], pads=[2, 2, 2, 2]),
        helper.make_node("Relu", ["maps"], ["active"]),
        helper.make_node("GlobalAveragePool", ["active"], ["pooled"]),
        helper.make_node("Flatten", ["pooled"], ["features"]),
        helper.make_node("Gemm", ["features", "head", "bias"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["probabilities"], axis=1),
    ]
    kind = helper.make_tensor_value_info
    graph = helper.make_graph(
        nodes,
        "g",
        [kind("pixels", TensorProto.FLOAT, ["n", 16, 16, 3])],
        [kind("probabilities", TensorProto.FLOAT, ["n", 10])],
        [numpy_helper.from_array(value, name) for name, value in weights.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
    onnx.save_model(model, str(path))


def predict(path: Path) -> np.ndarray:
    pixels = np.random.default_rng(1).integers(0, 256, (200, 16, 16, 3)).astype(np.float32)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return session.run(None, {"pixels": pixels})[0]


@pytest.mark.parametrize("opset", [12, 17])
def test_each_format_is_smaller_and_answers_alike(tmp_path, opset):
    network(tmp_path / "source.onnx", opset=opset)
    reference = predict(tmp_path / "source.onnx")
    sizes = {}
    for variant, min_agreement in (("fp32", 1.0), ("fp16", 0.98), ("int8", 0.95)):
        path = tmp_path / f"{variant}.onnx"
        convert(tmp_path / "source.onnx", path, variant)
        outputs = predict(path)
        assert (outputs.argmax(axis=1) == reference.argmax(axis=1)).mean() >= min_agreement, variant
        sizes[variant] = path.stat().st_size
    assert sizes["fp16"] < 0.7 * sizes["fp32"]
    assert sizes["int8"] < 0.5 * sizes["fp32"]
    assert np.array_equal(predict(tmp_path / "fp32.onnx"), reference)


def test_a_model_with_nothing_to_round_says_so(tmp_path):
    kind = helper.make_tensor_value_info
    graph = helper.make_graph(
        [helper.make_node("Softmax", ["x"], ["y"])], "g", [kind("x", 1, [None, 4])], [kind("y", 1, [None, 4])]
    )
    onnx.save_model(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)]), str(tmp_path / "a.onnx"))
    with pytest.raises(ValueError, match="no weights in float32"):
        convert(tmp_path / "a.onnx", tmp_path / "b.onnx", "int8")


def held_out(examples: list[Example], labels: list[str]) -> SnapshotDataset:
    """A dataset without training examples."""
    return SnapshotDataset(labels, [], examples, [frozenset()] * len(examples), list(range(len(examples))))


def test_the_cost_is_the_paired_difference_on_the_held_out_test_set():
    test_set = held_out([Example(str(n), target=label, stratum=label) for n, label in enumerate("aabb")], ["a", "b"])
    reference = np.array([[0.9, 0.1], [0.8, 0.2], [0.3, 0.7], [0.6, 0.4]])
    cost = measure_cost("classification", ["a", "b"], reference, reference[:, ::-1], test_set)
    assert (cost["items"], cost["metric"], cost["value"]) == (4, "accuracy", 0.25)
    assert cost["difference"]["value"] == -0.5
    same = measure_cost("classification", ["a", "b"], reference, reference, test_set)
    assert same["difference"]["value"] == 0.0
    # The model's own order of labels may be another than the snapshot's.
    turned = measure_cost("classification", ["b", "a"], reference[:, ::-1], reference[:, ::-1], test_set)
    assert turned["value"] == 0.75


def test_the_cost_of_boxes_is_in_average_precision(tmp_path):
    Image.new("RGB", (64, 64)).save(tmp_path / "a.png")
    box = {"id": "r", "label": "a", "shape": "box", "x": 10, "y": 10, "w": 20, "h": 20}
    test_set = held_out(
        [annotated("boxes", {"regions": [box]}, key=str(n), path=tmp_path / "a.png") for n in range(4)], ["a"]
    )
    good = [{"regions": [box | {"score": 0.9}]}] * 4
    bad = [{"regions": [box | {"x": 40, "score": 0.9}]}] * 2 + good[:2]
    cost = measure_cost("boxes", ["a"], good, bad, test_set)
    assert (cost["metric"], cost["items"]) == ("ap50", 4)
    assert cost["value"] < 1
    assert cost["difference"]["high"] <= 0
    assert cost["difference"]["value"] == pytest.approx(cost["value"] - 1)
