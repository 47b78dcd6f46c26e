"""A model in a confined process of its own: pixels in, answers out."""

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
RUN_SECONDS = 15.0


class BadPicture(Exception):
    """What was sent is no picture that can be read; the message says why."""


def read_pixels(data: bytes, side: int) -> tuple[NDArray[np.float32], tuple[int, int]]:
    """(side, side, 3) of 0–255 from an encoded picture: upright, RGB, squeezed to a square; and its width and height.

    The same steps as in training (`workers.recipes.base.read_rgb`).

    Raises:
        BadPicture: it cannot be decoded, or is too large.
    """
    try:
        header = read_header(data)
        if header.size[0] * header.size[1] > MAX_PIXELS:
            raise BadPicture(f"The picture has more than {MAX_PIXELS // 1_000_000} million pixels.")
        upright = flatten(header).image
    except BadPicture:
        raise
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise BadPicture("This is no picture that can be read: send a PNG, JPEG or WebP.") from error
    square = upright.convert("RGB").resize((side, side), Image.Resampling.BILINEAR)
    return np.asarray(square, dtype=np.float32), upright.size


def looks(pixels: NDArray[np.float32]) -> tuple[float, float]:
    """Brightness and contrast of a picture, each 0 to 1: mean, and twice the standard deviation, of its grey."""
    grey = pixels.mean(axis=2) / 255
    return float(grey.mean()), float(min(1.0, 2 * grey.std()))


@dataclass(frozen=True)
class Said:
    """An answer: its surest label and how sure (0 to 1; no label where nothing was found), and what it is made of.

    `shares` are (classes,) probabilities; `regions` those that are sure enough to be shown. One of both is there.
    """

    label: str
    confidence: float
    shares: NDArray[np.float32] | None = None
    regions: list[dict[str, Any]] | None = None

    @property
    def value(self) -> dict[str, Any]:
        """As people answer in the project."""
        if self.regions is None:
            return {"label": self.label}
        return {"regions": without_scores(self.regions)}


@dataclass(frozen=True)
class Loaded:
    """A model that is warm; `kind` is of `labelkit.model_outputs.GRAPHS`."""

    version_id: int
    name: str
    version: int
    kind: str
    labels: list[str]
    side: int
    session: Session
    input_name: str

    def run(self, pixels: NDArray[np.float32]) -> list[dict[str, NDArray[np.float32]]]:
        """(n, side, side, 3) pixels to the graph's outputs by name, one dictionary for each picture."""
        wanted = GRAPHS[self.kind]
        names = self.session.outputs[:1] if self.kind == "classification" else list(wanted)
        found = self.session.run(names, {self.input_name: pixels})
        outputs = [np.asarray(one, dtype=np.float32) for one in found[: len(wanted)]]
        return [dict(zip(wanted, row, strict=True)) for row in zip(*outputs, strict=True)]

    def answer(self, said: dict[str, NDArray[np.float32]], size: tuple[int, int]) -> Said:
        """What the outputs say of a picture of this width and height."""
        if self.kind == "classification":
            shares = said["probabilities"]
            best = int(shares.argmax())
            return Said(self.labels[best], float(shares[best]), shares=shares)
        every = regions_value(self.kind, said, self.labels, size)
        regions = confident_regions(every)
        if not regions:
            return Said("", max((one["score"] for one in every["regions"]), default=0.0), regions=[])
        return Said(regions[0]["label"], regions[0]["score"], regions=regions)


def load(
    graph: Path,
    folder: Path,
    *,
    version_id: int,
    name: str,
    version: int,
    kind: str,
    labels: list[str],
    side: int,
    threads: int,
) -> Loaded:
    """Open a checked graph and run it once, so that the first caller does not wait.

    Raises:
        SandboxError: it cannot be opened or run.
        ValueError: it does not take pixels or does not give what its kind gives.
    """
    session = Session(graph, folder, threads=threads, seconds=RUN_SECONDS)
    try:
        return _tried(Loaded(version_id, name, version, kind, labels, side, session, session.inputs[0]))
    except BaseException:
        session.close()
        raise


def _tried(made: Loaded) -> Loaded:
    kind, side, labels = made.kind, made.side, made.labels
    missing = set(GRAPHS[kind]) - set(made.session.outputs)
    if kind != "classification" and missing:
        raise ValueError(f"The model has no output {', '.join(sorted(missing))}, which {kind} need.")
    found = made.run(np.zeros((2, side, side, 3), dtype=np.float32))
    problem = _problem(kind, found[0], len(labels)) if len(found) == 2 else "no answer for each picture"
    if problem:
        raise ValueError(f"The model gives {problem}.")
    return made


def _problem(kind: str, said: dict[str, NDArray[np.float32]], labels: int) -> str:
    """What is wrong with the shapes of one picture's outputs; empty where nothing is."""
    if kind == "classification":
        shape = said["probabilities"].shape
        return "" if shape == (labels,) else f"{shape} for a picture; expected one number for each of {labels} labels"
    if kind == "masks":
        shape = said["shares"].shape
        fits = len(shape) == 3 and shape[0] == labels + 1
        return "" if fits else f"{shape} for a picture; expected ({labels + 1}, height, width)"
    objects = said["scores"].shape
    last = said["boxes" if kind == "boxes" else "points"].shape
    fits = said["classes"].shape == objects and last[:-1] == objects and (kind == "keypoints" or last[-1] == 4)
    return "" if fits else f"scores {objects} and {last}, which do not fit each other"
