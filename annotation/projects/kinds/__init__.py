"""Kinds of labeling: adding one is adding a file and listing it here."""

from annotation.projects.kinds.base import Kind, Schema
from annotation.projects.kinds.classification import Classification, MultiClassification, TextClassification
from annotation.projects.kinds.regions import KINDS_OF_REGIONS
from annotation.projects.kinds.schema import AttributeIn, LabelIn, SchemaIn, SkeletonIn
from annotation.projects.kinds.spans import Spans

KINDS: dict[str, Kind] = {
    kind.key: kind
    for kind in (Classification(), MultiClassification(), *KINDS_OF_REGIONS, TextClassification(), Spans())
}

__all__ = ["KINDS", "AttributeIn", "Kind", "LabelIn", "Schema", "SchemaIn", "SkeletonIn"]
