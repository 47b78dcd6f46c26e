"""Shapes that a region of a picture can have: one file each. Adding one is adding a file and listing it here."""

from annotation.projects.shapes.base import AttributeValue, Frame, Region, Shape
from annotation.projects.shapes.box import Box
from annotation.projects.shapes.mask import Mask
from annotation.projects.shapes.polygon import Polygon
from annotation.projects.shapes.polyline import Polyline
from annotation.projects.shapes.skeleton import Skeleton

SHAPES: dict[str, Shape] = {shape.key: shape for shape in (Box(), Polygon(), Polyline(), Skeleton(), Mask())}

__all__ = ["SHAPES", "AttributeValue", "Frame", "Region", "Shape"]
