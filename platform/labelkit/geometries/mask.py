"""Pixel masks: a box in whole pixels, and in it, row by row, the lengths of runs, background first."""

import math
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

import numpy as np
import numpy.typing as npt
import shapely
from pydantic import Field, model_validator

from labelkit.geometries.base import Frame, Geometry, Region
from labelkit.geometries.prepared import PreparedRegions
from labelkit.messages import Message
from labelkit.model_outputs import decode_runs, encode_runs
from labelkit.rle import MAX_PIXELS, Lines, lines_of, most_of, runs_in, shared, tight
from labelkit.targets import RegionTarget
from labelkit.values import MaskValue

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
        if (self.x + self.w) * (self.y + self.h) > MAX_PIXELS:
            box = f"a box of {self.w} × {self.h} at ({self.x}, {self.y})"
            raise ValueError(
                Message(
                    "{box} is outside any image: images have at most {max_pixels:,} pixels",
                    box=box,
                    max_pixels=MAX_PIXELS,
                )
            )
        if sum(self.rle) != self.w * self.h:
            raise ValueError(
                Message(
                    "the runs cover {covered} pixels, the box has {expected}",
                    covered=sum(self.rle),
                    expected=self.w * self.h,
                )
            )
        if not any(self.rle[1::2]):
            raise ValueError("the mask is empty")
        return self

    def outside(self, frame: Frame) -> str:
        """See `Region`."""
        width, height = self.x + self.w, self.y + self.h  # of the smallest picture that it is on
        if width <= (frame.width or width) and height <= (frame.height or height):
            return ""
        return Message(
            "the mask extends beyond the image ({width} × {height})",
            width=frame.width or "?",
            height=frame.height or "?",
        )

    def fields(self) -> Mapping[str, object]:
        """See `Region`."""
        return {"x": self.x, "y": self.y, "w": self.w, "h": self.h, "rle": self.rle}


def decode(region: MaskValue) -> Bits:
    """Its pixels, (h, w)."""
    return decode_runs(region["rle"], region["w"], region["h"])


def encode(bits: Bits, *, x: int = 0, y: int = 0) -> dict[str, object]:
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
    return {"shape": "mask", "x": x + left, "y": y + top, "w": w, "h": h, "rle": encode_runs(tight.ravel())}


def encode_lines(lines: Lines) -> dict[str, object]:
    """Fields of a mask with these pixels, its box drawn tight.

    Raises:
        ValueError: there are none.
    """
    x, y, w, h = tight(lines)
    return {"shape": "mask", "x": x, "y": y, "w": w, "h": h, "rle": runs_in(lines.moved(-x, -y), w, h)}


def pixels_of(region: Mapping[str, Any]) -> Lines:
    """Its pixels on the picture."""
    return lines_of(region["rle"], region["w"]).moved(region["x"], region["y"])


def coarse_mask(region: MaskValue, cells: int) -> dict[str, object]:
    """The pixels in square cells, at most `cells` across or down: `cell` is their side in pixels of the picture.

    A cell is set where any of its pixels is, so that nothing thin is lost. `rle` has the runs of cells, row by row from
    the upper left corner of the mask, background first.
    """
    side = max(1.0, max(region["w"], region["h"]) / cells)
    columns, rows = math.ceil(region["w"] / side), math.ceil(region["h"] / side)
    lines = lines_of(region["rle"], region["w"])
    change = np.zeros((rows, columns + 1), dtype=np.int64)
    row = (lines.rows / side).astype(np.int64)
    np.add.at(change, (row, (lines.starts / side).astype(np.int64)), 1)
    np.add.at(change, (row, np.ceil(lines.ends / side).astype(np.int64)), -1)
    bits = np.cumsum(change[:, :-1], axis=1) > 0
    return {"cell": side, "columns": columns, "rle": encode_runs(bits.ravel())}


class Mask(Geometry[MaskValue]):
    """Masks."""

    key = "mask"
    model = MaskRegion

    def to_shapely(self, region: MaskValue) -> shapely.Geometry:
        """Its box."""
        return shapely.box(region["x"], region["y"], region["x"] + region["w"], region["y"] + region["h"])

    def to_target(self, region: MaskValue) -> RegionTarget:
        """See `Geometry`."""
        box = (region["x"], region["y"], region["w"], region["h"])
        return self._target(region, box, runs=region["rle"])

    def similarity(self, first: MaskValue, second: MaskValue) -> float:
        """Intersection over union of the pixels."""
        if not self.to_shapely(first).intersects(self.to_shapely(second)):
            return 0.0
        a, b = pixels_of(first), pixels_of(second)
        both = shared(a, b)
        union = a.area + b.area - both
        return both / union if union else 0.0

    def prepare(self, regions: Sequence[MaskValue]) -> PreparedRegions:
        """See `Geometry`."""
        boxes = np.array([[region[name] for name in ("x", "y", "w", "h")] for region in regions], dtype=float)
        x, y, w, h = boxes.reshape(-1, 4).T
        area = np.array([sum(region["rle"][1::2]) for region in regions], dtype=float)
        weight = 300.0 + h + np.array([len(region["rle"]) for region in regions])  # a run costs as much as a row
        return PreparedRegions(regions, np.column_stack([x, y, x + w, y + h]), area, weight)

    def scale(self, region: Mapping[str, object], across: float, down: float) -> dict[str, Any]:
        """See `Geometry`: pixels cannot be stretched."""
        raise ValueError("the mask and the image differ in size")

    def average(self, regions: Sequence[MaskValue]) -> dict[str, object]:
        """Pixels that more than half have; the one most like the others where no pixel has a majority."""
        most = most_of([pixels_of(region) for region in regions])
        return encode_lines(most) if most.area else super().average(regions)
