"""Annotation types: adding one is adding a file and listing it here, or an entry point of another package."""

from labelkit.annotations.base import AnnotationType, Schema
from labelkit.annotations.classification import Classification, MultiClassification
from labelkit.annotations.number import Number
from labelkit.annotations.regions import REGION_TYPES
from labelkit.annotations.registry import AnnotationTypeCatalog
from labelkit.annotations.schema import AttributeIn, LabelIn, SchemaIn, SkeletonIn
from labelkit.annotations.spans import Spans

ANNOTATION_TYPES = AnnotationTypeCatalog(
    (
        Classification(),
        MultiClassification(),
        *REGION_TYPES,
        Spans(),
        Number(),
    )
)

__all__ = ["ANNOTATION_TYPES", "AnnotationType", "AttributeIn", "LabelIn", "Schema", "SchemaIn", "SkeletonIn"]
