"""Bringing a recipe in by its key."""

import importlib
from typing import cast

from workers.catalog import card_of
from workers.recipes.base import Recipe


def recipe_of(key: str) -> Recipe:
    """The recipe's module; importing it may load torch."""
    return cast(Recipe, importlib.import_module(card_of(key).module))
