"""YOLO (Ultralytics): one text file an image, shares of its size; boxes, outlines or keypoints by what the kind is."""

from collections.abc import Iterator
from typing import Any

import yaml

from annotation.formats.base import BadFormat, Format, Found, Job, Row, Source, names_of, stem, unzipped, zipped
from annotation.projects.shapes import SHAPES


class Yolo(Format):
    """Boxes, polygons and keypoints as YOLO."""

    key = "yolo"
    title = "YOLO"
    kinds = frozenset({"boxes", "polygons", "keypoints"})
    loses = (
        "angles of boxes",
        "lines (polylines)",
        "attributes",
        "ids of regions",
        "who annotated and when",
        "items whose size is not known",
        "decimals beyond a millionth of the size",
    )

    def write(self, job: Job) -> Iterator[bytes]:
        """See `Format`; sizes are noted in `sizes.yaml`, so that shares become pixels again."""
        return zipped(_files(job))

    def read(self, source: Source) -> Iterator[Found]:
        """See `Format`."""
        head: dict[str, dict[str, Any]] = {}
        for name, data in unzipped(source.again(), lambda name: name.endswith(("data.yaml", "sizes.yaml"))):
            try:
                head[name.rsplit("/", 1)[-1]] = yaml.safe_load(data) or {}
            except yaml.YAMLError as error:
                raise BadFormat(f"{name}: {error}") from error
        names = head.get("data.yaml", {}).get("names")
        if not names:
            raise BadFormat("data.yaml with `names` is missing")
        classes = dict(names) if isinstance(names, dict) else dict(enumerate(names))
        sizes = head.get("sizes.yaml", {})
        for place, data in unzipped(source.again(), lambda name: "labels/" in name and name.endswith(".txt")):
            key = place.split("labels/", 1)[1].removesuffix(".txt")
            name, width, height = sizes.get(key, (key, None, None))
            yield Found(
                place, name, _value(place, data, source.kind, classes, width, height), width=width, height=height
            )


def _files(job: Job) -> Iterator[tuple[str, bytes]]:
    names = names_of(job.labels)
    order = {label: number for number, label in enumerate(names)}
    data: dict[str, Any] = {"path": ".", "train": "images", "val": "images", "names": dict(enumerate(names.values()))}
    points = next((one["skeleton"]["points"] for one in job.labels if one.get("skeleton")), None)
    if points:
        data["kpt_shape"] = [len(points), 3]
    yield "data.yaml", yaml.safe_dump(data, allow_unicode=True, sort_keys=False).encode()
    sizes: dict[str, list[Any]] = {}
    for row in job.rows:
        if not row.width or not row.height:
            continue
        sizes[stem(row.name)] = [row.name, row.width, row.height]
        lines = [_line(region, row, order) for region in row.value["regions"] if region.get("shape") != "polyline"]
        yield f"labels/{stem(row.name)}.txt", "\n".join(lines).encode()
    yield "sizes.yaml", yaml.safe_dump(sizes, allow_unicode=True).encode()


def _line(region: dict[str, Any], row: Row, order: dict[str, int]) -> str:
    width, height = row.width or 1, row.height or 1
    shape = region.get("shape", "box")
    left, top, right, bottom = SHAPES[shape].geometry(region | {"angle": 0}).bounds
    box = [(left + right) / 2 / width, (top + bottom) / 2 / height, (right - left) / width, (bottom - top) / height]
    if shape == "polygon":
        values = [v / side for point in region["points"] for v, side in zip(point, (width, height), strict=True)]
    elif shape == "skeleton":
        values = [*box, *(v for x, y, seen in region["points"] for v in (x / width, y / height, seen))]
    else:
        values = box
    return " ".join([str(order[region["label"]]), *(f"{value:.8g}" for value in values)])


def _value(
    place: str, data: bytes, kind: str, classes: dict[int, str], width: int | None, height: int | None
) -> dict[str, Any]:
    regions = []
    for number, line in enumerate(data.decode().splitlines(), start=1):
        parts = line.split()
        if not parts:
            continue
        if not width or not height:
            raise BadFormat(f"{place}: the picture's size is not known; add sizes.yaml, or import into its project")
        try:
            label, values = classes[int(parts[0])], [float(part) for part in parts[1:]]
            region = {"id": f"y{number}", "label": label} | _shape(kind, values, width, height)
        except (ValueError, KeyError, IndexError) as error:
            raise BadFormat(f"{place}, line {number}: {type(error).__name__} {error}") from error
        regions.append(region)
    return {"regions": regions}


def _shape(kind: str, values: list[float], width: int, height: int) -> dict[str, Any]:
    if kind == "polygons":
        points = [[round(values[i] * width, 2), round(values[i + 1] * height, 2)] for i in range(0, len(values), 2)]
        return {"shape": "polygon", "points": points}
    if kind == "keypoints":
        rest = values[4:]
        triples = [rest[i : i + 3] for i in range(0, len(rest), 3)]
        return {
            "shape": "skeleton",
            "points": [[round(x * width, 2), round(y * height, 2), int(seen)] for x, y, seen in triples],
        }
    x, y, w, h = values[:4]
    box = {"x": (x - w / 2) * width, "y": (y - h / 2) * height, "w": w * width, "h": h * height}
    return {"shape": "box", **{key: round(value, 2) for key, value in box.items()}}
