"""Project types: adding one is adding a line here, or an entry point of another package."""

from labelkit.annotations.classification import Classification, MultiClassification
from labelkit.annotations.number import Number
from labelkit.annotations.regions import REGION_TYPES
from labelkit.annotations.spans import Spans
from labelkit.media.image import ImageMedia
from labelkit.media.row import RowMedia
from labelkit.media.text import TextMedia
from labelkit.project_types.base import ProjectType
from labelkit.project_types.catalog import ProjectTypeCatalog

_IMAGE, _TEXT, _ROW = ImageMedia(), TextMedia(), RowMedia()
_CLASSIFICATION = Classification()
_BOXES, _POLYGONS, _KEYPOINTS, _MASKS, _MIXED = REGION_TYPES

# Made of our own types, not read from their catalogs: those load other packages, which import this module.
PROJECT_TYPES = ProjectTypeCatalog(
    (
        ProjectType("classification", "Image classification (single label)", _IMAGE, _CLASSIFICATION),
        ProjectType("multi_classification", "Image classification (multi-label)", _IMAGE, MultiClassification()),
        ProjectType("boxes", "Object detection (bounding boxes, rotated boxes)", _IMAGE, _BOXES),
        ProjectType("polygons", "Polygons & polylines", _IMAGE, _POLYGONS),
        ProjectType("keypoints", "Keypoints / pose", _IMAGE, _KEYPOINTS),
        ProjectType("masks", "Semantic & instance masks (brush)", _IMAGE, _MASKS),
        ProjectType("mixed", "Mixed image annotation", _IMAGE, _MIXED),
        ProjectType("text_classification", "Text classification", _TEXT, _CLASSIFICATION),
        ProjectType("spans", "Named entities (NER) & relations", _TEXT, Spans()),
        ProjectType("row_classification", "Tabular classification", _ROW, _CLASSIFICATION),
        ProjectType("row_number", "Tabular regression", _ROW, Number()),
    )
)

__all__ = ["PROJECT_TYPES", "ProjectType"]
