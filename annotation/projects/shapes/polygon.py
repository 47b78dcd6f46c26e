"""Closed outlines: a list of points, the last one joined to the first."""

from typing import Any, Literal

import shapely
from pydantic import Field

from annotation.projects.shapes.base import Frame, Number, Region, Shape, beyond, rounded


class PolygonRegion(Region):
    """An outline of 3 points or more."""

    shape: Literal["polygon"] = "polygon"
    points: list[tuple[Number, Number]] = Field(min_length=3, max_length=10_000)

    def outside(self, frame: Frame) -> str:
        """See `Region`."""
        return beyond(frame, self.points)

    def fields(self) -> dict[str, Any]:
        """See `Region`."""
        return {"points": [[rounded(x), rounded(y)] for x, y in self.points]}


class Polygon(Shape):
    """Polygons."""

    key = "polygon"
    model = PolygonRegion

    def geometry(self, region: dict[str, Any]) -> shapely.Geometry:
        """See `Shape`; an outline that crosses itself is mended first."""
        return shapely.make_valid(shapely.Polygon(region["points"]))
