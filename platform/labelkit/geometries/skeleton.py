"""Named keypoints: `[x, y, v]` each, v = 0 not there, 1 hidden, 2 seen (as COCO has it)."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

import numpy as np
import shapely
from pydantic import Field

from labelkit.geometries.base import Frame, Geometry, Number, Region, beyond, rounded
from labelkit.geometries.prepared import Floats, Indices, PreparedRegions
from labelkit.targets import RegionTarget
from labelkit.validation import FromList
from labelkit.values import PointsValue

Visibility = Annotated[int, Field(ge=0, le=2)]
SIGMA = 0.05  # one spread for every keypoint, between those of COCO's eyes (.025) and ankles (.089)


class SkeletonRegion(Region):
    """Keypoints in the order that the label names them."""

    shape: Literal["skeleton"] = "skeleton"
    points: list[FromList[tuple[Number, Number, Visibility]]] = Field(min_length=1, max_length=500)

    def outside(self, frame: Frame) -> str:
        """See `Region`; points that are not there do not count."""
        if all(visibility == 0 for *_, visibility in self.points):
            return "no point of it is there"
        return beyond(frame, [point for point in self.points if point[2]])

    def fields(self) -> Mapping[str, object]:
        """See `Region`."""
        return {"points": [[rounded(x), rounded(y), v] if v else [0.0, 0.0, 0] for x, y, v in self.points]}


class Skeleton(Geometry[PointsValue]):
    """Keypoints."""

    key = "skeleton"
    model = SkeletonRegion

    def to_shapely(self, region: PointsValue) -> shapely.Geometry:
        """The box around the points that are there."""
        there = [point[:2] for point in region["points"] if point[2]]
        return shapely.MultiPoint(there).envelope

    def to_target(self, region: PointsValue) -> RegionTarget:
        """See `Geometry`; the box is around the keypoints that are there, or around all where none is."""
        points = np.array(region["points"], dtype=np.float64)
        there = points[points[:, 2] > 0] if (points[:, 2] > 0).any() else points
        (left, top), (right, bottom) = there[:, :2].min(axis=0).tolist(), there[:, :2].max(axis=0).tolist()
        return self._target(region, (left, top, right - left, bottom - top), keypoints=points)

    def similarity(self, first: PointsValue, second: PointsValue) -> float:
        """Object keypoint similarity (Lin et al. 2014, COCO keypoints), scale = mean area of both boxes."""
        a, b = np.array(first["points"], float), np.array(second["points"], float)
        return _keypoint_similarity(a, b, (_area(_bounds(a)) + _area(_bounds(b))) / 2)

    def prepare(self, regions: Sequence[PointsValue]) -> PreparedRegions:
        """See `Geometry`; the bounds reach as far as a keypoint may lie from the other's and still count half."""
        points = [np.array(region["points"], float) for region in regions]
        boxes = np.array([_bounds(keypoints) for keypoints in points])
        area = np.array([_area(box) for box in boxes])
        # Similarity 0.5 needs one keypoint at exp(-d² / (8 area σ²)) >= 0.5, where the area is the mean of both: no
        # farther than the larger one allows, and so no farther than both reaches together.
        reach = np.sqrt(8 * np.log(2) * np.maximum(1.0, area)) * SIGMA
        bounds = boxes + reach[:, None] * np.array([-1, -1, 1, 1])
        weight = np.array([150.0 + len(keypoints) / 2 for keypoints in points])
        return PreparedRegions(
            regions, bounds, np.zeros(len(regions)), weight, list(zip(points, area.tolist(), strict=True))
        )

    def similarities(self, first: PreparedRegions, second: PreparedRegions, i: Indices, j: Indices) -> Floats:
        """See `Geometry`."""
        similarities = np.zeros(len(i))
        for pair, (left, right) in enumerate(zip(i.tolist(), j.tolist(), strict=True)):
            (a, here), (b, there) = first.geometry[left], second.geometry[right]
            similarities[pair] = _keypoint_similarity(a, b, (here + there) / 2)
        return similarities

    def average(self, regions: Sequence[PointsValue]) -> dict[str, object]:
        """Mean place of each point among those who saw it; there where at least half say so."""
        stack = np.array([region["points"] for region in regions], float)
        there = stack[:, :, 2] > 0
        number = there.sum(axis=0)
        places = (stack[:, :, :2] * there[:, :, None]).sum(axis=0) / np.maximum(number, 1)[:, None]
        visibility = np.where((stack[:, :, 2] == 2).sum(axis=0) * 2 > number, 2, 1)  # the lower median
        points: list[list[float]] = [
            [rounded(x), rounded(y), v] if n and 2 * n >= len(stack) else [0.0, 0.0, 0]
            for (x, y), v, n in zip(places.tolist(), visibility.tolist(), number.tolist(), strict=True)
        ]
        return {"shape": "skeleton", "points": points}


def _bounds(points: Floats) -> Floats:
    """Of the points (n, 3) that are there: left, top, right, bottom; NaN where none is."""
    there = points[points[:, 2] > 0, :2]
    return np.concatenate([there.min(axis=0), there.max(axis=0)]) if len(there) else np.full(4, np.nan)


def _area(bounds: Floats) -> float:
    area = float((bounds[2] - bounds[0]) * (bounds[3] - bounds[1]))
    return 0.0 if np.isnan(area) else area


def _keypoint_similarity(a: Floats, b: Floats, area: float) -> float:
    """Of points (n, 3) and (n, 3), on a scale of `area` square pixels."""
    if len(a) != len(b):
        return 0.0
    either, both = (a[:, 2] > 0) | (b[:, 2] > 0), (a[:, 2] > 0) & (b[:, 2] > 0)
    if not both.any():
        return 0.0
    distance = ((a[:, :2] - b[:, :2]) ** 2).sum(axis=1)
    alike = np.exp(-distance / (2 * max(1.0, area) * (2 * SIGMA) ** 2))
    return float(alike[both].sum() / either.sum())
