"""Closed outlines: a list of points, the last one joined to the first."""

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import shapely
from pydantic import Field

from labelkit.geometries.base import Frame, Geometry, Number, Region, beyond, overlaps, rounded
from labelkit.geometries.prepared import Floats, Indices, PreparedRegions
from labelkit.geometries.tangles import PLAIN, crossings
from labelkit.validation import FromList
from labelkit.values import PointsValue


class PolygonRegion(Region):
    """An outline of 3 points or more."""

    shape: Literal["polygon"] = "polygon"
    points: list[FromList[tuple[Number, Number]]] = Field(min_length=3, max_length=10_000)

    def outside(self, frame: Frame) -> str:
        """See `Region`."""
        return beyond(frame, self.points)

    def crossings(self) -> int:
        """See `Region`."""
        return crossings(self.points, closed=True)

    def fields(self) -> Mapping[str, object]:
        """See `Region`."""
        return {"points": [[rounded(x), rounded(y)] for x, y in self.points]}


class Polygon(Geometry[PointsValue]):
    """Polygons."""

    key = "polygon"
    model = PolygonRegion

    def to_shapely(self, region: PointsValue) -> shapely.Geometry:
        """See `Geometry`; an outline that crosses itself is mended first."""
        return shapely.make_valid(shapely.Polygon(region["points"]))

    def prepare(self, regions: Sequence[PointsValue]) -> PreparedRegions:
        """See `Geometry`; each outline is mended once."""
        geometry = np.array([self.to_shapely(region) for region in regions], dtype=object)
        pieces = np.where(shapely.get_num_geometries(geometry) > 1, 10, 1)  # of an outline that crossed itself
        points = shapely.get_num_coordinates(geometry)
        weight = 50.0 + 2 * points * pieces + np.where(points * points > PLAIN, 400, 0)  # a look at how they cross
        bounds = shapely.bounds(geometry).reshape(-1, 4)
        return PreparedRegions(regions, bounds, shapely.area(geometry), weight, geometry)

    def similarities(self, first: PreparedRegions, second: PreparedRegions, i: Indices, j: Indices) -> Floats:
        """See `Geometry`."""
        return overlaps(first.geometry[i], second.geometry[j])
