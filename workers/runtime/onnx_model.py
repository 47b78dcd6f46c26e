"""A registered ONNX classifier in a process of its own: it answers pictures, and nothing of it is unpickled."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from registry.versions.files import UnsafeModel, fetch_onnx
from registry.versions.models import ModelVersion
from workers.recipes.base import Example, Run, check_run, read_rgb

BATCH = 64


@dataclass(frozen=True)
class Answers:
    """The model's answer to each item, how sure it was, and all it said: (n, classes) probabilities."""

    labels: list[str]
    confidence: NDArray[np.float64]
    probabilities: NDArray[np.float64]


class OnnxModel:
    """(n, side, side, 3) pixels of 0–255 in, probabilities over `labels` out."""

    def __init__(self, graph: Path, labels: list[str], side: int) -> None:
        import onnxruntime

        self.labels, self.side = labels, side
        options = onnxruntime.SessionOptions()
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name

    def probabilities(self, pixels: NDArray[np.float32]) -> NDArray[np.float64]:
        """(n, classes) of (n, side, side, 3)."""
        return np.asarray(self._session.run(None, {self._input: pixels})[0], dtype=np.float64)

    def answer(self, examples: list[Example], run: Run, *, done: int, total: int) -> Answers:
        """Answer every example."""
        found: list[NDArray[np.float64]] = []
        for begin in range(0, len(examples), BATCH):
            check_run(run)
            pixels = np.stack([read_rgb(one.path, self.side) for one in examples[begin : begin + BATCH]])
            found.append(self.probabilities(pixels.astype(np.float32)))
            run.log(done + begin, total)
        rows = np.concatenate(found) if found else np.zeros((0, len(self.labels)))
        return Answers([self.labels[index] for index in rows.argmax(axis=1)], rows.max(axis=1, initial=0.0), rows)


def fetch_model(version: ModelVersion, cache: Path) -> OnnxModel:
    """The model as the registry keeps it.

    Raises:
        UnsafeModel: its files are not fit to be opened, or it is no classifier of pictures.
    """
    if not version.classifies:
        raise UnsafeModel("Only ONNX classifiers that name their labels and the side of their input are run here.")
    graph = fetch_onnx(version, cache)
    return OnnxModel(graph, list(version.facts["labels"]), int(version.facts["input_side"]))
