"""What every shape gives: its fields, its check against the picture, its likeness to another, its average."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import shapely
from plateau.kernel.typed import Strict
from pydantic import Field, StringConstraints

RegionId = Annotated[str, StringConstraints(pattern=r"^[\w-]{1,40}$")]
Number = Annotated[float, Field(ge=-1e6, le=1e6, allow_inf_nan=False)]
AttributeValue = str | bool | float | list[str]
SLACK = 0.01  # pixels by which rounding may leave the picture


@dataclass(frozen=True, slots=True)
class Frame:
    """The thing that is labeled: size in pixels, None where unknown; length in code points for a text."""

    width: int | None = None
    height: int | None = None
    length: int | None = None


class Region(Strict):
    """What all regions have. The id is made by the client and stays with the region."""

    shape: str
    id: RegionId
    label: str
    attributes: dict[str, AttributeValue] = Field(default_factory=dict)

    def outside(self, frame: Frame) -> str:
        """Why it does not fit the frame; empty where it does."""
        raise NotImplementedError

    def fields(self) -> dict[str, Any]:
        """The shape's own fields in canonical form: coordinates to a hundredth of a pixel."""
        raise NotImplementedError

    def canonical(self) -> dict[str, Any]:
        """The region as it is kept."""
        made = {"id": self.id, "label": self.label, "shape": self.shape, **self.fields()}
        return made | {"attributes": self.attributes} if self.attributes else made


def overlap(a: shapely.Geometry, b: shapely.Geometry) -> float:
    """Intersection over union; 0 where both are empty.

    The union's area is what is left of both after the intersection: `a.union(b)` of GEOS 3.14 gave nearly twice as much
    for widened lines that share edges, in one order of the two.
    """
    both = a.intersection(b).area
    union = a.area + b.area - both
    return float(both / union) if union > 0 else 0.0


class Shape:
    """One shape: its model and its mathematics. Regions are dicts in canonical form."""

    key: ClassVar[str]
    model: ClassVar[type[Region]]

    def geometry(self, region: dict[str, Any]) -> shapely.Geometry:
        """The area that it covers, in picture pixels."""
        raise NotImplementedError

    def likeness(self, one: dict[str, Any], other: dict[str, Any]) -> float:
        """Intersection over union, 0 to 1."""
        return overlap(self.geometry(one), self.geometry(other))

    def average(self, regions: Sequence[dict[str, Any]]) -> dict[str, Any]:
        """Fields of the region in the middle: here the one most like all others."""
        best = max(regions, key=lambda one: sum(self.likeness(one, other) for other in regions))
        return {name: value for name, value in best.items() if name not in ("id", "label", "attributes")}


def rounded(value: float) -> float:
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
