"""COCO detection, segmentation and keypoints: https://cocodataset.org/#format-data. Streams both ways.

Masks are written as uncompressed RLE (column by column, as COCO counts), compressed ones are read too.
A turned box keeps its angle, and every region its attributes, under `attributes`, as CVAT writes them.
"""

import sqlite3
import tempfile
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import ijson
import numpy as np
import orjson

from annotation.formats.base import BadFormat, DeclaredSchema, ExportData, ExportRow, Format, ImportedItem, ImportSource
from annotation.formats.bounded_reading import check_json_elements
from annotation.formats.reading import filled, in_order
from labelkit.annotations import AnnotationType
from labelkit.annotations.regions import MAX_REGIONS, Regions
from labelkit.geometries import GEOMETRIES
from labelkit.geometries.box import corners
from labelkit.geometries.mask import encode_lines, pixels_of
from labelkit.messages import Message
from labelkit.rle import MAX_PIXELS, lines_of, runs_of_bands, turned, turned_bands
from labelkit.values import LabelDefinition

_BATCH = 5000
_PIECE = 64 * 1024
_RUNS = 20_000  # that are written at once


class Coco(Format):
    """Boxes, polygons, keypoints and masks as COCO."""

    key = "coco"
    title = "COCO"
    annotation_types = (Regions,)
    geometries = frozenset({"box", "polygon", "skeleton", "mask"})
    drops_geometries = True
    content_type = "application/json"
    suffix = "json"
    size_needed_path = '$.regions[*] ? (@.shape == "mask")'
    loses = ("lines (polylines)", "ids of regions", "who annotated and when")

    def write(self, export: ExportData) -> Iterator[bytes]:
        """See `Format`. Images follow the annotations, and are kept on disk until then."""
        categories = {label["id"]: number for number, label in enumerate(export.labels, start=1)}
        category_list = [_category(categories[label["id"]], label) for label in export.labels]
        yield b'{"categories":' + orjson.dumps(category_list) + b',"annotations":['
        number = 0
        with tempfile.TemporaryFile() as images:
            for index, row in enumerate(export.rows):
                image = {"id": row.item_id, "file_name": row.name, "width": row.width, "height": row.height}
                images.write((b"," if index else b"") + orjson.dumps(image))
                for region in row.value["regions"]:
                    if region.get("shape") == "polyline":
                        continue
                    number += 1
                    line = _annotation(region, row) | {"id": number, "category_id": categories[region["label"]]}
                    yield (b"," if number > 1 else b"") + orjson.dumps(line)[:-1]
                    if region.get("shape") == "mask":
                        yield from _counts(region, row)
                    yield b"}"
            yield b'],"images":['
            images.seek(0)
            while part := images.read(_PIECE):
                yield part
        yield b"]}"

    def read(self, source: ImportSource) -> Iterator[ImportedItem]:
        """See `Format`. Annotations may stand in any order: they are gathered by image on disk."""
        try:
            file = check_json_elements(source.file, depth=2)
            categories = {_id(category["id"]): category for category in ijson.items(file, "categories.item")}
            with tempfile.NamedTemporaryFile(suffix=".sqlite") as database:
                store = sqlite3.connect(database.name)
                store.execute("PRAGMA journal_mode = OFF")
                store.execute("CREATE TABLE region (image TEXT, line)")
                store.execute("CREATE TABLE image (id TEXT PRIMARY KEY)")
                _gather(store, source)
                yield from _images(store, source, categories)
                _note_orphans(store, source)
                store.close()
        except (ijson.JSONError, KeyError, TypeError) as error:
            raise BadFormat(f"this is no COCO file: {type(error).__name__} {error}") from error

    def read_schema(self, source: ImportSource) -> DeclaredSchema:
        """See `Format`."""
        try:
            categories = list(ijson.items(check_json_elements(source.file, depth=2), "categories.item"))
            return DeclaredSchema(
                [
                    {
                        "name": str(category["name"]),
                        "color": "",
                        "points": category.get("keypoints") or [],
                        "edges": [[a - 1, b - 1] for a, b in category.get("skeleton") or []],
                    }
                    for category in categories
                ]
            )
        except (ijson.JSONError, KeyError, TypeError, ValueError) as error:
            raise BadFormat(f"this is no COCO file: {type(error).__name__} {error}") from error


def _category(number: int, label: LabelDefinition) -> dict[str, object]:
    category: dict[str, Any] = {"id": number, "name": label["name"], "supercategory": ""}
    if skeleton := label.get("skeleton"):
        category["keypoints"] = skeleton["points"]
        category["skeleton"] = [[a + 1, b + 1] for a, b in skeleton["edges"]]
    return category


