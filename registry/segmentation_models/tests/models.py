"""A real click-to-mask model, made of a dozen nodes: everything about as bright as the clicked pixel."""

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper


def by_brightness(reach: float = 0.1) -> bytes:
    """Its bytes."""
    node = helper.make_node
    nodes = [
        node("ReduceMean", ["image", "channels"], ["grey"], keepdims=1),
        node("Gather", ["points", "zero"], ["first"], axis=1),
        node("Gather", ["first", "one"], ["y"], axis=1),
        node("Gather", ["first", "zero"], ["x"], axis=1),
        node("Concat", ["y", "x"], ["yx"], axis=0),
        node("Cast", ["yx"], ["place"], to=TensorProto.INT64),
        node("Concat", ["origin", "place"], ["index"], axis=0),
        node("GatherND", ["grey", "index"], ["value"]),
        node("Sub", ["grey", "value"], ["apart"]),
        node("Abs", ["apart"], ["distance"]),
        node("Sub", ["reach", "distance"], ["mask"]),
    ]
    constants = {
        "channels": np.array([1], dtype=np.int64),
        "zero": np.array(0, dtype=np.int64),
        "one": np.array(1, dtype=np.int64),
        "origin": np.array([0, 0], dtype=np.int64),
        "reach": np.array(reach, dtype=np.float32),
    }
    tensor = helper.make_tensor_value_info
    graph = helper.make_graph(
        nodes,
        "click",
        [
            tensor("image", TensorProto.FLOAT, [1, 3, "h", "w"]),
            tensor("points", TensorProto.FLOAT, [1, "n", 2]),
            tensor("labels", TensorProto.FLOAT, [1, "n"]),
        ],
        [tensor("mask", TensorProto.FLOAT, [1, 1, "h", "w"])],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    checker.check_model(model)
    return bytes(model.SerializeToString())
