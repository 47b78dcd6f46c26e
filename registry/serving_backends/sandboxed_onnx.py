"""ONNX graphs in a sandboxed process of their own, one for each model."""

import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from numpy.typing import NDArray

from labelkit.graph_formats import DEFAULT_GRAPH_FORMAT, GRAPH_FORMATS
from plateau.sandbox.process import OnnxSession, SandboxError
from registry.model_versions.files import fetch_onnx, local_folder
from registry.model_versions.models import ModelVersion
from registry.serving_backends.base import (
    Arrays,
    BackendError,
    LoadedModel,
    ModelFiles,
    ModelStats,
    ServingBackend,
    TensorSpec,
)


class _Graph(LoadedModel):
    def __init__(self, session: OnnxSession) -> None:
        super().__init__(
            [TensorSpec(name, shape) for name, shape in zip(session.inputs, session.input_shapes, strict=True)],
            [TensorSpec(name, shape) for name, shape in zip(session.outputs, session.output_shapes, strict=True)],
        )
        self.session = session
        self.stats = ModelStats()
        self.is_unloaded = False
        self.lock = threading.Lock()


class SandboxedOnnxBackend(ServingBackend):
    """Runs ONNX graphs on the CPU; a process that was ended is started again by the next prediction."""

    key: ClassVar[str] = "sandboxed_onnx"

    def can_serve(self, facts: Mapping[str, Any]) -> bool:
        """See `ServingBackend`: ONNX models of images that name their labels and the size of their input."""
        has_metadata = "labels" in facts and "image_size" in facts
        is_known_kind = facts.get("kind", DEFAULT_GRAPH_FORMAT) in GRAPH_FORMATS
        return "onnx" in facts.get("flavors", []) and has_metadata and is_known_kind

    def fetch(self, version: ModelVersion, cache: Path) -> ModelFiles:
        """See `ServingBackend`; the graph is checked."""
        return ModelFiles(fetch_onnx(version, cache), local_folder(version, cache))

    def load(self, files: ModelFiles, *, threads: int = 1, timeout_seconds: float = 60) -> LoadedModel:
        """See `ServingBackend`."""
        try:
            return _Graph(OnnxSession(files.path, files.folder, threads=threads, seconds=timeout_seconds))
        except SandboxError as error:
            raise BackendError(str(error)) from error

    def predict(self, model: LoadedModel, inputs: Arrays, output_names: Sequence[str]) -> list[NDArray[Any]]:
        """See `ServingBackend`."""
        graph = _graph(model)
        started = time.monotonic()
        try:
            outputs: list[NDArray[Any]] = graph.session.run(output_names, inputs)
        except SandboxError as error:
            self._count(graph, time.monotonic() - started, is_error=True)
            raise BackendError(str(error)) from error
        self._count(graph, time.monotonic() - started)
        return outputs

    def health(self, model: LoadedModel) -> str:
        """See `ServingBackend`."""
        return "It is unloaded." if _graph(model).is_unloaded else ""

    def unload(self, model: LoadedModel) -> None:
        """See `ServingBackend`."""
        graph = _graph(model)
        graph.is_unloaded = True
        graph.session.close()

    def stats(self, model: LoadedModel) -> ModelStats:
        """See `ServingBackend`."""
        return _graph(model).stats

    def _count(self, graph: _Graph, seconds: float, *, is_error: bool = False) -> None:
        with graph.lock:
            old = graph.stats
            graph.stats = ModelStats(old.call_count + 1, old.error_count + int(is_error), old.predict_seconds + seconds)


def _graph(model: LoadedModel) -> _Graph:
    if not isinstance(model, _Graph):
        raise TypeError(f"{model!r} was not loaded by {SandboxedOnnxBackend.key}.")
    return model
