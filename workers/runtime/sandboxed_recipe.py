"""The confined side of models that a recipe wrote: loaded, and asked, in a process that can do nothing else. No Django.

Whoever may write to the registry may have made such files. The recipe reads them by formats that run no code; should
one of these formats have a fault, it does its harm here.
"""

import importlib
from pathlib import Path
from typing import Any, cast

import numpy as np

from workers.recipes.base import Example, Recipe, Trained

_opened: list[Trained] = []


def load(module: str, folder: str, cache: str) -> list[str]:
    """Open it; returns its labels."""
    recipe = cast(Recipe, importlib.import_module(module))
    _opened[:] = [recipe.load(Path(folder), Path(cache))]
    return list(_opened[0].labels)


def predict(examples: list[dict[str, Any]]) -> tuple[Any, dict[str, Any]]:
    """Answers to the examples: as an array where the kind has one, else as they are."""
    found = _opened[0].predict([Example(**(one | {"path": Path(one["path"])})) for one in examples])
    if isinstance(found, np.ndarray):
        return None, {"found": found}
    return _plain(found), {}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if isinstance(value, np.generic):
        return value.item()
    return value.tolist() if isinstance(value, np.ndarray) else value
