"""A medium that only this module knows: a series of numbers, one a line, in a file `*.series.csv`.

Its project type asks for annotations of a type that everybody knows.
"""

import io
import math
from dataclasses import dataclass
from typing import ClassVar

from PIL import Image, ImageDraw

from labelkit.annotations.classification import Classification
from labelkit.geometries import Frame
from labelkit.media import MediaFacts, MediaType, Preview, Probe, UnreadableFile
from labelkit.project_types import ProjectType


@dataclass(frozen=True)
class SeriesFacts(MediaFacts):
    """`length` in values, and the least and the greatest of them."""

    length: int
    low: float
    high: float

    def frame(self) -> Frame:
        """Places are numbers of values."""
        return Frame(length=self.length)


class SeriesMedia(MediaType[SeriesFacts]):
    """Series of numbers."""

    key: ClassVar[str] = "series"
    title: ClassVar[str] = "Time series"
    accepts: ClassVar[str] = "series (.series.csv)"
    facts_type = SeriesFacts
    coordinates: ClassVar[str] = "values"

    def takes(self, name: str, head: bytes) -> bool:
        """See `MediaType`."""
        return name.lower().endswith(".series.csv")

    def probe(self, data: bytes, *, max_pixels: int = 10**9) -> Probe[SeriesFacts]:
        """See `MediaType`."""
        try:
            values = [float(line) for line in data.decode("ascii").split()]
        except ValueError as error:
            raise UnreadableFile("broken_series", f"Each line must be a number: {error}.") from error
        if not values or not all(math.isfinite(value) for value in values):
            raise UnreadableFile("broken_series", "A series has at least one number, and finite ones alone.")
        facts = SeriesFacts(len(values), min(values), max(values))
        return Probe("text/csv", facts, thumbnail=_draw(values, facts))


def _draw(values: list[float], facts: SeriesFacts) -> Preview:
    image = Image.new("L", (64, 32), 255)
    scale = (facts.high - facts.low) or 1.0
    places = [(64 * n / len(values), 30 - 28 * (value - facts.low) / scale) for n, value in enumerate(values)]
    ImageDraw.Draw(image).line([*places, *places[-1:]], fill=0)
    out = io.BytesIO()
    image.save(out, "PNG")
    return Preview(out.getvalue(), "image/png")


SERIES_CLASSES = ProjectType("series_class", "One class for each series", SeriesMedia(), Classification())
