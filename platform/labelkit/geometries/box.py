"""Boxes, upright or turned: left upper corner and size before the turn, `angle` clockwise about the centre."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

import numpy as np
import shapely
from pydantic import Field

from labelkit.geometries.base import SLACK, Frame, Geometry, Number, Region, overlaps, rounded
from labelkit.geometries.prepared import Floats, Indices, PreparedRegions
from labelkit.geometries.tangles import Shapes
from labelkit.messages import Message
from labelkit.targets import RegionTarget
from labelkit.values import BoxValue

Side = Annotated[float, Field(gt=0, le=1e6, allow_inf_nan=False)]


class BoxRegion(Region):
    """A box. A turned one may leave the picture with its corners, not with its centre."""

    shape: Literal["box"] = "box"
    x: Number
    y: Number
    w: Side
    h: Side
    angle: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)] = 0

    def outside(self, frame: Frame) -> str:
        """See `Region`."""
        width, height = frame.width or 1e6, frame.height or 1e6
        if self.angle:
            x, y = self.x + self.w / 2, self.y + self.h / 2
            inside = 0 <= x <= width and 0 <= y <= height
        else:
            inside = self.x >= -SLACK and self.y >= -SLACK
            inside = inside and self.x + self.w <= width + SLACK and self.y + self.h <= height + SLACK
        return (
            ""
            if inside
            else Message(
                "the box extends beyond the image ({width} × {height})",
                width=frame.width or "?",
                height=frame.height or "?",
            )
        )

    def fields(self) -> Mapping[str, object]:
        """See `Region`."""
        fields = {"x": rounded(self.x), "y": rounded(self.y), "w": rounded(self.w), "h": rounded(self.h)}
        return fields | {"angle": rounded(self.angle)} if self.angle else fields


class Box(Geometry[BoxValue]):
    """Boxes."""

    key = "box"
    model = BoxRegion

    def to_shapely(self, region: BoxValue) -> shapely.Geometry:
        """See `Geometry`."""
        return shapely.Polygon(corners(region))

    def to_target(self, region: BoxValue) -> RegionTarget:
        """See `Geometry`."""
        x, y, w, h = region["x"], region["y"], region["w"], region["h"]
        return self._target(region, (x, y, w, h), angle=region.get("angle", 0.0))

    def similarity(self, first: BoxValue, second: BoxValue) -> float:
        """See `Geometry`; upright boxes without the detour over polygons."""
        if first.get("angle") or second.get("angle"):
            return super().similarity(first, second)
        w = min(first["x"] + first["w"], second["x"] + second["w"]) - max(first["x"], second["x"])
        h = min(first["y"] + first["h"], second["y"] + second["h"]) - max(first["y"], second["y"])
        if w <= 0 or h <= 0:
            return 0.0
        return float(w * h / (first["w"] * first["h"] + second["w"] * second["h"] - w * h))

    def prepare(self, regions: Sequence[BoxValue]) -> PreparedRegions:
        """See `Geometry`."""
        x, y, w, h = _columns(regions)
        bounds = np.column_stack([x, y, x + w, y + h])
        turned = [k for k, region in enumerate(regions) if region.get("angle")]
        for k in turned:
            points = np.array(corners(regions[k]))
            bounds[k] = *points.min(axis=0), *points.max(axis=0)
        weight = np.ones(len(regions))
        weight[turned] = 100.0
        return PreparedRegions(regions, bounds, w * h, weight)

    def similarities(self, first: PreparedRegions, second: PreparedRegions, i: Indices, j: Indices) -> Floats:
        """See `Geometry`; the arithmetic of `similarity`, for all pairs at once."""
        (x, y, w, h), (u, v, p, q) = _columns(first.regions)[:, i], _columns(second.regions)[:, j]
        across = np.minimum(x + w, u + p) - np.maximum(x, u)
        down = np.minimum(y + h, v + q) - np.maximum(y, v)
        meet = (across > 0) & (down > 0)
        both = across * down
        similarities: Floats = np.divide(both, w * h + p * q - both, out=np.zeros(len(i)), where=meet)
        a, b = (np.array([bool(each.get("angle")) for each in side.regions], dtype=bool) for side in (first, second))
        turned = np.flatnonzero(a[i] | b[j])
        if len(turned):
            similarities[turned] = overlaps(self._outlines(first, i[turned]), self._outlines(second, j[turned]))
        return similarities

    def _outlines(self, boxes: PreparedRegions, places: Indices) -> Shapes:
        """Polygons (n,) of boxes at places (n,), each box's made once."""
        own, inverse = np.unique(places, return_inverse=True)
        return np.array([self.to_shapely(boxes.regions[k]) for k in own.tolist()], dtype=object)[inverse]

    def average(self, regions: Sequence[BoxValue]) -> dict[str, object]:
        """The mean box; angles are averaged as directions, at half turns."""
        mean = {name: rounded(np.mean([region[name] for region in regions])) for name in ("x", "y", "w", "h")}
        turns = np.deg2rad([2 * region.get("angle", 0.0) for region in regions])
        angle = rounded(np.rad2deg(np.arctan2(np.sin(turns).mean(), np.cos(turns).mean())) / 2)
        return {"shape": "box", **mean} | ({"angle": angle} if angle else {})


def corners(region: Mapping[str, Any]) -> list[tuple[float, float]]:
    """Its four corners in picture pixels, clockwise from the upper left one before the turn."""
    x, y, w, h = region["x"], region["y"], region["w"], region["h"]
    plain = [(x, y), (x + w, y), (x + w, y + h), (x, y + h)]
    if not region.get("angle"):
        return plain
    turn = np.deg2rad(region["angle"])
    cos, sin, cx, cy = float(np.cos(turn)), float(np.sin(turn)), x + w / 2, y + h / 2
    return [(cx + (a - cx) * cos - (b - cy) * sin, cy + (a - cx) * sin + (b - cy) * cos) for a, b in plain]


def _columns(regions: Sequence[BoxValue]) -> Floats:
    """x, y, w, h of boxes, (4, n)."""
    return np.array([[region[name] for region in regions] for name in ("x", "y", "w", "h")], dtype=float)
