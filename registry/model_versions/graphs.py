"""Reading ONNX graphs of others. No Django: this runs in a confined process."""

from pathlib import Path, PurePosixPath
from typing import Any

from labelkit.messages import Message

KNOWN_DOMAINS = {"", "ai.onnx", "ai.onnx.ml", "com.microsoft"}


def problem_of(path: str, folder: str) -> str:
    """Why the graph at `path` is not fit to be run; empty where it is.

    It must be ONNX, keep its weights inside `folder`, and ask for no code of others.
    """
    import onnx

    graph, home = Path(path), Path(folder)
    try:
        model = onnx.load_model(str(graph), load_external_data=False)
    except Exception as error:
        return Message("This is not an ONNX graph: {error}", error=str(error)[:200])
    for tensor in _tensors(model.graph):
        if tensor.data_location != onnx.TensorProto.EXTERNAL:
            continue
        location = {_text(entry.key): _text(entry.value) for entry in tensor.external_data}.get("location", "")
        parts = PurePosixPath(location)
        outside = not location or parts.is_absolute() or ".." in parts.parts or "\\" in location
        if outside or not (graph.parent / location).resolve().is_relative_to(home.resolve()):
            return Message("Its weights are outside its folder: {location}", location=location[:100])
        if not (graph.parent / location).is_file():
            return Message("Its weights are missing: {location}", location=location[:100])
    unknown_domains = {_text(opset.domain) for opset in model.opset_import} - KNOWN_DOMAINS
    if unknown_domains:
        return Message(
            "It uses operators outside the ONNX standard: {operators}",
            operators=", ".join(sorted(unknown_domains))[:100],
        )
    return ""


def _text(field: str | bytes) -> str:
    """A text field of a message; protobuf gives the bytes where they are not UTF-8."""
    return field if isinstance(field, str) else field.decode(errors="replace")


def _tensors(graph: Any) -> Any:
    yield from graph.initializer
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.HasField("t"):
                yield attribute.t
            yield from attribute.tensors
            for inner in [attribute.g] if attribute.HasField("g") else attribute.graphs:
                yield from _tensors(inner)
