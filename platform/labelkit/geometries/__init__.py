"""Shapes that a region of a picture can have: one file each. Adding one is adding a file and listing it here."""

from labelkit.geometries.base import Frame, Geometry, Region
from labelkit.geometries.box import Box
from labelkit.geometries.mask import Mask
from labelkit.geometries.polygon import Polygon
from labelkit.geometries.polyline import Polyline
from labelkit.geometries.skeleton import Skeleton
from labelkit.values import AttributeValue

GEOMETRIES: dict[str, Geometry] = {
    geometry.key: geometry for geometry in (Box(), Polygon(), Polyline(), Skeleton(), Mask())
}

__all__ = ["GEOMETRIES", "AttributeValue", "Frame", "Geometry", "Region"]
