"""Named keypoints: `[x, y, v]` each, v = 0 not there, 1 hidden, 2 seen (as COCO has it)."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any, Literal

import numpy as np
import shapely
from pydantic import Field

from annotation.projects.shapes.base import Frame, Number, Region, Shape, beyond, rounded
from annotation.projects.shapes.prepared import Prepared

Seen = Annotated[int, Field(ge=0, le=2)]
SIGMA = 0.05  # one spread for every keypoint, between those of COCO's eyes (.025) and ankles (.089)


class SkeletonRegion(Region):
    """Keypoints in the order that the label names them."""

    shape: Literal["skeleton"] = "skeleton"
    points: list[tuple[Number, Number, Seen]] = Field(min_length=1, max_length=500)

    def outside(self, frame: Frame) -> str:
        """See `Region`; points that are not there do not count."""
        if all(seen == 0 for *_, seen in self.points):
            return "no point of it is there"
        return beyond(frame, [point for point in self.points if point[2]])

    def fields(self) -> dict[str, Any]:
        """See `Region`."""
        return {"points": [[rounded(x), rounded(y), v] if v else [0.0, 0.0, 0] for x, y, v in self.points]}


class Skeleton(Shape):
    """Keypoints."""

    key = "skeleton"
    model = SkeletonRegion

    def geometry(self, region: dict[str, Any]) -> shapely.Geometry:
        """The box around the points that are there."""
        there = [point[:2] for point in region["points"] if point[2]]
        return shapely.MultiPoint(there).envelope

    def likeness(self, one: dict[str, Any], other: dict[str, Any]) -> float:
        """Object keypoint similarity (Lin et al. 2014, COCO keypoints), scale = mean area of both boxes."""
        a, b = np.array(one["points"], float), np.array(other["points"], float)
        if len(a) != len(b):
            return 0.0
        either, both = (a[:, 2] > 0) | (b[:, 2] > 0), (a[:, 2] > 0) & (b[:, 2] > 0)
        if not both.any():
            return 0.0
        area = max(1.0, (self.geometry(one).area + self.geometry(other).area) / 2)
        distance = ((a[:, :2] - b[:, :2]) ** 2).sum(axis=1)
        alike = np.exp(-distance / (2 * area * (2 * SIGMA) ** 2))
        return float(alike[both].sum() / either.sum())

    def prepare(self, regions: Sequence[dict[str, Any]]) -> Prepared:
        """See `Shape`; the bounds reach as far as a keypoint may lie from the other's and still count half."""
        made = super().prepare(regions)
        left, top, right, bottom = made.bounds.T
        # Likeness 0.5 needs one keypoint at exp(-d² / (8 area σ²)) >= 0.5, where the area is the mean of both: no
        # farther than the larger one allows, and so no farther than both reaches together.
        reach = np.sqrt(8 * np.log(2) * np.maximum(1.0, (right - left) * (bottom - top))) * SIGMA
        return replace(made, bounds=made.bounds + reach[:, None] * np.array([-1, -1, 1, 1]))

    def average(self, regions: Sequence[dict[str, Any]]) -> dict[str, Any]:
        """Mean place of each point among those who saw it; there where at least half say so."""
        stack = np.array([one["points"] for one in regions], float)
        made: list[list[float]] = []
        for points in stack.swapaxes(0, 1):
            there = points[points[:, 2] > 0]
            if 2 * len(there) < len(points) or not len(there):
                made.append([0.0, 0.0, 0])
            else:
                made.append([rounded(there[:, 0].mean()), rounded(there[:, 1].mean()), int(np.median(there[:, 2]))])
        return {"shape": "skeleton", "points": made}
