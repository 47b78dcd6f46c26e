"""Trained models in the storage: a folder each, written by the model's own `save`, read by its own `load`."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeVar

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from registry.model_versions.files import copy_folder

Model = TypeVar("Model")


class SavableModel(Protocol):
    """A model that writes itself into a folder."""

    def save(self, folder: Path) -> None:
        """Write everything that its `load` needs."""
        ...


def save_model_artifact(model: SavableModel, key: str, workdir: Path) -> None:
    """Write a model under `key`; a later attempt of the same job overwrites its files."""
    with tempfile.TemporaryDirectory(dir=workdir) as folder:
        model.save(Path(folder))
        for path in Path(folder).iterdir():
            if default_storage.exists(f"{key}/{path.name}"):
                default_storage.delete(f"{key}/{path.name}")
            default_storage.save(f"{key}/{path.name}", ContentFile(path.read_bytes()))


def load_model_artifact(load: Callable[[Path], Model], key: str, workdir: Path) -> Model:
    """The model that `save_model_artifact` wrote under `key`."""
    with tempfile.TemporaryDirectory(dir=workdir) as folder:
        copy_folder(key, Path(folder))
        return load(Path(folder))
