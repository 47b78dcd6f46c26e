"""Bringing a recipe in by its key, and where it runs."""

import importlib
import os
from typing import cast

from workers.catalog import recipe_spec
from workers.recipes.base import Recipe


def recipe_of(key: str) -> Recipe:
    """The recipe's module."""
    return cast(Recipe, importlib.import_module(recipe_spec(key).module))


def device_for(key: str) -> str:
    """Where a recipe runs: on the GPU, where its jobs wait for one and the machine has one."""
    return environment_device() if recipe_spec(key).queue == "gpu" else "cpu"


def environment_device() -> str:
    """`cuda` where the trainer may use it: a GPU is there and `PLATEAU_DEVICE` does not say `cpu`."""
    wanted = os.environ.get("PLATEAU_DEVICE", "auto")
    if wanted != "auto":
        return wanted
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"
