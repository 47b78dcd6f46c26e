"""Shapes that a region of a picture can have: one file each. Adding one is adding a file and listing it here."""

from labelkit.geometries.base import AttributeValue, Frame, Region, Shape
from labelkit.geometries.box import Box
from labelkit.geometries.mask import Mask
from labelkit.geometries.polygon import Polygon
from labelkit.geometries.polyline import Polyline
from labelkit.geometries.skeleton import Skeleton

SHAPES: dict[str, Shape] = {shape.key: shape for shape in (Box(), Polygon(), Polyline(), Skeleton(), Mask())}

__all__ = ["SHAPES", "AttributeValue", "Frame", "Region", "Shape"]
