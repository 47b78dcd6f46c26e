"""A loaded model that predicts images: pixels in, predictions out, whichever backend runs it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labelkit.annotations import ANNOTATION_TYPES
from labelkit.graph_formats import DEFAULT_GRAPH_FORMAT, GRAPH_FORMATS
from labelkit.messages import Message
from registry.model_versions.models import ModelVersion
from registry.serving_backends.base import LoadedModel, ModelFiles, ServingBackend

PREDICT_SECONDS = 15.0
WARM_UP_IMAGES = 2  # more than one, so that a graph that takes only one at a time is noticed
GraphOutputs = dict[str, NDArray[np.float32]]


@dataclass(frozen=True)
class ImagePrediction:
    """A prediction: its most confident label and the confidence of it, 0 to 1.

    `label` is empty where nothing was detected; `value` is the prediction as an annotation value. Either
    `probabilities` (of all classes) or `regions`, those confident enough to be shown and with their scores, is set.
    """

    label: str
    confidence: float
    value: dict[str, Any]
    probabilities: Sequence[float] | None = None
    regions: list[dict[str, Any]] | None = None


@dataclass(frozen=True)
class ServedModel:
    """A model that is warm; `kind` is a key of `labelkit.graph_formats.GRAPH_FORMATS`."""

    version_id: int
    name: str
    version: int
    kind: str
    labels: list[str]
    image_size: int
    backend: ServingBackend
    model: LoadedModel

    def predict(self, pixels: NDArray[np.float32]) -> list[GraphOutputs]:
        """(n, image_size, image_size, 3) pixels to the graph's outputs by name, one dictionary for each image."""
        graph_format = GRAPH_FORMATS[self.kind]
        output_names = graph_format.select_outputs([tensor.name for tensor in self.model.outputs])
        arrays = self.backend.predict(self.model, {self.model.inputs[0].name: pixels}, output_names)
        return graph_format.by_image(arrays)

    def prediction_of(self, outputs: GraphOutputs, size: tuple[int, int]) -> ImagePrediction:
        """The prediction for an image of this width and height."""
        graph_format = GRAPH_FORMATS[self.kind]
        output = graph_format.decode(outputs, self.labels, size)
        prediction = ANNOTATION_TYPES[self.kind].from_prediction(output, self.labels)
        return ImagePrediction(
            label=prediction.label,
            confidence=graph_format.top_confidence(output),
            value=prediction.value,
            probabilities=prediction.probabilities,
            regions=graph_format.confident_parts(output),
        )

    def unload(self) -> None:
        """Free what the model holds."""
        self.backend.unload(self.model)


def load_model(backend: ServingBackend, files: ModelFiles, version: ModelVersion, *, threads: int) -> ServedModel:
    """Load a version and run it once, so that the first caller does not wait.

    Raises:
        BackendError: it cannot be loaded or run.
        ValueError: it does not take pixels or does not return what its kind needs.
    """
    model = backend.load(files, threads=threads, timeout_seconds=PREDICT_SECONDS)
    try:
        served = ServedModel(
            version_id=version.pk,
            name=version.name,
            version=version.version,
            kind=version.facts.get("kind", DEFAULT_GRAPH_FORMAT),
            labels=list(version.facts["labels"]),
            image_size=int(version.facts["image_size"]),
            backend=backend,
            model=model,
        )
        _warm_up(served)
    except BaseException:
        backend.unload(model)
        raise
    return served


def _warm_up(served: ServedModel) -> None:
    pixels = np.zeros((WARM_UP_IMAGES, served.image_size, served.image_size, 3), dtype=np.float32)
    outputs = served.predict(pixels)
    problem = "one output per image is missing"
    if len(outputs) == WARM_UP_IMAGES:
        problem = GRAPH_FORMATS[served.kind].find_shape_problem(outputs[0], len(served.labels))
    if problem:
        raise ValueError(Message("Unexpected model output: {problem}.", problem=problem))
