"""Importing a recipe by its key, and choosing its device."""

import importlib
import os
from typing import cast

from workers.catalog import recipe_spec
from workers.recipes.base import Recipe


def load_recipe(key: str) -> Recipe:
    """The module of the recipe with this key.

    Raises:
        InvalidInput: no such recipe.
    """
    return cast(Recipe, importlib.import_module(recipe_spec(key).module))


def select_device(key: str) -> str:
    """`cuda` for recipes of the queue `gpu` on a machine that has one, else `cpu`."""
    return available_device() if recipe_spec(key).queue == "gpu" else "cpu"


def available_device() -> str:
    """`PLATEAU_DEVICE`; where that is `auto` or unset, `cuda` if there is a GPU, else `cpu`."""
    device = os.environ.get("PLATEAU_DEVICE", "auto")
    if device != "auto":
        return device
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"
