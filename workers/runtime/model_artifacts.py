"""Networks of whole systems in the storage: a folder each, written by their own `save`, read by their own `load`."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeVar

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from registry.model_versions.files import copy_folder

Model = TypeVar("Model")


class Saves(Protocol):
    """A model that writes itself into a folder."""

    def save(self, folder: Path) -> None:
        """Write everything."""
        ...


def keep_model(model: Saves, key: str, workdir: Path) -> None:
    """Write a model under `key`; a later attempt of the same job writes the same files again."""
    with tempfile.TemporaryDirectory(dir=workdir) as name:
        model.save(Path(name))
        for path in Path(name).iterdir():
            if default_storage.exists(f"{key}/{path.name}"):
                default_storage.delete(f"{key}/{path.name}")
            default_storage.save(f"{key}/{path.name}", ContentFile(path.read_bytes()))


def kept_model(load: Callable[[Path], Model], key: str, workdir: Path) -> Model:
    """Read it back."""
    with tempfile.TemporaryDirectory(dir=workdir) as name:
        copy_folder(key, Path(name))
        return load(Path(name))
