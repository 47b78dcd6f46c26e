"""A recipe's model inside the sandboxed process: it is loaded here and predicts here. No Django.

Whoever may write to the registry may have made such files. The recipe reads them by formats that run no code; should
one of these formats have a fault, it does its harm here.
"""

import importlib
from pathlib import Path
from typing import Any, cast

import numpy as np

from workers.recipes.base import Example, Recipe, TrainedModel

_models: list[TrainedModel] = []  # at most the loaded one


def load(module: str, folder: str, cache: str) -> list[str]:
    """Load the model that the recipe `module` saved in `folder`; returns its labels."""
    recipe = cast(Recipe, importlib.import_module(module))
    _models[:] = [recipe.load(Path(folder), Path(cache))]
    return list(_models[0].labels)


def predict(examples: list[dict[str, Any]]) -> tuple[Any, dict[str, Any]]:
    """(None, {"predictions": array}) of models that output an array, else (annotations, {})."""
    predictions = _models[0].predict([Example(**(fields | {"path": Path(fields["path"])})) for fields in examples])
    if isinstance(predictions, np.ndarray):
        return None, {"predictions": predictions}
    return _plain(predictions), {}


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {str(key): _plain(element) for key, element in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(element) for element in value]
    if isinstance(value, np.generic):
        return value.item()
    return value.tolist() if isinstance(value, np.ndarray) else value
