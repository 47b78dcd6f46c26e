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
        ProjectType("classification", "One class for each picture", _IMAGE, _CLASSIFICATION),
        ProjectType("multi_classification", "Any number of classes for each picture", _IMAGE, MultiClassification()),
        ProjectType("boxes", "Boxes around things, upright or turned", _IMAGE, _BOXES),
        ProjectType("polygons", "Outlines and lines", _IMAGE, _POLYGONS),
        ProjectType("keypoints", "Keypoints of bodies and other skeletons", _IMAGE, _KEYPOINTS),
        ProjectType("masks", "Masks, painted pixel by pixel", _IMAGE, _MASKS),
        ProjectType("mixed", "All shapes on one picture", _IMAGE, _MIXED),
        ProjectType("text_classification", "One class for each text", _TEXT, _CLASSIFICATION),
        ProjectType("spans", "Names and other spans in texts, with relations", _TEXT, Spans()),
        ProjectType("row_classification", "One class for each row of a table", _ROW, _CLASSIFICATION),
        ProjectType("row_number", "A number for each row of a table", _ROW, Number()),
    )
)

__all__ = ["PROJECT_TYPES", "ProjectType"]
