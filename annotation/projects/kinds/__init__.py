"""Kinds of labeling: one file each. Adding a kind is adding a file and listing it here."""

from annotation.projects.kinds.base import Kind, LabelIn, SchemaIn
from annotation.projects.kinds.boxes import Boxes
from annotation.projects.kinds.classification import Classification

KINDS: dict[str, Kind] = {kind.key: kind for kind in (Classification(), Boxes())}

__all__ = ["KINDS", "Kind", "LabelIn", "SchemaIn"]
