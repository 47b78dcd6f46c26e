"""The protocol between a recipe and whoever runs it. No database, no Celery, no settings."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image


class Stopped(Exception):
    """A recipe stopped because `Run.stop_requested` said so; its checkpoint is kept."""


@dataclass(frozen=True)
class Example:
    """A picture on local disk and its label. `key` names the picture's bytes, for caches."""

    key: str
    path: Path
    label: str


class Run(Protocol):
    """What a recipe may use while it runs."""

    seed: int
    device: str
    workdir: Path
    cache: Path

    def log(self, step: int, total: int, **values: float) -> None:
        """Show progress and values."""
        ...

    def stop_requested(self) -> bool:
        """True where the recipe must stop soon."""
        ...


class Trained(Protocol):
    """A trained model."""

    labels: list[str]

    def predict(self, examples: Sequence[Example]) -> NDArray[np.float64]:
        """(n, classes) probabilities; rows sum to 1, columns stand in the order of `labels`."""
        ...

    def save(self, folder: Path) -> None:
        """Write everything that `Recipe.load` needs."""
        ...

    def export_onnx(self, path: Path) -> None:
        """An ONNX file: (n, side, side, 3) float32 of 0–255 in, `probabilities` (n, classes) out."""
        ...

    def input_side(self) -> int:
        """Side of the input of `export_onnx`, in pixels."""
        ...


class Recipe(Protocol):
    """A module in `workers/recipes/` with these two functions is a recipe."""

    def fit(self, examples: Sequence[Example], labels: list[str], params: dict[str, Any], run: Run) -> Trained:
        """Train; goes on from a checkpoint in `run.workdir` where there is one.

        Raises:
            Stopped: it was asked to.
        """
        ...

    def load(self, folder: Path, cache: Path) -> Trained:
        """What `Trained.save` wrote."""
        ...


def read_rgb(path: Path, side: int) -> NDArray[np.uint8]:
    """(side, side, 3) upright RGB picture, squeezed to a square."""
    with Image.open(path) as image:
        square = image.convert("RGB").resize((side, side), Image.Resampling.BILINEAR)
        return np.asarray(square, dtype=np.uint8)


def check_run(run: Run) -> None:
    """Stop here where asked to.

    Raises:
        Stopped: yes.
    """
    if run.stop_requested():
        raise Stopped
