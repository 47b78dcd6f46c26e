"""A registered ONNX model of pictures: it answers them in a confined process, and nothing of it is unpickled."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labelkit.model_outputs import IN_BROWSER, regions_value
from plateau.sandbox.process import Session
from registry.model_versions.files import UnsafeModel, fetch_onnx, folder_of
from registry.model_versions.models import ModelVersion
from workers.recipes.base import Example, Run, check_run, in_batches, size_of

BATCH = 64
BATCH_SECONDS = 300.0
BATCH_OF_REGIONS = 8
Said = dict[str, NDArray[np.float32]]


class OnnxModel:
    """(n, side, side, 3) pixels of 0–255 in; out comes what `IN_BROWSER` says of its `kind`."""

    def __init__(self, graph: Path, kind: str, labels: list[str], side: int, folder: Path | None = None) -> None:
        """Open it. `folder`: where its weights may lie; the graph's own if not given.

        Raises:
            SandboxError: it cannot be opened.
        """
        self.kind, self.labels, self.side = kind, labels, side
        self._session = Session(graph, folder or graph.parent, threads=os.cpu_count() or 1, seconds=BATCH_SECONDS)
        self._input = self._session.inputs[0]
        # Classifiers of others name their one output as they like.
        self._outputs = self._session.outputs[:1] if kind == "classification" else list(IN_BROWSER[kind])

    def said(self, pixels: NDArray[np.float32]) -> Said:
        """The outputs by name, each with first axis n."""
        found = self._session.run(self._outputs, {self._input: pixels})
        return {key: np.asarray(one, dtype=np.float32) for key, one in zip(IN_BROWSER[self.kind], found, strict=True)}

    def probabilities(self, pixels: NDArray[np.float32]) -> NDArray[np.float64]:
        """(n, classes) of a classifier."""
        return self.said(pixels)["probabilities"].astype(np.float64)

    def predict(self, examples: Sequence[Example], run: Run) -> Any:
        """What `Trained.predict` gives: probabilities, or answers with regions."""
        every: list[Any] = []
        size = BATCH if self.kind == "classification" else BATCH_OF_REGIONS
        for part, pixels in in_batches(examples, self.side, size):
            check_run(run)
            every += self._answers(part, pixels.astype(np.float32))
            run.log(len(every), len(examples))
        if self.kind != "classification":
            return every
        return np.stack(every) if every else np.zeros((0, len(self.labels)))

    def _answers(self, part: Sequence[Example], pixels: NDArray[np.float32]) -> list[Any]:
        if self.kind == "classification":
            return list(self.probabilities(pixels))
        said = self.said(pixels)
        return [
            regions_value(self.kind, {key: one[row] for key, one in said.items()}, self.labels, size_of(example))
            for row, example in enumerate(part)
        ]


def fetch_model(version: ModelVersion, cache: Path) -> OnnxModel:
    """The model as the registry keeps it.

    Raises:
        UnsafeModel: its files are not fit to be opened, or it is no model of pictures that says what it answers.
    """
    if not version.graph:
        raise UnsafeModel("Only ONNX models of pictures that name their labels and the side of their input run here.")
    graph, home = fetch_onnx(version, cache), folder_of(version, cache)
    return OnnxModel(graph, version.graph, list(version.facts["labels"]), int(version.facts["input_side"]), home)