def _annotation(region: dict[str, Any], row: ExportRow) -> dict[str, object]:
    shape = region.get("shape", "box")
    annotation: dict[str, Any] = {"image_id": row.item_id, "iscrowd": 0}
    attributes = dict(region.get("attributes", {}))
    if shape == "box":
        annotation |= {"bbox": [region[k] for k in "xywh"], "area": round(region["w"] * region["h"], 2)}
        if region.get("angle"):
            attributes["rotation"] = region["angle"]
            annotation["segmentation"] = [[round(v, 2) for point in corners(region) for v in point]]
    else:
        left, top, right, bottom = GEOMETRIES[shape].to_shapely(region).bounds
        annotation["bbox"] = [round(v, 2) for v in (left, top, right - left, bottom - top)]
        annotation["area"] = round(float(GEOMETRIES[shape].to_shapely(region).area), 2)
    if shape == "polygon":
        annotation["segmentation"] = [[v for point in region["points"] for v in point]]
    elif shape == "skeleton":
        annotation["keypoints"] = [v for point in region["points"] for v in point]
        annotation["num_keypoints"] = sum(point[2] > 0 for point in region["points"])
    elif shape == "mask":
        height, width = _size(region, row)
        annotation["area"] = pixels_of(region).clipped(width, height).area
    return annotation | ({"attributes": attributes} if attributes else {})


def _counts(region: dict[str, Any], row: ExportRow) -> Iterator[bytes]:
    """The segmentation of a mask: runs column by column, of the whole picture; in pieces, for it may be long."""
    height, width = _size(region, row)
    yield b',"segmentation":{"size":[%d,%d],"counts":[' % (height, width)
    bands = turned_bands(pixels_of(region).clipped(width, height))
    comma = b""
    for runs in runs_of_bands(bands, height, width):
        for start in range(0, len(runs), _RUNS):
            yield comma + orjson.dumps(runs[start : start + _RUNS])[1:-1]
            comma = b","
    yield b"]}"


def _size(region: dict[str, Any], row: ExportRow) -> tuple[int, int]:
    """Height and width of the picture."""
    return row.height or region["y"] + region["h"], row.width or region["x"] + region["w"]


def _id(value: object) -> str:
    """An id as it is compared: some tools write it as a text, or with decimals."""
    return str(int(value)) if isinstance(value, float | Decimal) and value == value // 1 else str(value)


def _note_orphans(store: sqlite3.Connection, source: ImportSource) -> None:
    lines = store.execute("SELECT line FROM region WHERE image NOT IN (SELECT id FROM image) ORDER BY rowid")
    for (text,) in lines:
        line = orjson.loads(text)
        source.note(f"annotation {line.get('id')} belongs to no image of the file (image_id {line['image_id']})")


def _gather(store: sqlite3.Connection, source: ImportSource) -> None:
    batch: list[tuple[Any, bytes]] = []
    for line in ijson.items(source.rewind(), "annotations.item", use_float=True):
        batch.append((_id(line["image_id"]), orjson.dumps(line)))
        if len(batch) == _BATCH:
            store.executemany("INSERT INTO region VALUES (?, ?)", batch)
            batch.clear()
    store.executemany("INSERT INTO region VALUES (?, ?)", batch)
    store.execute("CREATE INDEX by_image ON region (image)")


def _images(
    store: sqlite3.Connection, source: ImportSource, categories: dict[Any, dict[str, Any]]
) -> Iterator[ImportedItem]:
    for number, image in enumerate(ijson.items(source.rewind(), "images.item", use_float=True), start=1):
        lines = store.execute("SELECT line FROM region WHERE image = ? ORDER BY rowid", [_id(image["id"])])
        store.execute("INSERT OR IGNORE INTO image VALUES (?)", [_id(image["id"])])
        dropped: list[str] = []
        regions: list[dict[str, Any]] = []
        size = image.get("width"), image.get("height")
        for (text,) in lines:
            if len(regions) > MAX_REGIONS:
                raise BadFormat(f"image {image['id']} has more than {MAX_REGIONS:,} annotations")
            line = orjson.loads(text)
            category = categories.get(_id(line.get("category_id")))
            if category is None:
                dropped.append(f"annotation {line.get('id')}: the file has no category {line.get('category_id')}")
                continue
            try:
                parts = list(_regions(line, source.annotation_type, dropped, size))
            except BadFormat as error:
                raise BadFormat(f"image {image['id']}, annotation {line.get('id')}: {error}") from error
            except (ValueError, TypeError, KeyError, IndexError) as error:
                dropped.append(f"annotation {line.get('id')}: {error}")
                continue
            label = str(category["name"])
            for part in parts:
                if part.get("shape") == "skeleton":
                    names = [str(name) for name in category.get("keypoints") or []]
                    points: Any = part["points"]
                    part["points"] = in_order(points, names, source.keypoints_of(label))
                regions.append({"id": f"c{line.get('id', number)}-{len(regions)}", "label": label, **part})
        yield ImportedItem(
            f"image {image['id']}",
            str(image["file_name"]),
            {"regions": regions},
            width=size[0],
            height=size[1],
            dropped=dropped,
        )


