"""A registered model of images, run by a serving backend: it predicts items of batches and of evaluations."""

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
from workers.recipes.base import Example, Run, check_run, in_batches, size_of

BATCH = 64
BATCH_SECONDS = 300.0
BATCH_OF_REGIONS = 8
Said = dict[str, NDArray[np.float32]]


class ImageModel:
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
            files or ModelFiles(graph, graph.parent), threads=os.cpu_count() or 1, timeout_seconds=BATCH_SECONDS
        )
        self._input = self._model.inputs[0].name
        available = [tensor.name for tensor in self._model.outputs]
        # Classifiers of others name their one output as they like.
        self._outputs = available[:1] if IN_BROWSER[kind] == ("probabilities",) else list(IN_BROWSER[kind])

    def said(self, pixels: NDArray[np.float32]) -> Said:
        """The outputs by name, each with first axis n."""
        found = self._backend.predict(self._model, {self._input: pixels}, self._outputs)
        return {key: np.asarray(one, dtype=np.float32) for key, one in zip(IN_BROWSER[self.kind], found, strict=True)}

    def probabilities(self, pixels: NDArray[np.float32]) -> NDArray[np.float64]:
        """(n, classes) of a classifier."""
        return self.said(pixels)["probabilities"].astype(np.float64)

    def predict(self, examples: Sequence[Example], run: Run) -> Any:
        """What `Trained.predict` gives: probabilities, or answers with regions."""
        every: list[Any] = []
        size = BATCH if self._annotation_type.is_single_class else BATCH_OF_REGIONS
        for part, pixels in in_batches(examples, self.side, size):
            check_run(run)
            every += self._answers(part, pixels.astype(np.float32))
            run.log(len(every), len(examples))
        if not self._annotation_type.is_single_class:
            return every
        return np.stack(every).astype(np.float64) if every else np.zeros((0, len(self.labels)))

    def _answers(self, part: Sequence[Example], pixels: NDArray[np.float32]) -> list[Any]:
        outputs = self.said(pixels)
        return [
            self._annotation_type.output_of_graph(
                {name: batch[row] for name, batch in outputs.items()}, self.labels, size_of(example)
            )
            for row, example in enumerate(part)
        ]

    @property
    def _annotation_type(self) -> AnnotationType:
        return ANNOTATION_TYPES[self.kind]


def fetch_model(version: ModelVersion, cache: Path) -> ImageModel:
    """The model as the registry keeps it.

    Raises:
        UnsafeModel: its files are not fit to be opened, or it is no model of pictures that says what it answers.
    """
    backend = SERVING_BACKENDS.find(version)
    if backend is None:
        raise UnsafeModel("Only ONNX models of pictures that name their labels and the side of their input run here.")
    files = backend.fetch(version, cache)
    return ImageModel(
        files.path,
        version.facts.get("kind", DEFAULT_GRAPH_FORMAT),
        list(version.facts["labels"]),
        int(version.facts["input_side"]),
        files=files,
        backend=backend,
    )
