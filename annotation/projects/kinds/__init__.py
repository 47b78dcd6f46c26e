"""Kinds of labeling: adding one is adding a file and listing it here."""

from annotation.projects.kinds.base import Kind, Schema
from annotation.projects.kinds.classification import (
    Classification,
    MultiClassification,
    RowClassification,
    TextClassification,
)
from annotation.projects.kinds.number import RowNumber
from annotation.projects.kinds.regions import KINDS_OF_REGIONS
from annotation.projects.kinds.schema import AttributeIn, LabelIn, SchemaIn, SkeletonIn
from annotation.projects.kinds.spans import Spans

_EVERY: tuple[Kind, ...] = (
    Classification(),
    MultiClassification(),
    *KINDS_OF_REGIONS,
    TextClassification(),
    Spans(),
    RowClassification(),
    RowNumber(),
)
KINDS: dict[str, Kind] = {kind.key: kind for kind in _EVERY}

__all__ = ["KINDS", "AttributeIn", "Kind", "LabelIn", "Schema", "SchemaIn", "SkeletonIn"]
