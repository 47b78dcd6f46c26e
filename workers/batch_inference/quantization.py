"""ONNX graphs in other number formats. No Django: this runs in the sandbox, on graphs from anywhere."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from labelkit.messages import Message

MIN_WEIGHTS = 256  # smaller tensors stay as they are


def convert(source: str, target: str, variant: str) -> None:
    """Write `variant` (fp32, fp16 or int8) of the graph `source` as one file `target`."""
    import onnx

    if variant == "fp32":
        onnx.save_model(onnx.load(str(source)), str(target))
    elif variant == "fp16":
        from onnxruntime.transformers.float16 import convert_float_to_float16

        half = convert_float_to_float16(onnx.load(str(source)), keep_io_types=True)
        onnx.save_model(half, str(target))
    else:
        _quantize(Path(source), Path(target))


def _quantize(source: Path, target: Path) -> None:
    """Weights as 8-bit integers, one scale for each channel; the arithmetic stays in floats. A quarter of the size.

    The channels are those of the axis that loses less: a head behind standardized features has weights of very
    different sizes along its inputs, and scales along its outputs changed every fourth answer of EfficientNet-Lite0.
    Integer activations took longer than floats in the browser.
    """
    import onnx
    from onnx import helper, numpy_helper, version_converter

    model = onnx.load(str(source))
    if max(opset.version for opset in model.opset_import if opset.domain in ("", "ai.onnx")) < 13:
        model = version_converter.convert_version(model, 13)  # scales by channel came with 13
    graph = model.graph
    weights = {
        node.input[1] for node in graph.node if node.op_type in ("Conv", "Gemm", "MatMul") and len(node.input) > 1
    }
    dequantize_nodes = []
    for tensor in list(graph.initializer):
        values = numpy_helper.to_array(tensor)
        is_large = values.dtype == np.float32 and values.ndim >= 2 and values.size >= MIN_WEIGHTS
        if tensor.name not in weights or not is_large:
            continue
        _, axis, integers, scale = min((_quantized(values, axis) for axis in (0, 1)), key=lambda rounding: rounding[0])
        graph.initializer.remove(tensor)
        graph.initializer.extend(
            [
                numpy_helper.from_array(integers, f"{tensor.name}.int8"),
                numpy_helper.from_array(scale, f"{tensor.name}.scale"),
            ]
        )
        inputs = [f"{tensor.name}.int8", f"{tensor.name}.scale"]
        dequantize_nodes.append(helper.make_node("DequantizeLinear", inputs, [tensor.name], axis=axis))
    if not dequantize_nodes:
        raise ValueError(
            Message("the graph has no weights in float32 with {min_weights} or more elements", min_weights=MIN_WEIGHTS)
        )
    nodes = list(graph.node)
    del graph.node[:]
    graph.node.extend([*dequantize_nodes, *nodes])
    onnx.checker.check_model(model)
    onnx.save_model(model, str(target))


def _quantized(values: NDArray[np.float32], axis: int) -> tuple[float, int, NDArray[np.int8], NDArray[np.float32]]:
    """The loss, the axis, 8-bit integers and their scales along it.

    The loss is the larger of the mean relative errors of rows and of columns, so that small channels count like large.
    """
    other_axes = tuple(dimension for dimension in range(values.ndim) if dimension != axis)
    scale = np.maximum(np.abs(values).max(axis=other_axes), 1e-12).astype(np.float32) / 127
    shape = [1] * values.ndim
    shape[axis] = -1
    integers = np.clip(np.rint(values / scale.reshape(shape)), -127, 127).astype(np.int8)
    error = np.abs(values - integers * scale.reshape(shape))
    losses = []
    for channel_axis in (0, 1):
        axes = tuple(dimension for dimension in range(values.ndim) if dimension != channel_axis)
        losses.append(float((error.mean(axis=axes) / np.maximum(np.abs(values).mean(axis=axes), 1e-12)).mean()))
    return max(losses), axis, integers, scale
