"""A model in a sandboxed process of its own: pixels in, predictions out."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from labelkit.model_outputs import GRAPHS, confident_regions, regions_value, without_scores
from labelkit.pictures import flatten, read_header
from plateau.sandbox.process import Session

MAX_PIXELS = 50_000_000
PREDICT_SECONDS = 15.0
GraphOutputs = dict[str, NDArray[np.float32]]


class UnreadableImage(Exception):
    """The bytes are no image that can be decoded; the message says why."""


def decode_image(data: bytes, image_size: int) -> tuple[NDArray[np.float32], tuple[int, int]]:
    """Decode an image: upright, RGB, squeezed to a square; with its original width and height.

    The same steps as in training (`workers.recipes.base.read_rgb`).

    Returns:
        Pixels (image_size, image_size, 3) of 0–255, and (width, height).

    Raises:
        UnreadableImage: it cannot be decoded, or is too large.
    """
    try:
        header = read_header(data)
        if header.size[0] * header.size[1] > MAX_PIXELS:
            raise UnreadableImage(f"The image has more than {MAX_PIXELS // 1_000_000} million pixels.")
        upright = flatten(header).image
    except UnreadableImage:
        raise
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise UnreadableImage("This is no image that can be read: send a PNG, JPEG or WebP.") from error
    square = upright.convert("RGB").resize((image_size, image_size), Image.Resampling.BILINEAR)
    return np.asarray(square, dtype=np.float32), upright.size


def image_statistics(pixels: NDArray[np.float32]) -> tuple[float, float]:
    """Brightness and contrast of an image, each 0 to 1: mean, and twice the standard deviation, of its gray."""
    gray = pixels.mean(axis=2) / 255
    return float(gray.mean()), float(min(1.0, 2 * gray.std()))


@dataclass(frozen=True)
class ImagePrediction:
    """A prediction: its most confident label and the confidence of it, 0 to 1.

    `label` is empty where nothing was detected. Either `probabilities` (classes,) or `regions`, those confident enough
    to be shown, is set.
    """

    label: str
    confidence: float
    probabilities: NDArray[np.float32] | None = None
    regions: list[dict[str, Any]] | None = None

    @property
    def value(self) -> dict[str, Any]:
        """As an annotation value of the project."""
        if self.regions is None:
            return {"label": self.label}
        return {"regions": without_scores(self.regions)}


@dataclass(frozen=True)
class LoadedModel:
    """A model that is warm; `kind` is a key of `labelkit.model_outputs.GRAPHS`."""

    version_id: int
    name: str
    version: int
    kind: str
    labels: list[str]
    image_size: int
    session: Session
    input_name: str

    def predict(self, pixels: NDArray[np.float32]) -> list[GraphOutputs]:
        """(n, image_size, image_size, 3) pixels to the graph's outputs by name, one dictionary for each image."""
        output_names = GRAPHS[self.kind]
        wanted = self.session.outputs[:1] if self.kind == "classification" else list(output_names)
        arrays = self.session.run(wanted, {self.input_name: pixels})
        outputs = [np.asarray(array, dtype=np.float32) for array in arrays[: len(output_names)]]
        return [dict(zip(output_names, row, strict=True)) for row in zip(*outputs, strict=True)]

    def output_of(self, outputs: GraphOutputs, size: tuple[int, int]) -> ImagePrediction:
        """The prediction for an image of this width and height."""
        if self.kind == "classification":
            probabilities = outputs["probabilities"]
            best = int(probabilities.argmax())
            return ImagePrediction(self.labels[best], float(probabilities[best]), probabilities=probabilities)
        candidates = regions_value(self.kind, outputs, self.labels, size)
        regions = confident_regions(candidates)
        if not regions:
            return ImagePrediction(
                "", max((region["score"] for region in candidates["regions"]), default=0.0), regions=[]
            )
        return ImagePrediction(regions[0]["label"], regions[0]["score"], regions=regions)


def load_model(
    graph: Path,
    folder: Path,
    *,
    version_id: int,
    name: str,
    version: int,
    kind: str,
    labels: list[str],
    image_size: int,
    threads: int,
) -> LoadedModel:
    """Open a checked graph and run it once, so that the first caller does not wait.

    Raises:
        SandboxError: it cannot be opened or run.
        ValueError: it does not take pixels or does not give what its kind gives.
    """
    session = Session(graph, folder, threads=threads, seconds=PREDICT_SECONDS)
    try:
        model = LoadedModel(version_id, name, version, kind, labels, image_size, session, session.inputs[0])
        _warm_up(model)
        return model
    except BaseException:
        session.close()
        raise


def _warm_up(model: LoadedModel) -> None:
    missing = set(GRAPHS[model.kind]) - set(model.session.outputs)
    if model.kind != "classification" and missing:
        raise ValueError(f"The model has no output {', '.join(sorted(missing))}, which {model.kind} need.")
    outputs = model.predict(np.zeros((2, model.image_size, model.image_size, 3), dtype=np.float32))
    problem = "no output for each image"
    if len(outputs) == 2:
        problem = _shape_problem(model.kind, outputs[0], len(model.labels))
    if problem:
        raise ValueError(f"The model gives {problem}.")


def _shape_problem(kind: str, outputs: GraphOutputs, label_count: int) -> str:
    """What is wrong with the shapes of one image's outputs; empty where nothing is."""
    if kind == "classification":
        shape = outputs["probabilities"].shape
        expected = f"one number for each of {label_count} labels"
        return "" if shape == (label_count,) else f"{shape} for an image; expected {expected}"
    if kind == "masks":
        shape = outputs["shares"].shape
        fits = len(shape) == 3 and shape[0] == label_count + 1
        return "" if fits else f"{shape} for an image; expected ({label_count + 1}, height, width)"
    objects = outputs["scores"].shape
    last = outputs["boxes" if kind == "boxes" else "points"].shape
    fits = outputs["classes"].shape == objects and last[:-1] == objects and (kind == "keypoints" or last[-1] == 4)
    return "" if fits else f"scores {objects} and {last}, which do not fit each other"
