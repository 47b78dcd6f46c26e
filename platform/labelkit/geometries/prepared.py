"""Regions of one shape made ready for being compared with many others, not one pair at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from labelkit.values import RegionValue

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]


@dataclass(frozen=True)
class PreparedRegions:
    """n regions of one shape.

    Attributes:
        regions: As they are kept.
        bounds: (n, 4), left, top, right, bottom: two regions whose bounds do not meet are not alike at all. NaN for a
            region that is like no other.
        area: (n,): the intersection over union with another is at most the area that the bounds share, over the
            larger area. 0 where similarity is something else.
        weight: (n,): what one comparison costs, in tenths of a microsecond; that of a pair is the sum of both.
        geometry: (n,) of shapely, where the shape needs them.
    """

    regions: Sequence[Any]
    bounds: Floats
    area: Floats
    weight: Floats
    geometry: Any = None


def numbers_in(region: RegionValue) -> int:
    """How many points or runs a region has."""
    return sum(len(value) for value in region.values() if isinstance(value, list))
