"""YOLO (Ultralytics): one text file an image, shares of its size; boxes, outlines or keypoints by what the kind is."""

from collections.abc import Iterator
from typing import Any

import yaml

from annotation.formats.base import (
    BadFormat,
    ExportData,
    ExportRow,
    Format,
    ImportedItem,
    ImportSource,
    KnownItem,
    names_of,
    stem,
    unzipped,
    zipped,
)
from labelkit.annotations import AnnotationType
from labelkit.annotations.regions import Regions
from labelkit.geometries import GEOMETRIES
from labelkit.project_types import ProjectType

_MAX_HEADER_BYTES = 4 * 1024 * 1024  # bytes of one data.yaml
_MAX_PAGE_BYTES = 16 * 1024 * 1024  # bytes of one page of labels, and of those that are held at once
_MAX_LINES = 20_000  # as many regions as an answer may have


# Geometries whose lines are written alike; lines (polylines) are left out.
_LAYOUTS = (frozenset({"box"}), frozenset({"polygon", "polyline"}), frozenset({"skeleton"}))


class Yolo(Format):
    """Boxes, polygons and keypoints as YOLO."""

    key = "yolo"
    title = "YOLO"
    annotation_types = (Regions,)
    size_needed_path = "$.regions[*]"
    has_relative_coordinates = True
    loses = (
        "angles of boxes",
        "lines (polylines)",
        "attributes",
        "ids of regions",
        "who annotated and when",
        "endings of names, and characters in them that file systems forbid",
        "decimals beyond a millionth of the size",
    )

    def holds(self, project_type: ProjectType) -> bool:
        """See `Format`: all lines of a file are of one layout, which is that of one geometry."""
        geometries = frozenset(project_type.annotation_type.geometries)
        return super().holds(project_type) and any(geometries <= layout for layout in _LAYOUTS)

    def write(self, export: ExportData) -> Iterator[bytes]:
        """See `Format`."""
        return zipped(_files(export))

    def read(self, source: ImportSource) -> Iterator[ImportedItem]:
        """See `Format`; shares become pixels by the sizes of the items that the files are named for."""
        yamls = unzipped(
            source.rewind(),
            lambda name: name.endswith((".yaml", ".yml")),
            max_bytes=_MAX_HEADER_BYTES,
            max_total_bytes=_MAX_PAGE_BYTES,
        )
        headers = [data for _, data in yamls]
        try:
            names = next(
                (header["names"] for data in headers if "names" in (header := yaml.safe_load(data) or {})), None
            )
        except (yaml.YAMLError, TypeError) as error:
            raise BadFormat(f"data.yaml: {error}") from error
        if not names:
            raise BadFormat("data.yaml with `names` is missing")
        if not isinstance(names, dict | list):
            raise BadFormat("data.yaml: `names` must be a list or a mapping of names")
        classes = dict(names) if isinstance(names, dict) else dict(enumerate(names))
        if not all(isinstance(name, str | int | float) for name in classes.values()):
            raise BadFormat("data.yaml: `names` must be a list or a mapping of names")
        pages = unzipped(
            source.rewind(), lambda name: "labels/" in name and name.endswith(".txt"), max_bytes=_MAX_PAGE_BYTES
        )
        for batch in _batches(pages):
            keys = [location.split("labels/", 1)[1].removesuffix(".txt") for location, _ in batch]
            items = source.look_up(keys)
            for key, (location, data) in zip(keys, batch, strict=True):
                item = items.get(key, KnownItem(key, None, None))
                value = _value(location, data, source.annotation_type, classes, item)
                yield ImportedItem(location, item.name, value, width=item.width, height=item.height)


