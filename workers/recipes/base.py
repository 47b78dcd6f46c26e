"""The protocol between a recipe and whoever runs it. No database, no Celery, no settings."""

import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from labelkit.annotations import ANNOTATION_TYPES
from labelkit.pictures import read_flat, read_upright_size
from workers.recipes.spec import RecipeSpec

CHECKPOINT = "checkpoint.pt"  # in a run's folder


class RunStopped(Exception):
    """A recipe stopped because `Run.stop_requested` said so; its checkpoint is kept."""


@dataclass(frozen=True)
class Example:
    """One item and what is to be learned of it. `key` names its bytes, for caches.

    A picture lies at `path`; a text is `text`; a row of a table has its columns in `row`. `annotation` is
    of the type with the key `annotation_type`, `target` what `AnnotationType.training_target` gives of it, and
    `stratum` the class by which subsets are kept balanced, empty where there is none.
    """

    key: str
    path: Path = Path()
    text: str = ""
    row: dict[str, Any] = field(default_factory=dict)
    target: Any = None
    annotation_type: str = ""
    annotation: dict[str, Any] = field(default_factory=dict)
    stratum: str = ""

    def exact_output(self, labels: list[str]) -> Any:
        """What a model outputs that knows the annotation."""
        return ANNOTATION_TYPES[self.annotation_type].exact_output(self.annotation, labels)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the upright picture."""
        return image_size_of(self)


def annotated(annotation_type: str, annotation: dict[str, Any], *, key: str, **fields: Any) -> Example:
    """An example of an annotation of the type with this key; `fields` say where its item lies."""
    type_ = ANNOTATION_TYPES[annotation_type]
    return Example(
        key,
        target=type_.training_target(annotation),
        annotation_type=annotation_type,
        annotation=annotation,
        stratum=type_.strata(annotation),
        **fields,
    )


@dataclass
class Run:
    """What a recipe may use while it runs. As it stands it reports to nobody and never stops.

    `cache` outlives the run and is shared with others; `workdir` is the run's own and outlives an attempt. Of
    `world_size` processes that train together, this is number `rank`; today each recipe trains in one.
    """

    workdir: Path
    cache: Path
    seed: int = 0
    device: str = "cpu"
    rank: int = 0
    world_size: int = 1

    @property
    def checkpoint(self) -> Path:
        """Where a recipe writes how far it is; whoever trains another model in the same folder deletes it first."""
        return self.workdir / CHECKPOINT

    def log(self, step: int, total: int, **values: float) -> None:
        """Report progress and metrics."""

    def stop_requested(self) -> bool:
        """Whether the recipe must stop soon."""
        return False

    def raise_if_stopped(self) -> None:
        """End the recipe here where somebody asked for it.

        Raises:
            RunStopped: somebody did.
        """
        if self.stop_requested():
            raise RunStopped


class TrainedModel(Protocol):
    """A trained model. What `predict` gives is said by the annotation type's `model_output`:

    - `classes`: (n, classes) probabilities; rows sum to 1, columns stand in the order of `labels`.
    - `number`: (n,) numbers.
    - `regions`, `spans`: n annotations, each region or span with a `score` of 0 to 1.
    - "": n annotations.
    """

    labels: list[str]

    def predict(self, examples: Sequence[Example]) -> Any:
        """Answers to the examples; their targets are not looked at."""
        ...

    def save(self, folder: Path) -> None:
        """Write everything that `Recipe.load` needs, in formats that run no code when they are read."""
        ...


class OnnxExportable(TrainedModel, Protocol):
    """A trained model that becomes an ONNX graph from pixels."""

    def export_onnx(self, path: Path) -> None:
        """An ONNX file: `pixels` (n, side, side, 3) float32 of 0–255 in.

        Out comes what `labelkit.model_outputs.GRAPHS` says of the kind.
        """
        ...

    def image_size(self) -> int:
        """Side of the input of `export_onnx`, in pixels."""
        ...


class Recipe(Protocol):
    """A module in `workers/recipes/` with these functions and a spec is a recipe.

    `params` of `fit` are an instance of the spec's `parameters`. The module is imported wherever specs are shown, so
    learning libraries are imported in the functions that need them.
    """

    SPEC: RecipeSpec

    def fit(self, examples: Sequence[Example], labels: list[str], params: object, run: Run) -> TrainedModel:
        """Train; goes on from a checkpoint in `run.workdir` where there is one.

        Raises:
            RunStopped: it was asked to.
        """
        ...

    def load(self, folder: Path, cache: Path) -> TrainedModel:
        """What `TrainedModel.save` wrote."""
        ...


def read_rgb(path: Path, side: int) -> NDArray[np.uint8]:
    """(side, side, 3) upright RGB picture as people see it, squeezed to a square."""
    square = read_flat(path).convert("RGB").resize((side, side), Image.Resampling.BILINEAR)
    return np.asarray(square, dtype=np.uint8)


@lru_cache(maxsize=1)
def _readers() -> ThreadPoolExecutor:
    """Threads that decode: Pillow lets go of the interpreter's lock while it does."""
    return ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="pictures")


def in_batches(
    examples: Sequence[Example], side: int, size: int
) -> Iterator[tuple[Sequence[Example], NDArray[np.uint8]]]:
    """Parts of at most `size` examples with their pictures (n, side, side, 3) as `read_rgb` gives them.

    The next part is decoded while the caller works on this one.
    """
    waiting: deque[tuple[Sequence[Example], list[Future[NDArray[np.uint8]]]]] = deque()
    for begin in range(0, len(examples), size):
        part = examples[begin : begin + size]
        waiting.append((part, [_readers().submit(read_rgb, example.path, side) for example in part]))
        if len(waiting) > 1:
            batch, reads = waiting.popleft()
            yield batch, np.stack([read.result() for read in reads])
    for batch, reads in waiting:
        yield batch, np.stack([read.result() for read in reads])


def image_size_of(example: Example) -> tuple[int, int]:
    """Width and height of the upright picture."""
    return read_upright_size(example.path)
