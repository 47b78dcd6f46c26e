"""YOLO (Ultralytics): one text file an image, shares of its size; boxes, outlines or keypoints by what the kind is."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import orjson
import yaml

from annotation.formats.base import (
    ITEM_NAMES,
    BadFormat,
    ExportData,
    ExportRow,
    Format,
    ImportedItem,
    ImportSource,
    KnownItem,
    UniqueStems,
    checked_match,
    item_names_in,
    names_of,
    unzipped,
    zipped,
)
from annotation.formats.reading import text_of
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
        classes = _classes(source)
        names, scored = item_names_in(source), 0
        pages = unzipped(source.rewind(), _is_page, max_bytes=_MAX_PAGE_BYTES)
        for batch in _batches(pages):
            keys = [_key(location) for location, _ in batch]
            wanted = [names.get(key, key) for key in keys]  # with the ending where stems do not tell
            matches = source.look_up(wanted)
            items = {key: matches[name] for key, name in zip(keys, wanted, strict=True) if name in matches}
            for key, (location, data) in zip(keys, batch, strict=True):
                item = checked_match(items, key, location)
                value, scores = _value(location, data, source.annotation_type, classes, item)
                scored += scores
                yield ImportedItem(location, item.name, value, width=item.width, height=item.height)
        if scored:
            source.note(f"the confidence of {scored:,} boxes is left out: an annotation has none")


def _is_page(name: str) -> bool:
    """Whether a file of the zip holds labels of a picture."""
    *folders, base = name.split("/")
    in_labels = any(folder.startswith("labels") or folder.endswith("_data") for folder in folders)
    return base.lower().endswith(".txt") and in_labels


def _key(location: str) -> str:
    """The path of the picture that a page is for, without its ending: `images` where `labels` is."""
    *folders, base = location.split("/")
    last = max((number for number, folder in enumerate(folders) if folder == "labels"), default=-1)
    before = [folder for folder in folders[:last] if folder not in ("", ".")] if last >= 0 else []
    middle = ["images"] if before else []
    return "/".join([*before, *middle, *folders[last + 1 :], base.rsplit(".", 1)[0]])


def _classes(source: ImportSource) -> dict[int, str]:
    """Names of classes by their numbers: of `data.yaml`, `classes.txt` or `obj.names`; the numbers where none is there.

    Raises:
        BadFormat: `names` are no names.
    """
    headers = dict(
        unzipped(
            source.rewind(),
            lambda name: name.lower().endswith((".yaml", ".yml", "classes.txt", ".names")),
            max_bytes=_MAX_HEADER_BYTES,
            max_total_bytes=_MAX_PAGE_BYTES,
        )
    )
    for name, data in headers.items():
        if not name.lower().endswith((".yaml", ".yml")):
            continue
        try:
            header = yaml.safe_load(text_of(data)) or {}
        except yaml.YAMLError as error:
            raise BadFormat(f"{name}: {error}") from error
        if not isinstance(header, dict) or not header.get("names"):
            continue
        names = header["names"]
        if not isinstance(names, dict | list):
            raise BadFormat(f"{name}: `names` must be a list or a mapping of names")
        classes = dict(names) if isinstance(names, dict) else dict(enumerate(names))
        if not all(isinstance(label, str | int | float) for label in classes.values()):
            raise BadFormat(f"{name}: `names` must be a list or a mapping of names")
        try:
            return {int(number): str(label) for number, label in classes.items()}
        except (ValueError, TypeError) as error:
            raise BadFormat(f"{name}: the keys of `names` must be numbers of classes") from error
    for name, data in headers.items():
        if name.lower().endswith(("classes.txt", ".names")):
            lines = [line.strip() for line in text_of(data).splitlines()]
            return {number: line for number, line in enumerate(lines) if line}
    source.note("the file names no classes (data.yaml, classes.txt or obj.names): their numbers are the labels")
    return {}


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
    stems = UniqueStems()
    for row in export.rows:
        lines = [_line(region, row, order) for region in row.value["regions"] if region.get("shape") != "polyline"]
        yield f"labels/{stems.of(row.name)}.txt", "\n".join(lines).encode()
    if stems.renamed:
        yield ITEM_NAMES, orjson.dumps(stems.renamed)


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
) -> tuple[dict[str, Any], int]:
    """The annotation of a page, and how many confidences are left out."""
    regions: list[dict[str, Any]] = []
    scores = 0
    for number, line in enumerate(text_of(data).splitlines(), start=1):
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
            class_number, values = int(float(parts[0])), [float(part) for part in parts[1:]]
            label = str(classes[class_number] if classes else class_number)
            if len(values) == 5:  # of a model: the last is how sure it was
                values, scores = values[:4], scores + 1
            region = {"id": f"y{number}", "label": label} | _shape(annotation_type, values, item.width, item.height)
        except (ValueError, KeyError, IndexError) as error:
            raise BadFormat(f"{location}, line {number}: {type(error).__name__} {error}") from error
        regions.append(region)
    return {"regions": regions}, scores


def _shape(annotation_type: AnnotationType, values: list[float], width: int, height: int) -> dict[str, Any]:
    if "polygon" in annotation_type.geometries:
        if len(values) == 4:
            x, y, w, h = values
            values = [x - w / 2, y - h / 2, x + w / 2, y - h / 2, x + w / 2, y + h / 2, x - w / 2, y + h / 2]
        if len(values) % 2 or len(values) < 6:
            raise ValueError("a polygon must have an even number of coordinates, 6 or more")
        points = [[round(values[i] * width, 2), round(values[i + 1] * height, 2)] for i in range(0, len(values), 2)]
        return {"shape": "polygon", "points": points}
    if "skeleton" in annotation_type.geometries:
        points_part = values[4:]
        size = 2 if len(points_part) % 3 else 3  # 2-D poses are written without visibility
        if len(points_part) % size:
            raise ValueError("a pose must have 2 or 3 numbers for each keypoint")
        triples = [
            points_part[i : i + 3] if size == 3 else [*points_part[i : i + 2], 2]
            for i in range(0, len(points_part), size)
        ]
        return {
            "shape": "skeleton",
            "points": [[round(x * width, 2), round(y * height, 2), int(visibility)] for x, y, visibility in triples],
        }
    if len(values) == 8:  # of an oriented box, by its corners
        corners = np.array(values).reshape(4, 2) * (width, height)
        sides = np.linalg.norm(corners[1] - corners[0]), np.linalg.norm(corners[2] - corners[1])
        if np.allclose(corners[0] + corners[2], corners[1] + corners[3], atol=2):
            x, y = corners.mean(axis=0)
            degrees = float(np.degrees(np.arctan2(*(corners[1] - corners[0])[::-1])))
            w, h = map(float, sides)
            box = {"x": x - w / 2, "y": y - h / 2, "w": w, "h": h}
            shape: dict[str, Any] = {"shape": "box", **{key: round(float(v), 2) for key, v in box.items()}}
            return shape | ({"angle": round(degrees, 2)} if round(degrees, 2) else {})
    if len(values) > 4:  # an outline in a project of boxes: the box around it
        xs, ys = values[::2], values[1::2]
        values = [(min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2, max(xs) - min(xs), max(ys) - min(ys)]
    x, y, w, h = values
    box = {"x": (x - w / 2) * width, "y": (y - h / 2) * height, "w": w * width, "h": h * height}
    return {"shape": "box", **{key: round(value, 2) for key, value in box.items()}}
