"""Any version that can be run here, opened the same way: a graph of whomever, or what one of our recipes wrote."""

import importlib
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any, Protocol, cast

from registry.versions.files import UnsafeModel, fetch_folder
from registry.versions.models import ModelVersion
from workers.catalog import CARDS
from workers.recipes.base import Example, Recipe, Run, Trained, check_run
from workers.runtime.onnx_model import fetch_model

CHUNK = 256


class Opened(Protocol):
    """A model that answers."""

    labels: list[str]

    def predict(self, examples: Sequence[Example], run: Run) -> Any:
        """What `Trained.predict` gives."""
        ...


class _FromRecipe:
    """What a recipe saved; read by the same recipe, in formats that run no code."""

    def __init__(self, trained: Trained) -> None:
        self._trained, self.labels = trained, trained.labels

    def predict(self, examples: Sequence[Example], run: Run) -> Any:
        """What the recipe's model answers."""
        check_run(run)
        return self._trained.predict(examples)


def open_model(version: ModelVersion, cache: Path) -> Opened:
    """Bring a version's files here and open them.

    Raises:
        UnsafeModel: its files are not fit to be opened, or nothing here knows how to run it.
    """
    if version.graph and "plateau" not in version.facts["flavors"]:
        return fetch_model(version, cache)
    if not version.judgeable:
        raise UnsafeModel("Only ONNX models of pictures and models that a recipe of ours wrote are run here.")
    home, card = fetch_folder(version, cache)
    flavor = card.get("flavors", {}).get("plateau", {}) if isinstance(card, dict) else {}
    recipe, data = str(flavor.get("recipe", "")), PurePosixPath(str(flavor.get("data", "")))
    if recipe not in CARDS or data.is_absolute() or ".." in data.parts or not (home / data).is_dir():
        raise UnsafeModel("The card names no recipe that is known here, or a folder that is not there.")
    module = cast(Recipe, importlib.import_module(CARDS[recipe].module))
    try:
        return _FromRecipe(module.load(home / data, cache))
    except Exception as error:
        raise UnsafeModel(f"The files are not what {recipe} writes: {type(error).__name__}: {error}"[:300]) from error
