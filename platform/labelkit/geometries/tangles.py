"""How often outlines and lines cross: GEOS takes minutes and gigabytes where that grows with the square of the points.

Everything here stops counting once the answer is "too often", so that its own cost is bounded.
"""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt
import shapely

CROSSINGS = 200  # of one region with itself: 1,000 take GEOS a third of a second to mend, 10,000 take ten
CROSSINGS_OF_ANSWER = 3000  # of all regions of an answer, each with itself
SIDE_BY_SIDE = 100_000  # pairs of segments whose boxes meet, which are cheap to list; 20 more for each segment
PLAIN = 400  # pairs of segments that may all cross without harm, at 3 microseconds each
SEGMENT_PAIRS = 30_000_000  # that are looked at for all pairs of regions of two answers, 90 nanoseconds each
CROSSING = 30  # of those take as long as GEOS takes for one crossing
SHORT = 1000  # points of a line of which GEOS is asked first whether it crosses itself at all
ROWS = 256  # segments that are looked up at a time
Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.intp]
Shapes = npt.NDArray[np.object_]  # (n,) of shapely


def _segments(points: Floats) -> tuple[Shapes, Floats]:
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
    tree, listed, count = shapely.STRtree(lines), 0, 0
    for start in range(0, len(lines), ROWS):
        i, j = tree.query(shapely.box(*boxes[start : start + ROWS].T))
        i = i + start
        listed += len(i)
        if listed > SIDE_BY_SIDE + 20 * len(lines):
            return most + 1
        apart = (j > i + 1) & ~(closed & (i == 0) & (j == len(lines) - 1))
        count += int(shapely.intersects(lines[i[apart]], lines[j[apart]]).sum())
        if count > most:
            return count
    return count


def _is_plain(points: Floats, closed: bool) -> bool:
    """Whether GEOS finds nothing to mend, which it says quickly of most lines."""
    if closed:
        return len(points) > 2 and bool(shapely.is_valid(shapely.Polygon(points)))
    return bool(shapely.is_simple(shapely.LineString(points)))


class _Outline:
    """The segments of an area's boundary, and a tree of them once it is needed."""

    def __init__(self, area: shapely.Geometry) -> None:
        # A segment from one ring to the next is counted, too; it makes the count no smaller than it should be.
        self.lines, self.boxes = _segments(shapely.get_coordinates(shapely.boundary(area)))

    @cached_property
    def tree(self) -> shapely.STRtree:
        return shapely.STRtree(self.lines)


def crossing_too_often(a: Shapes, b: Shapes, max_segment_pairs: int = SEGMENT_PAIRS) -> list[int]:
    """Places of the pairs of areas, (n,) and (n,), whose segments cross so often that GEOS would take long.

    Outlines of the same thing cross about as often as they have points; four times that is too often. Of very many
    pairs, the last ones are taken for such without a look, so that all of them together take a few seconds at most.
    """
    area, outline = None, None  # the last one: many pairs in a row have the same
    pairs = []
    for k in np.flatnonzero(points_of(a) * points_of(b) > PLAIN).tolist():
        if max_segment_pairs <= 0:
            pairs.append(k)
            continue
        if outline is None or a[k] is not area:
            area, outline = a[k], _Outline(a[k])
        too_often, cost = _cross_too_often(outline, _Outline(b[k]))
        max_segment_pairs -= cost
        if too_often:
            pairs.append(k)
    return pairs


def _cross_too_often(first: _Outline, second: _Outline) -> tuple[bool, int]:
    """And what it took to say so, with what it takes GEOS where they do not, in pairs of segments looked at."""
    points = len(first.lines) + len(second.lines)
    listed, met = 0, 0
    for start in range(0, len(second.boxes), ROWS):
        i, j = first.tree.query(shapely.box(*second.boxes[start : start + ROWS].T))
        listed += len(i)
        if listed > 1000 + 20 * points:
            return True, listed
        met += int(shapely.intersects(second.lines[i + start], first.lines[j]).sum())
        if met > 100 + 4 * points:
            return True, listed
    return False, listed + CROSSING * met


def points_of(areas: Shapes) -> Whole:
    """How many points each of the areas (n,) has."""
    return np.asarray(shapely.get_num_coordinates(areas), dtype=np.intp)


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
