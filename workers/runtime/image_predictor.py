"""A registered model of images that predicts the items of batches and evaluations, run by a serving backend."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labelkit.annotations import ANNOTATION_TYPES, AnnotationType
from labelkit.graph_formats import DEFAULT_GRAPH_FORMAT
from labelkit.model_outputs import IN_BROWSER
from registry.model_versions.files import UnsafeModel
from registry.model_versions.models import ModelVersion
from registry.serving_backends.base import ModelFiles, ServingBackend
from registry.serving_backends.catalog import SERVING_BACKENDS
from registry.serving_backends.sandboxed_onnx import SandboxedOnnxBackend
from workers.recipes.base import Example, Run, image_size_of, in_batches

BATCH_SIZE = 64
REGIONS_BATCH_SIZE = 8
TIMEOUT_SECONDS = 300.0
GraphOutputs = dict[str, NDArray[np.float32]]


class ImagePredictor:
    """(n, side, side, 3) pixels of 0–255 in; out comes what `IN_BROWSER` says of its `kind`."""

    def __init__(
        self,
        graph: Path,
        kind: str,
        labels: list[str],
        side: int,
        *,
        files: ModelFiles | None = None,
        backend: ServingBackend | None = None,
    ) -> None:
        """Load it.

        Args:
            graph: The graph on local disk.
            kind: Key of `IN_BROWSER`.
            labels: Label ids.
            side: Height and width of its input, in pixels.
            files: Where its weights may lie; the graph's own folder if not given.
            backend: Runs it; the one for ONNX if not given.

        Raises:
            BackendError: it cannot be loaded.
        """
        self.kind, self.labels, self.side = kind, labels, side
        self._backend = backend or SERVING_BACKENDS[SandboxedOnnxBackend.key]
        self._model = self._backend.load(
            files or ModelFiles(graph, graph.parent), threads=os.cpu_count() or 1, timeout_seconds=TIMEOUT_SECONDS
        )
        self._input = self._model.inputs[0].name
        available = [tensor.name for tensor in self._model.outputs]
        # Classifiers of others name their one output as they like.
        self._outputs = available[:1] if IN_BROWSER[kind] == ("probabilities",) else list(IN_BROWSER[kind])

    def run_graph(self, pixels: NDArray[np.float32]) -> GraphOutputs:
        """The outputs by name, each with first axis n."""
        tensors = self._backend.predict(self._model, {self._input: pixels}, self._outputs)
        names = IN_BROWSER[self.kind]
        return {name: np.asarray(tensor, dtype=np.float32) for name, tensor in zip(names, tensors, strict=True)}

    def probabilities(self, pixels: NDArray[np.float32]) -> NDArray[np.float64]:
        """(n, classes) of a classifier."""
        return self.run_graph(pixels)["probabilities"].astype(np.float64)

    def predict(self, examples: Sequence[Example], run: Run) -> Any:
        """Predict as `TrainedModel.predict` does."""
        predictions: list[Any] = []
        size = BATCH_SIZE if self._annotation_type.is_single_class else REGIONS_BATCH_SIZE
        for batch, pixels in in_batches(examples, self.side, size):
            run.raise_if_stopped()
            predictions += self._predict_batch(batch, pixels.astype(np.float32))
            run.log(len(predictions), len(examples))
        if not self._annotation_type.is_single_class:
            return predictions
        return np.stack(predictions).astype(np.float64) if predictions else np.zeros((0, len(self.labels)))

    def _predict_batch(self, examples: Sequence[Example], pixels: NDArray[np.float32]) -> list[Any]:
        outputs = self.run_graph(pixels)
        return [
            self._annotation_type.output_of_graph(
                {name: tensor[row] for name, tensor in outputs.items()}, self.labels, image_size_of(example)
            )
            for row, example in enumerate(examples)
        ]

    @property
    def _annotation_type(self) -> AnnotationType:
        return ANNOTATION_TYPES[self.kind]


def load_image_predictor(version: ModelVersion, cache: Path) -> ImagePredictor:
    """Fetch a version's files and load them into a serving backend.

    Raises:
        UnsafeModel: its files are not safe to load, or no serving backend runs it.
    """
    backend = SERVING_BACKENDS.find(version)
    if backend is None:
        raise UnsafeModel("Only ONNX models of pictures that name their labels and the side of their input run here.")
    files = backend.fetch(version, cache)
    return ImagePredictor(
        files.path,
        version.facts.get("kind", DEFAULT_GRAPH_FORMAT),
        list(version.facts["labels"]),
        int(version.facts["image_size"]),
        files=files,
        backend=backend,
    )
