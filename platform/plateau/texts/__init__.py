"""Texts that the server sends to people: English in the sources, other languages in catalogs beside this file."""

from plateau.texts.catalog import LANGUAGES, translate

__all__ = ["LANGUAGES", "translate"]
