"""Pixel masks: a box in whole pixels, and in it, row by row, the lengths of runs, background first."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import numpy as np
import numpy.typing as npt
import shapely
from plateau.kernel.regions import bits_of, runs_of
from pydantic import Field, model_validator

from annotation.projects.shapes.base import Frame, Region, Shape

Bits = npt.NDArray[np.bool_]
Whole = Annotated[int, Field(ge=0, le=100_000)]
Run = Annotated[int, Field(ge=0, le=10_000_000_000)]


class MaskRegion(Region):
    """A mask of at least one pixel, its box drawn tight by whoever sends it or not."""

    shape: Literal["mask"] = "mask"
    x: Whole
    y: Whole
    w: Annotated[int, Field(ge=1, le=100_000)]
    h: Annotated[int, Field(ge=1, le=100_000)]
    rle: list[Run] = Field(max_length=2_000_000)

    @model_validator(mode="after")
    def _runs_fill_the_box(self) -> "MaskRegion":
        if sum(self.rle) != self.w * self.h:
            raise ValueError(f"the runs cover {sum(self.rle)} pixels, the box has {self.w * self.h}")
        if not any(self.rle[1::2]):
            raise ValueError("the mask is empty")
        return self

    def outside(self, frame: Frame) -> str:
        """See `Region`."""
        if self.x + self.w <= (frame.width or 10**6) and self.y + self.h <= (frame.height or 10**6):
            return ""
        return f"the mask leaves the picture ({frame.width or '?'} × {frame.height or '?'})"

    def fields(self) -> dict[str, Any]:
        """See `Region`."""
        return {"x": self.x, "y": self.y, "w": self.w, "h": self.h, "rle": self.rle}


def decode(region: dict[str, Any]) -> Bits:
    """Its pixels, (h, w)."""
    return bits_of(region["rle"], region["w"], region["h"])


def encode(bits: Bits, *, x: int = 0, y: int = 0) -> dict[str, Any]:
    """Fields of a mask with these pixels, (h, w), at an offset; the box is drawn tight.

    Raises:
        ValueError: no pixel is set.
    """
    rows, columns = np.flatnonzero(bits.any(axis=1)), np.flatnonzero(bits.any(axis=0))
    if not len(rows):
        raise ValueError("the mask is empty")
    top, left = int(rows[0]), int(columns[0])
    tight = bits[top : int(rows[-1]) + 1, left : int(columns[-1]) + 1]
    h, w = tight.shape
    return {"shape": "mask", "x": x + left, "y": y + top, "w": w, "h": h, "rle": runs_of(tight.ravel())}


def _placed(regions: Sequence[dict[str, Any]]) -> tuple[list[Bits], int, int]:
    left, top = min(one["x"] for one in regions), min(one["y"] for one in regions)
    right = max(one["x"] + one["w"] for one in regions)
    bottom = max(one["y"] + one["h"] for one in regions)
    placed = []
    for one in regions:
        canvas = np.zeros((bottom - top, right - left), dtype=bool)
        canvas[one["y"] - top : one["y"] - top + one["h"], one["x"] - left : one["x"] - left + one["w"]] = decode(one)
        placed.append(canvas)
    return placed, left, top


class Mask(Shape):
    """Masks."""

    key = "mask"
    model = MaskRegion

    def geometry(self, region: dict[str, Any]) -> shapely.Geometry:
        """Its box."""
        return shapely.box(region["x"], region["y"], region["x"] + region["w"], region["y"] + region["h"])

    def likeness(self, one: dict[str, Any], other: dict[str, Any]) -> float:
        """Intersection over union of the pixels."""
        if not self.geometry(one).intersects(self.geometry(other)):
            return 0.0
        (a, b), *_ = _placed([one, other])
        union = int((a | b).sum())
        return int((a & b).sum()) / union if union else 0.0

    def average(self, regions: Sequence[dict[str, Any]]) -> dict[str, Any]:
        """Pixels that more than half have; the one most like the others where no pixel has a majority."""
        placed, left, top = _placed(regions)
        most = np.sum(placed, axis=0) * 2 > len(placed)
        return encode(most, x=left, y=top) if most.any() else super().average(regions)