def _batches(pages: Iterator[tuple[str, bytes]]) -> Iterator[list[tuple[str, bytes]]]:
    """Up to 1000 pages whose names are looked up at once, fewer where they are large."""
    batch: list[tuple[str, bytes]] = []
    size = 0
    for page in pages:
        batch.append(page)
        size += len(page[1])
        if len(batch) == 1000 or size >= _MAX_PAGE_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _files(export: ExportData) -> Iterator[tuple[str, bytes]]:
    names = names_of(export.labels)
    order = {label: number for number, label in enumerate(names)}
    data: dict[str, Any] = {"path": ".", "train": "images", "val": "images", "names": dict(enumerate(names.values()))}
    points = next((skeleton["points"] for label in export.labels if (skeleton := label.get("skeleton"))), None)
    if points:
        data["kpt_shape"] = [len(points), 3]
    yield "data.yaml", yaml.safe_dump(data, allow_unicode=True, sort_keys=False).encode()
    for row in export.rows:
        lines = [_line(region, row, order) for region in row.value["regions"] if region.get("shape") != "polyline"]
        yield f"labels/{stem(row.name)}.txt", "\n".join(lines).encode()


def _line(region: dict[str, Any], row: ExportRow, order: dict[str, int]) -> str:
    width, height = row.width or 1, row.height or 1
    shape = region.get("shape", "box")
    left, top, right, bottom = GEOMETRIES[shape].to_shapely(region | {"angle": 0}).bounds
    box = [(left + right) / 2 / width, (top + bottom) / 2 / height, (right - left) / width, (bottom - top) / height]
    if shape == "polygon":
        values = [v / side for point in region["points"] for v, side in zip(point, (width, height), strict=True)]
    elif shape == "skeleton":
        values = [*box, *(v for x, y, visibility in region["points"] for v in (x / width, y / height, visibility))]
    else:
        values = box
    return " ".join([str(order[region["label"]]), *(f"{value:.8g}" for value in values)])


def _value(
    location: str, data: bytes, annotation_type: AnnotationType, classes: dict[int, str], item: KnownItem
) -> dict[str, Any]:
    regions: list[dict[str, Any]] = []
    for number, line in enumerate(data.decode().splitlines(), start=1):
        parts = line.split()
        if not parts:
            continue
        if len(regions) == _MAX_LINES:
            raise BadFormat(f"{location} has more than {_MAX_LINES:,} lines, and an item as many regions at most")
        if not item.width or not item.height:
            raise BadFormat(
                f"{location}: no item {item.name!r} (with a picture's ending) whose size is known is in the dataset; "
                "bring the pictures in first"
            )
        try:
            label, values = str(classes[int(parts[0])]), [float(part) for part in parts[1:]]
            region = {"id": f"y{number}", "label": label} | _shape(annotation_type, values, item.width, item.height)
        except (ValueError, KeyError, IndexError) as error:
            raise BadFormat(f"{location}, line {number}: {type(error).__name__} {error}") from error
        regions.append(region)
    return {"regions": regions}


def _shape(annotation_type: AnnotationType, values: list[float], width: int, height: int) -> dict[str, Any]:
    if "polygon" in annotation_type.geometries:
        points = [[round(values[i] * width, 2), round(values[i + 1] * height, 2)] for i in range(0, len(values), 2)]
        return {"shape": "polygon", "points": points}
    if "skeleton" in annotation_type.geometries:
        points_part = values[4:]
        triples = [points_part[i : i + 3] for i in range(0, len(points_part), 3)]
        return {
            "shape": "skeleton",
            "points": [[round(x * width, 2), round(y * height, 2), int(visibility)] for x, y, visibility in triples],
        }
    if len(values) > 4:  # an outline in a project of boxes: the box around it
        xs, ys = values[::2], values[1::2]
        values = [(min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2, max(xs) - min(xs), max(ys) - min(ys)]
    x, y, w, h = values
    box = {"x": (x - w / 2) * width, "y": (y - h / 2) * height, "w": w * width, "h": h * height}
    return {"shape": "box", **{key: round(value, 2) for key, value in box.items()}}