def _regions(
    line: dict[str, Any], annotation_type: AnnotationType, dropped: list[str], size: tuple[Any, Any]
) -> Iterator[dict[str, object]]:
    """What a COCO annotation says, in the shapes that the kind takes: keypoints, then outline or mask, then box.

    Raises:
        BadFormat: its mask is of another size than the picture, where that is stated.
        ValueError: it is broken.
    """
    attributes = dict(line.get("attributes") or {})
    angle = attributes.pop("rotation", 0) or 0
    with_attributes = {"attributes": attributes} if attributes else {}
    segmentation = line.get("segmentation")
    points = line.get("keypoints")
    if points and "skeleton" in annotation_type.geometries:
        triples = [points[i : i + 3] for i in range(0, len(points), 3)]
        if not any(v for *_, v in triples):
            raise ValueError("none of its keypoints is labeled")
        yield {"shape": "skeleton", "points": [[x, y, int(v)] for x, y, v in triples], **with_attributes}
    elif isinstance(segmentation, dict) and "mask" in annotation_type.geometries:
        height, width = segmentation["size"]
        if all(size) and (width, height) != size:
            raise BadFormat(
                Message(
                    "its mask has {width} × {height} pixels, the image {image_width} × {image_height}",
                    width=width,
                    height=height,
                    image_width=size[0],
                    image_height=size[1],
                )
            )
        yield {**_mask_in(segmentation), **with_attributes}
    elif (
        isinstance(segmentation, list)
        and segmentation
        and "mask" in annotation_type.geometries
        and not ({"polygon", "box"} & set(annotation_type.geometries))
    ):
        yield {**filled([_pairs(ring) for ring in _rings(segmentation)]), **with_attributes}
    elif isinstance(segmentation, list) and segmentation and not angle and "polygon" in annotation_type.geometries:
        for ring in _rings(segmentation):
            yield {"shape": "polygon", "points": _pairs(ring), **with_attributes}
    elif line.get("bbox") and "box" in annotation_type.geometries:
        x, y, w, h = line["bbox"]
        if not (w > 0 and h > 0):
            raise ValueError(Message("its box has no area ({width} × {height})", width=w, height=h))
        yield {"shape": "box", "x": x, "y": y, "w": w, "h": h, **({"angle": angle} if angle else {}), **with_attributes}
    else:
        dropped.append(f"annotation {line.get('id')}: nothing in it fits the kind {annotation_type.key}")


def _rings(segmentation: list[Any]) -> list[list[Any]]:
    """The rings of a segmentation; some tools write the only one without the list around it."""
    return segmentation if isinstance(segmentation[0], list) else [segmentation]


def _pairs(ring: list[Any]) -> list[list[Any]]:
    if ring and isinstance(ring[0], list):
        return ring
    if len(ring) % 2:
        raise ValueError("a ring has a coordinate too many")
    return [[ring[i], ring[i + 1]] for i in range(0, len(ring), 2)]


def _mask_in(segmentation: dict[str, Any]) -> dict[str, object]:
    """Fields of a mask.

    Raises:
        ValueError: the counts do not fill the size, or that is larger than a picture may be.
    """
    height, width = (int(side) for side in segmentation["size"])
    counts = segmentation["counts"]
    runs = counts if isinstance(counts, list) else _unpacked(counts)
    if not 0 < height * width <= MAX_PIXELS:
        raise ValueError(
            Message(
                "the mask has {width} × {height} pixels; images have at most {max_pixels:,}",
                width=width,
                height=height,
                max_pixels=MAX_PIXELS,
            )
        )
    if min(runs, default=0) < 0 or sum(runs) != height * width:
        raise ValueError(
            Message(
                "the counts cover {covered} pixels, but the size states {stated}",
                covered=sum(runs),
                stated=height * width,
            )
        )
    return encode_lines(turned(lines_of(runs, height)))


def _unpacked(text: str) -> list[int]:
    """The counts in a compressed RLE, as pycocotools' `rleFrString` reads it.

    Each is written in groups of 5 bits, the lowest first, and from the fourth on as what it is more than the one two
    before it.
    """
    codes = np.frombuffer(text.encode("ascii"), dtype=np.uint8).astype(np.int64) - 48
    last = np.flatnonzero(codes & 0x20 == 0)
    if codes.size and (codes.min() < 0 or codes.max() > 63 or not last.size or last[-1] != codes.size - 1):
        raise ValueError("the counts are not compressed RLE")
    first = np.concatenate([[0], last[:-1] + 1]) if last.size else last
    if last.size and (last - first).max() >= 8:
        raise ValueError("a count exceeds the size of any image")
    places = np.arange(codes.size) - np.repeat(first, last - first + 1)
    values = np.add.reduceat((codes & 0x1F) << (5 * places), first) if last.size else codes
    values = np.where(codes[last] & 0x10, values - (1 << (5 * (last - first + 1))), values)
    values[1::2] = np.cumsum(values[1::2])
    values[2::2] = np.cumsum(values[2::2])
    return [int(count) for count in values]
