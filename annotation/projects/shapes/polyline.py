"""Open lines: a list of points."""

from typing import Any, Literal

import shapely
from pydantic import Field

from annotation.projects.shapes.base import Frame, Number, Region, Shape, beyond, overlap, rounded

TOLERANCE = 0.02  # half the width that a line is given for likeness, as a share of its extent


class PolylineRegion(Region):
    """A line of 2 points or more."""

    shape: Literal["polyline"] = "polyline"
    points: list[tuple[Number, Number]] = Field(min_length=2, max_length=10_000)

    def outside(self, frame: Frame) -> str:
        """See `Region`."""
        return beyond(frame, self.points)

    def fields(self) -> dict[str, Any]:
        """See `Region`."""
        return {"points": [[rounded(x), rounded(y)] for x, y in self.points]}


class Polyline(Shape):
    """Polylines."""

    key = "polyline"
    model = PolylineRegion

    def geometry(self, region: dict[str, Any]) -> shapely.Geometry:
        """The line itself."""
        return shapely.LineString(region["points"])

    def likeness(self, one: dict[str, Any], other: dict[str, Any]) -> float:
        """Intersection over union of both lines, widened by 2 % of the larger one's extent."""
        a, b = self.geometry(one), self.geometry(other)
        extents = [max(g.bounds[2] - g.bounds[0], g.bounds[3] - g.bounds[1]) for g in (a, b)]
        wide = max(1.0, TOLERANCE * max(extents))
        return overlap(a.buffer(wide), b.buffer(wide))
