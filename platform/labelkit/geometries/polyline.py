"""Open lines: a list of points."""

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import shapely
from pydantic import Field

from labelkit.geometries.base import Frame, Geometry, Number, Region, beyond, overlap, overlaps, rounded
from labelkit.geometries.prepared import Floats, Indices, PreparedRegions
from labelkit.geometries.tangles import Shapes, crossings, near_itself_too_often
from labelkit.validation import FromList
from labelkit.values import PointsValue

TOLERANCE = 0.02  # half the width that a line is given for similarity, as a share of its extent
PLAIN = 30  # points of a line that is widened without a look at how often it lies beside itself
SMOOTHER = 0.05  # of the width: how far a line that does is moved to make it smoother
SIMPLIFIED = 2500  # points of a line that is: what that takes grows with the square where the line is a zigzag


class PolylineRegion(Region):
    """A line of 2 points or more."""

    shape: Literal["polyline"] = "polyline"
    points: list[FromList[tuple[Number, Number]]] = Field(min_length=2, max_length=10_000)

    def outside(self, frame: Frame) -> str:
        """See `Region`."""
        return beyond(frame, self.points)

    def crossings(self) -> int:
        """See `Region`."""
        return crossings(self.points, closed=False)

    def fields(self) -> Mapping[str, object]:
        """See `Region`."""
        return {"points": [[rounded(x), rounded(y)] for x, y in self.points]}


class Polyline(Geometry[PointsValue]):
    """Polylines."""

    key = "polyline"
    model = PolylineRegion

    def to_shapely(self, region: PointsValue) -> shapely.Geometry:
        """The line itself."""
        return shapely.LineString(region["points"])

    def similarity(self, first: PointsValue, second: PointsValue) -> float:
        """Intersection over union of both lines, widened by 2 % of the larger one's extent."""
        a, b = self.to_shapely(first), self.to_shapely(second)
        wide = float(np.maximum(*_half_widths(np.array([a, b]))))
        return overlap(*_widened(np.array([a, b]), np.array([wide, wide])))

    def prepare(self, regions: Sequence[PointsValue]) -> PreparedRegions:
        """See `Geometry`; the bounds are wide enough for every width that the other's extent can ask for."""
        geometry = np.array([self.to_shapely(region) for region in regions], dtype=object)
        # Two widened lines meet where they are no farther apart than twice the larger of both widths.
        reach = 2 * _half_widths(geometry)[:, None]
        bounds = shapely.bounds(geometry).reshape(-1, 4) + reach * np.array([-1, -1, 1, 1])
        tangled = np.where(shapely.is_simple(geometry), 1, 10)  # where it crosses itself, widening it takes longer
        weight = 500.0 + 50 * shapely.get_num_coordinates(geometry) * tangled
        return PreparedRegions(regions, bounds, np.zeros(len(regions)), weight, geometry)

    def similarities(self, first: PreparedRegions, second: PreparedRegions, i: Indices, j: Indices) -> Floats:
        """See `Geometry`."""
        a, b = first.geometry[i], second.geometry[j]
        wide = np.maximum(_half_widths(a), _half_widths(b))
        return overlaps(_widened(a, wide), _widened(b, wide))


def _half_widths(lines: Shapes) -> Floats:
    """What each line asks for on either side, in pixels."""
    bounds = shapely.bounds(lines).reshape(-1, 4)
    extent = np.maximum(bounds[:, 2] - bounds[:, 0], bounds[:, 3] - bounds[:, 1])
    widths: Floats = np.maximum(1.0, TOLERANCE * extent)
    return widths


def _widened(lines: Shapes, wide: Floats) -> Shapes:
    """The area within `wide` (n,) of each line (n,).

    A line of very many steps is made smoother first; one that lies beside itself all over is taken for its hull.
    """
    lines = lines.copy()
    lighter: dict[tuple[int, float], shapely.Geometry] = {}
    for k in np.flatnonzero(shapely.get_num_coordinates(lines) > PLAIN).tolist():
        key = id(lines[k]), float(wide[k])
        if key not in lighter:
            lighter[key] = _made_lighter(lines[k], wide[k])
        lines[k] = lighter[key]
    widened: Shapes = shapely.buffer(lines, wide, quad_segs=16)
    return widened


def _made_lighter(line: shapely.Geometry, wide: float) -> shapely.Geometry:
    if not near_itself_too_often(line, wide):
        return line
    line = shapely.remove_repeated_points(line, SMOOTHER * wide)  # so that the next step has not much to do
    if shapely.get_num_coordinates(line) <= SIMPLIFIED:
        line = shapely.simplify(line, SMOOTHER * wide, preserve_topology=False)
    return shapely.convex_hull(line) if near_itself_too_often(line, wide) else line
