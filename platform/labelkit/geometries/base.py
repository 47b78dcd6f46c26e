"""What every shape gives: its fields, its check against the picture, its similarity to another, its average."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Generic, SupportsFloat

import numpy as np
import shapely
from pydantic import Field, StringConstraints
from typing_extensions import TypeVar

from labelkit.geometries.prepared import Floats, Indices, PreparedRegions, numbers_in
from labelkit.geometries.tangles import Shapes, crossing_too_often
from labelkit.targets import Box, RegionTarget
from labelkit.validation import StrictModel
from labelkit.values import AttributeValue, RegionValue, score_of

RegionId = Annotated[str, StringConstraints(pattern=r"^[\w-]{1,40}$")]
Number = Annotated[float, Field(ge=-1e6, le=1e6, allow_inf_nan=False)]
SLACK = 0.01  # pixels by which rounding may leave the picture


@dataclass(frozen=True, slots=True)
class Frame:
    """The thing that is labeled: size in pixels, None where unknown; length in code points for a text."""

    width: int | None = None
    height: int | None = None
    length: int | None = None


class Region(StrictModel):
    """What all regions have. The id is made by the client and stays with the region."""

    shape: str
    id: RegionId
    label: str
    attributes: dict[str, AttributeValue] = Field(default_factory=dict)

    def outside(self, frame: Frame) -> str:
        """Why it does not fit the frame; empty where it does."""
        raise NotImplementedError

    def crossings(self) -> int:
        """How often its line crosses itself; some number above `CROSSINGS` where that is too often to go on."""
        return 0

    def fields(self) -> Mapping[str, object]:
        """The shape's own fields in canonical form: coordinates to a hundredth of a pixel."""
        raise NotImplementedError

    def canonical(self) -> dict[str, object]:
        """The region as it is kept."""
        canonical = {"id": self.id, "label": self.label, "shape": self.shape, **self.fields()}
        return canonical | {"attributes": self.attributes} if self.attributes else canonical


def overlap(a: shapely.Geometry, b: shapely.Geometry) -> float:
    """Intersection over union; 0 where both are empty.

    The union's area is what is left of both after the intersection: `a.union(b)` of GEOS 3.14 gave nearly twice as much
    for widened lines that share edges, in one order of the two.
    """
    return float(overlaps(np.array([a]), np.array([b]))[0])


def overlaps(a: Shapes, b: Shapes) -> Floats:
    """`overlap` of each pair of areas, (n,) and (n,).

    Two that cross each other so often that GEOS would take minutes are compared by their bounding boxes.
    """
    if wild := crossing_too_often(a, b):
        a, b = a.copy(), b.copy()
        a[wild], b[wild] = shapely.envelope(a[wild]), shapely.envelope(b[wild])
    both = shapely.area(shapely.intersection(a, b))
    union = shapely.area(a) + shapely.area(b) - both
    shares: Floats = np.divide(both, union, out=np.zeros(len(both)), where=union > 0)
    return shares


R = TypeVar("R", bound=RegionValue, default=Any)


class Geometry(Generic[R]):
    """One shape: its model and its mathematics. Regions are dicts in canonical form."""

    key: ClassVar[str]
    model: ClassVar[type[Region]]

    def to_shapely(self, region: R) -> shapely.Geometry:
        """The area that it covers, in picture pixels."""
        raise NotImplementedError

    def similarity(self, first: R, second: R) -> float:
        """Intersection over union, 0 to 1."""
        return overlap(self.to_shapely(first), self.to_shapely(second))

    def prepare(self, regions: Sequence[R]) -> PreparedRegions:
        """Regions made ready for `similarities`."""
        bounds = shapely.bounds(np.array([self.to_shapely(region) for region in regions], dtype=object)).reshape(-1, 4)
        weight = np.array([200.0 + numbers_in(region) for region in regions])
        return PreparedRegions(regions, bounds, np.zeros(len(regions)), weight)

    def similarities(self, first: PreparedRegions, second: PreparedRegions, i: Indices, j: Indices) -> Floats:
        """Similarity of each pair of a region `first[i]` and a region `second[j]`, (n,)."""
        pairs = zip(i.tolist(), j.tolist(), strict=True)
        return np.array([self.similarity(first.regions[a], second.regions[b]) for a, b in pairs], dtype=float)

    def to_target(self, region: R) -> RegionTarget:
        """The region as models learn it, or as they said it where it has a `score`."""
        left, top, right, bottom = shapely.bounds(self.to_shapely(region)).tolist()
        return self._target(region, (left, top, right - left, bottom - top))

    def _target(
        self, region: R, box: Box, angle: float = 0.0, keypoints: Floats | None = None, runs: list[int] | None = None
    ) -> RegionTarget:
        return RegionTarget(region["label"], self.key, box, angle, keypoints, runs, score_of(region))

    def scale(self, region: Mapping[str, Any], across: float, down: float) -> dict[str, Any]:
        """An unchecked region stretched by these factors, to a hundredth of a pixel.

        Raises:
            ValueError: it cannot be.
        """
        scaled = dict(region)
        factors = {"x": across, "w": across, "y": down, "h": down}
        scaled |= {key: round(region[key] * factor, 2) for key, factor in factors.items() if key in region}
        if "points" in region:
            scaled["points"] = [[round(x * across, 2), round(y * down, 2), *more] for x, y, *more in region["points"]]
        return scaled

    def average(self, regions: Sequence[R]) -> dict[str, object]:
        """Fields of the region in the middle: here the one most like all others."""
        best = regions[0]
        if len(regions) > 2:  # two are as like each other as each other: the first
            ready = self.prepare(regions)
            i, j = np.triu_indices(len(regions), 1)
            alike = self.similarities(ready, ready, i, j)
            best = regions[int((np.bincount(i, alike, len(regions)) + np.bincount(j, alike, len(regions))).argmax())]
        return {name: value for name, value in best.items() if name not in ("id", "label", "attributes")}


def rounded(value: SupportsFloat) -> float:
    """To a hundredth of a pixel."""
    return round(float(value), 2)


def beyond(frame: Frame, points: Sequence[Sequence[float]]) -> str:
    """Says which size is left by one of the points."""
    if frame.width is None or frame.height is None:
        return "" if all(p[0] >= -SLACK and p[1] >= -SLACK for p in points) else "a coordinate is below 0"
    for x, y, *_ in points:
        if not (-SLACK <= x <= frame.width + SLACK and -SLACK <= y <= frame.height + SLACK):
            return f"the point ({x:g}, {y:g}) lies outside the picture ({frame.width} × {frame.height})"
    return ""
