"""Masks as PNG: one grey picture an item, its value the number of the label; and `labels.json`."""

import io
from collections.abc import Iterator

import numpy as np
import orjson
from PIL import Image

from annotation.formats.base import (
    ITEM_NAMES,
    BadFormat,
    ExportData,
    ExportRow,
    Format,
    ImportedItem,
    ImportSource,
    UniqueStems,
    checked_match,
    import_batches,
    item_names_in,
    unzipped,
    zipped,
)
from labelkit.annotations.regions import Regions
from labelkit.geometries.mask import encode
from labelkit.rle import MAX_PIXELS, bands, lines_of

_MAX_HEADER_BYTES = 4 * 1024 * 1024  # bytes of labels.json
_MAX_RUNS = 2_000_000  # of a page, as many as one mask may have


class PngMasks(Format):
    """Class maps for segmentation."""

    key = "png"
    title = "PNG masks"
    annotation_types = (Regions,)
    geometries = frozenset({"mask"})
    size_needed_path = "$"
    loses = (
        "regions of one label apart from each other (they become one)",
        "pixels below another region (the later one wins)",
        "attributes",
        "ids of regions",
        "who annotated and when",
        "endings of names, and characters in them that file systems forbid",
    )

    def write(self, export: ExportData) -> Iterator[bytes]:
        """See `Format`."""
        return zipped(_files(export))

    def read(self, source: ImportSource) -> Iterator[ImportedItem]:
        """See `Format`."""
        header = next(
            unzipped(source.rewind(), lambda name: name.endswith("labels.json"), max_bytes=_MAX_HEADER_BYTES), None
        )
        if header is None:
            raise BadFormat("labels.json is missing")
        try:
            labels = {int(number): str(name) for number, name in orjson.loads(header[1])["labels"].items()}
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
            raise BadFormat('labels.json must be {"labels": {"1": "name", …}}') from error
        names = item_names_in(source)
        pages = unzipped(source.rewind(), lambda name: name.lower().endswith(".png"))
        # What a page says is a few runs; the page itself is let go before the next one is unpacked.
        for batch in import_batches(_page(location, data, labels) for location, data in pages):
            wanted = [names.get(item.name, item.name) for item in batch]
            items = source.look_up(wanted)
            for item, name in zip(batch, wanted, strict=True):
                item.name = checked_match(items, name, item.location).name
                yield item


def _page(location: str, data: bytes, labels: dict[int, str]) -> ImportedItem:
    """The regions of a page, named as the page is."""
    try:
        picture = Image.open(io.BytesIO(data))
        if picture.width * picture.height > MAX_PIXELS:
            raise BadFormat(
                f"{location} has {picture.width} × {picture.height} pixels; pictures have {MAX_PIXELS:,} at most"
            )
        values = np.asarray(picture)
    except (OSError, Image.DecompressionBombError) as error:
        raise BadFormat(f"{location} is no picture") from error
    if values.ndim != 2:
        raise BadFormat(f"{location}: must be one grey channel with values of labels.json")
    if values.size and np.count_nonzero(values[:, 1:] != values[:, :-1]) > _MAX_RUNS:
        raise BadFormat(f"{location}: its masks are of more than {_MAX_RUNS:,} runs; is it a mask?")
    values_present = (
        np.flatnonzero(np.bincount(values.ravel())).tolist() if values.dtype == np.uint8 else np.unique(values)
    )
    unknown = {int(value) for value in values_present} - set(labels) - {0}
    if unknown:
        raise BadFormat(f"{location}: must be one grey channel with values of labels.json; found {sorted(unknown)}")
    regions = [
        {"id": f"p{number}", "label": labels[number], **encode(values == number)}
        for number in map(int, values_present)
        if number
    ]
    key = location.split("masks/", 1)[-1].rsplit(".", 1)[0]
    return ImportedItem(location, key, {"regions": regions}, width=picture.width, height=picture.height)


def _files(export: ExportData) -> Iterator[tuple[str, bytes]]:
    numbers = {label["id"]: number for number, label in enumerate(export.labels, start=1)}
    listed = {"labels": {str(numbers[label["id"]]): label["name"] for label in export.labels}}
    yield "labels.json", orjson.dumps(listed)
    stems = UniqueStems()
    for row in export.rows:
        yield f"masks/{stems.of(row.name)}.png", _picture(row, numbers)
    if stems.renamed:
        yield ITEM_NAMES, orjson.dumps(stems.renamed)


def _picture(row: ExportRow, numbers: dict[str, int]) -> bytes:
    dtype = np.uint8 if len(numbers) < 256 else np.uint16
    width, height = row.width or 1, row.height or 1
    class_map = np.zeros((height, width), dtype=dtype)
    for region in row.value["regions"]:
        x, y = region["x"], region["y"]
        part = class_map[y : y + region["h"], x : x + region["w"]]
        rows, columns = part.shape
        for top, bits in bands(lines_of(region["rle"], region["w"]).clipped(columns, rows), columns, rows):
            part[top : top + len(bits)][bits] = numbers[region["label"]]
    buffer = io.BytesIO()
    Image.fromarray(class_map).save(buffer, "PNG")
    return buffer.getvalue()
