"""Masks as PNG: one grey picture an item, its value the number of the label; and `labels.json`."""

import io
from collections.abc import Iterator
from typing import Any

import numpy as np
import orjson
from PIL import Image

from annotation.formats.base import BadFormat, Format, Found, Job, Row, Source, stem, unzipped, zipped
from annotation.projects.shapes.mask import decode, encode


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
    )

    def write(self, job: Job) -> Iterator[bytes]:
        """See `Format`."""
        return zipped(_files(job))

    def read(self, source: Source) -> Iterator[Found]:
        """See `Format`."""
        head = [data for _, data in unzipped(source.again(), lambda name: name.endswith("labels.json"))]
        if not head:
            raise BadFormat("labels.json is missing")
        listed = orjson.loads(head[0])
        labels = {int(number): name for number, name in listed["labels"].items()}
        names = listed.get("items", {})
        for place, data in unzipped(source.again(), lambda name: name.lower().endswith(".png")):
            try:
                values = np.asarray(Image.open(io.BytesIO(data)))
            except OSError as error:
                raise BadFormat(f"{place} is no picture") from error
            unknown = set(np.unique(values).tolist()) - set(labels) - {0}
            if values.ndim != 2 or unknown:
                raise BadFormat(
                    f"{place}: must be one grey channel with values of labels.json; found {sorted(unknown)}"
                )
            regions = [
                {"id": f"p{number}", "label": name, **encode(values == number)}
                for number, name in labels.items()
                if (values == number).any()
            ]
            key = place.split("masks/", 1)[-1].removesuffix(".png")
            height, width = values.shape
            yield Found(place, names.get(key, key), {"regions": regions}, width=width, height=height)


def _files(job: Job) -> Iterator[tuple[str, bytes]]:
    numbers = {label["id"]: number for number, label in enumerate(job.labels, start=1)}
    items: dict[str, str] = {}
    for row in job.rows:
        if row.width and row.height:
            items[stem(row.name)] = row.name
            yield f"masks/{stem(row.name)}.png", _picture(row, numbers)
    listed: dict[str, Any] = {"labels": {numbers[one["id"]]: one["name"] for one in job.labels}, "items": items}
    yield "labels.json", orjson.dumps(listed, option=orjson.OPT_NON_STR_KEYS)


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
