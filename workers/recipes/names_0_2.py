"""Recipe parameters under their names of 0.2.0, for the migrations that rename what an installation stored."""

from collections.abc import Mapping
from typing import Any

_NETWORK = {"rate": "learning_rate", "batch": "batch_size"}
_IMAGES = _NETWORK | {"side": "image_size"}
_C = {"c": "C"}
_MIXED = _IMAGES | {"alpha": "mixup_alpha"}
_DENSE = _IMAGES | {"least": "min_examples_per_epoch"}
_TREES = {
    "trees": "n_estimators", "rate": "learning_rate", "leaves": "num_leaves", "least": "min_samples_leaf",
}  # fmt: skip

NEW_NAMES: dict[str, dict[str, str]] = {
    "image_probe": _C,
    "image_finetune": _MIXED | {"fall": "layerwise_lr_decay", "least": "min_examples_per_epoch"},
    "image_cnn": _MIXED,
    "image_logistic": _C,
    "image_neighbours": {"k": "n_neighbors"},
    "boxes_centers": _DENSE,
    "keypoints_centers": _DENSE,
    "masks_pyramid": _DENSE,
    "masks_pixels": {"side": "image_size"},
    "text_linear": _C | {"longest": "ngram_max"},
    "text_cnn": _NETWORK | {"longest": "max_length"},
    "spans_linear": {"decay": "alpha"},
    "spans_cnn": _NETWORK | {"longest": "max_length", "least": "min_examples_per_epoch"},
    "rows_linear": _C,
    "rows_boosting": _TREES,
    "rows_lightgbm": _TREES,
}
RANGE_NAMES = {"low": "min", "high": "max", "whole": "is_integer"}


def renamed(recipe: str, params: Mapping[str, object]) -> dict[str, Any]:
    """`params`, or anything else by parameter, under today's names; what has them already stays.

    >>> renamed("text_linear", {"c": 10.0, "longest": 4, "run_id": 7})
    {'C': 10.0, 'ngram_max': 4, 'run_id': 7}
    """
    names = NEW_NAMES.get(recipe, {})
    return {names.get(key, key): value for key, value in params.items()}


def renamed_space(recipe: str, space: Mapping[str, Mapping[str, object]]) -> dict[str, Any]:
    """The ranges of a sweep under today's names.

    >>> renamed_space("image_probe", {"c": {"low": 0.1, "high": 1.0, "log": True, "whole": False}})
    {'C': {'min': 0.1, 'max': 1.0, 'log': True, 'is_integer': False}}
    """
    return {
        key: {RANGE_NAMES.get(name, name): value for name, value in bounds.items()}
        for key, bounds in renamed(recipe, space).items()
    }


def named_as_before(recipe: str, params: Mapping[str, object]) -> dict[str, Any]:
    """What `renamed` undoes.

    >>> named_as_before("text_linear", {"C": 10.0, "ngram_max": 4})
    {'c': 10.0, 'longest': 4}
    """
    names = {new: old for old, new in NEW_NAMES.get(recipe, {}).items()}
    return {names.get(key, key): value for key, value in params.items()}


def space_named_as_before(recipe: str, space: Mapping[str, Mapping[str, object]]) -> dict[str, Any]:
    """What `renamed_space` undoes."""
    names = {new: old for old, new in RANGE_NAMES.items()}
    return {
        key: {names.get(name, name): value for name, value in bounds.items()}
        for key, bounds in named_as_before(recipe, space).items()
    }
