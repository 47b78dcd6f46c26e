"""How often outlines and lines cross: GEOS takes minutes and gigabytes where that grows with the square of the points.

Everything here stops counting once the answer is "too often", so that its own cost is bounded.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

CROSSINGS = 200  # of one region with itself: 1,000 take GEOS a third of a second to mend, 10,000 take ten
CROSSINGS_OF_ANSWER = 3000  # of all regions of an answer, each with itself
SIDE_BY_SIDE = 100_000  # pairs of segments whose boxes meet, which are cheap to list; 20 more for each segment
PLAIN = 400  # pairs of segments that may all cross without harm, at 3 microseconds each
SHORT = 1000  # points of a line of which GEOS is asked first whether it crosses itself at all
ROWS = 256  # segments that are looked up at a time
Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.intp]


def _segments(points: Floats) -> tuple[Any, Floats]:
    """Lines (n,) from each point (n + 1, 2) to the next; those without length are left out. And their boxes (n, 4)."""
    ends = np.stack([points[:-1], points[1:]], axis=1)
    ends = ends[(ends[:, 0] != ends[:, 1]).any(axis=1)]
    return shapely.linestrings(ends), np.concatenate([ends.min(axis=1), ends.max(axis=1)], axis=1)


def crossings(points: Sequence[Sequence[float]], *, closed: bool, most: int = CROSSINGS) -> int:
    """How often a line crosses or touches itself, neighbors aside; any number above `most` where it is more often."""
    row = np.asarray(points, dtype=float)[:, :2]
    if len(row) <= SHORT and _is_plain(row, closed):
        return 0
    lines, boxes = _segments(np.concatenate([row, row[:1]]) if closed else row)
    if len(lines) < 3:
        return 0
    tree, listed, found = shapely.STRtree(lines), 0, 0
    for start in range(0, len(lines), ROWS):
        i, j = tree.query(shapely.box(*boxes[start : start + ROWS].T))
        i = i + start
        listed += len(i)
        if listed > SIDE_BY_SIDE + 20 * len(lines):
            return most + 1
        apart = (j > i + 1) & ~(closed & (i == 0) & (j == len(lines) - 1))
        found += int(shapely.intersects(lines[i[apart]], lines[j[apart]]).sum())
        if found > most:
            return found
    return found


def _is_plain(points: Floats, closed: bool) -> bool:
    """Whether GEOS finds nothing to mend, which it says quickly of most lines."""
    if closed:
        return len(points) > 2 and bool(shapely.is_valid(shapely.Polygon(points)))
    return bool(shapely.is_simple(shapely.LineString(points)))


def cross_too_often(one: shapely.Geometry, other: shapely.Geometry) -> bool:
    """Whether the segments of two areas cross so often that GEOS would take long for what they have in common.

    Outlines of the same thing cross about as often as they have points; four times that is too often.
    """
    a, b = (shapely.get_coordinates(shapely.boundary(each)) for each in (one, other))
    if len(a) * len(b) <= PLAIN:
        return False
    # A segment from one ring to the next is counted, too; it makes the count no smaller than it should be.
    (lines, _), (others, boxes) = _segments(a), _segments(b)
    points = len(a) + len(b)
    tree, listed, met = shapely.STRtree(lines), 0, 0
    for start in range(0, len(boxes), ROWS):
        i, j = tree.query(shapely.box(*boxes[start : start + ROWS].T))
        listed += len(i)
        if listed > 1000 + 20 * points:
            return True
        met += int(shapely.intersects(others[i + start], lines[j]).sum())
        if met > 100 + 4 * points:
            return True
    return False


def near_itself_too_often(line: shapely.Geometry, distance: float) -> bool:
    """Whether so many segments of a line lie within `distance` of each other that widening it takes GEOS long."""
    lines, boxes = _segments(shapely.get_coordinates(line))
    tree, listed = shapely.STRtree(lines), 0
    for start in range(0, len(boxes), ROWS):
        wide = boxes[start : start + ROWS] + distance * np.array([-1, -1, 1, 1])
        listed += len(tree.query(shapely.box(*wide.T))[0])
        if listed > 1000 + 20 * len(boxes):
            return True
    return False
