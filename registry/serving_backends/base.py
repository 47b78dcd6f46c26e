"""The seam of serving backends: what each one defines for the models that it can serve."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from numpy.typing import NDArray

from registry.model_versions.files import fetch_folder
from registry.model_versions.models import ModelVersion

Arrays = dict[str, NDArray[Any]]


class BackendError(Exception):
    """A model cannot be loaded, or failed on its inputs; the message is fit for people."""


@dataclass(frozen=True)
class TensorSpec:
    """An input or output of a model; a dimension is None where it is not fixed."""

    name: str
    shape: tuple[int | None, ...]


@dataclass(frozen=True)
class ModelFiles:
    """A model on local disk: `path` is what is opened, `folder` holds all that it may read."""

    path: Path
    folder: Path


@dataclass(frozen=True)
class ModelStats:
    """What one loaded model did since it was loaded."""

    call_count: int = 0
    error_count: int = 0
    predict_seconds: float = 0.0


class LoadedModel:
    """A model that a backend loaded, and that only this backend can use; backends derive their own from it."""

    def __init__(self, inputs: Sequence[TensorSpec], outputs: Sequence[TensorSpec]) -> None:
        self.inputs = list(inputs)
        self.outputs = list(outputs)


class ServingBackend(ABC):
    """One way to load models and to predict with them.

    Methods may be called from several threads.

    Attributes:
        key: Unique among backends.
    """

    key: ClassVar[str]

    @abstractmethod
    def can_serve(self, facts: Mapping[str, object]) -> bool:
        """Whether it can serve a version with these facts (`ModelVersion.facts`: flavors, kind, labels, image_size)."""

    def fetch(self, version: ModelVersion, cache: Path) -> ModelFiles:
        """Bring the version's files to local disk.

        Raises:
            UnsafeModel, FilesChanged: they are not fit to be opened, or not those that were registered.
        """
        folder, _ = fetch_folder(version, cache)
        return ModelFiles(folder, folder)

    @abstractmethod
    def load(self, files: ModelFiles, *, threads: int = 1, timeout_seconds: float = 60) -> LoadedModel:
        """Load a model; `timeout_seconds` is for each prediction.

        Raises:
            BackendError: it cannot be loaded.
        """

    @abstractmethod
    def predict(self, model: LoadedModel, inputs: Arrays, output_names: Sequence[str]) -> list[NDArray[Any]]:
        """The outputs in the order of `output_names`.

        Raises:
            BackendError: the model failed on these inputs, or took too long.
        """

    @abstractmethod
    def health(self, model: LoadedModel) -> str:
        """Why the model cannot predict now; empty where it can."""

    @abstractmethod
    def unload(self, model: LoadedModel) -> None:
        """Free what the model holds; nothing is asked of it afterwards."""

    @abstractmethod
    def stats(self, model: LoadedModel) -> ModelStats:
        """What the model did since it was loaded."""
