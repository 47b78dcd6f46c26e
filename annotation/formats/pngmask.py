"""Masks as PNG: one grey picture an item, its value the number of the label; and `labels.json`."""

import io
from collections.abc import Iterator

import numpy as np
import orjson
from PIL import Image

from annotation.formats.base import (
    BadFormat,
    Format,
    Found,
    Job,
    LookUp,
    Row,
    Source,
    batches,
    stem,
    unzipped,
    zipped,
)
from annotation.projects.shapes.mask import decode, encode

_PAGES = 50  # pictures in memory at once


class PngMasks(Format):
    """Class maps for segmentation."""

    key = "png"
    title = "PNG masks"
    kinds = frozenset({"masks"})
    loses = (
        "regions of one label apart from each other (they become one)",
        "pixels below another region (the later one wins)",
        "attributes",
        "ids of regions",
        "who annotated and when",
        "items whose size is not known",
        "endings of names, and characters in them that file systems forbid",
    )

    def write(self, job: Job) -> Iterator[bytes]:
        """See `Format`."""
        return zipped(_files(job))

    def read(self, source: Source) -> Iterator[Found]:
        """See `Format`."""
        head = [data for _, data in unzipped(source.again(), lambda name: name.endswith("labels.json"))]
        if not head:
            raise BadFormat("labels.json is missing")
        try:
            labels = {int(number): str(name) for number, name in orjson.loads(head[0])["labels"].items()}
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
            raise BadFormat('labels.json must be {"labels": {"1": "name", …}}') from error
        pages = unzipped(source.again(), lambda name: name.lower().endswith(".png"))
        for place, data, name in _named(pages, source.look_up):
            try:
                values = np.asarray(Image.open(io.BytesIO(data)))
            except (OSError, Image.DecompressionBombError) as error:
                raise BadFormat(f"{place} is no picture") from error
            unknown = set(np.unique(values).tolist()) - set(labels) - {0}
            if values.ndim != 2 or unknown:
                raise BadFormat(
                    f"{place}: must be one grey channel with values of labels.json; found {sorted(unknown)}"
                )
            regions = [
                {"id": f"p{number}", "label": label, **encode(values == number)}
                for number, label in labels.items()
                if (values == number).any()
            ]
            height, width = values.shape
            yield Found(place, name, {"regions": regions}, width=width, height=height)


def _named(pages: Iterator[tuple[str, bytes]], look_up: LookUp) -> Iterator[tuple[str, bytes, str]]:
    """Files with the names of the items that they are for."""
    for batch in batches(pages, _PAGES):
        keys = [place.split("masks/", 1)[-1].rsplit(".", 1)[0] for place, _ in batch]
        known = look_up(keys)
        for key, (place, data) in zip(keys, batch, strict=True):
            yield place, data, known[key].name if key in known else key


def _files(job: Job) -> Iterator[tuple[str, bytes]]:
    numbers = {label["id"]: number for number, label in enumerate(job.labels, start=1)}
    listed = {"labels": {str(numbers[one["id"]]): one["name"] for one in job.labels}}
    yield "labels.json", orjson.dumps(listed)
    for row in job.rows:
        if row.width and row.height:
            yield f"masks/{stem(row.name)}.png", _picture(row, numbers)


def _picture(row: Row, numbers: dict[str, int]) -> bytes:
    dtype = np.uint8 if len(numbers) < 256 else np.uint16
    whole = np.zeros((row.height or 1, row.width or 1), dtype=dtype)
    for region in row.value["regions"]:
        x, y = region["x"], region["y"]
        part = whole[y : y + region["h"], x : x + region["w"]]
        part[decode(region)] = numbers[region["label"]]
    out = io.BytesIO()
    Image.fromarray(whole).save(out, "PNG")
    return out.getvalue()
