"""CVAT for images 1.1: one XML, https://docs.cvat.ai/docs/manual/advanced/xml_format/. Streams both ways."""

import io
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree  # only for writing; reading is defusedxml's

import numpy as np
from defusedxml.ElementTree import ParseError, iterparse

from annotation.formats.base import BadFormat, Format, Found, Job, Row, Source, names_of, unzipped
from annotation.projects.shapes.mask import decode, encode, runs_of

_TAGS = {"box", "polygon", "polyline", "points", "mask", "tag", "skeleton"}


class Cvat(Format):
    """Every shape as CVAT XML, classes as tags."""

    key = "cvat"
    title = "CVAT XML"
    kinds = frozenset({"boxes", "polygons", "keypoints", "masks", "shapes", "classification", "multi_classification"})
    media_type = "application/xml"
    suffix = "xml"
    loses = ("ids of regions", "when it was annotated")

    def write(self, job: Job) -> Iterator[bytes]:
        """See `Format`."""
        names = names_of(job.labels)
        points = {one["id"]: one["skeleton"]["points"] for one in job.labels if one.get("skeleton")}
        yield b'<?xml version="1.0" encoding="utf-8"?>\n<annotations><version>1.1</version>'
        yield ElementTree.tostring(_meta(job), encoding="utf-8").split(b"?>\n", 1)[-1]
        for row in job.rows:
            yield ElementTree.tostring(_image(row, names, points), encoding="utf-8").split(b"?>\n", 1)[-1]
        yield b"</annotations>"

    def read(self, source: Source) -> Iterator[Found]:
        """See `Format`; a zip with `annotations.xml` in it is taken as well."""
        file: Any = source.again()
        if file.read(2) == b"PK":
            pages = [data for _, data in unzipped(source.again(), lambda name: name.endswith(".xml"))]
            if not pages:
                raise BadFormat("the zip has no annotations.xml")
            file = io.BytesIO(pages[0])
        else:
            file = source.again()
        owner = ""
        try:
            for _, node in iterparse(file):
                if node.tag == "username" and not owner:
                    owner = node.text or ""
                if node.tag == "image":
                    yield _found(node, source.kind, owner)
                    node.clear()
        except (ParseError, ValueError, KeyError, TypeError) as error:
            raise BadFormat(f"this is no CVAT XML: {type(error).__name__} {error}") from error


def _meta(job: Job) -> ElementTree.Element:
    meta = ElementTree.Element("meta")
    task = ElementTree.SubElement(meta, "task")
    ElementTree.SubElement(task, "name").text = job.name
    labels = ElementTree.SubElement(task, "labels")
    for one in job.labels:
        label = ElementTree.SubElement(labels, "label")
        ElementTree.SubElement(label, "name").text = one["name"]
        ElementTree.SubElement(label, "color").text = one["color"]
    return meta


def _image(row: Row, names: dict[str, str], points: dict[str, list[str]]) -> ElementTree.Element:
    image = ElementTree.Element("image", {"id": str(row.item_id), "name": row.name})
    image.attrib |= {"width": str(row.width or 0), "height": str(row.height or 0)}
    if row.annotator:
        image.set("annotator", row.annotator)  # ours; CVAT itself names people by job only
    value = row.value
    for label in value.get("labels", [value["label"]] if "label" in value else []):
        tag = ElementTree.SubElement(image, "tag", {"label": names.get(label, label)})
        _attributes(tag, value.get("attributes", {}))
    for region in value.get("regions", []):
        _region(image, region, names.get(region["label"], region["label"]), points.get(region["label"], []))
    return image


def _number(value: float) -> str:
    return f"{value:.2f}"


def _region(image: ElementTree.Element, region: dict[str, Any], label: str, points: list[str]) -> None:
    shape = region.get("shape", "box")
    said = {"label": label, "occluded": "0", "source": "manual"}
    if shape == "box":
        said |= {"xtl": _number(region["x"]), "ytl": _number(region["y"])}
        said |= {"xbr": _number(region["x"] + region["w"]), "ybr": _number(region["y"] + region["h"])}
        if region.get("angle"):
            said["rotation"] = _number(region["angle"])
    elif shape in ("polygon", "polyline"):
        said["points"] = ";".join(f"{_number(x)},{_number(y)}" for x, y in region["points"])
    elif shape == "mask":
        said |= {"rle": ", ".join(str(run) for run in runs_of(decode(region).ravel()))}
        said |= {"left": str(region["x"]), "top": str(region["y"])}
        said |= {"width": str(region["w"]), "height": str(region["h"])}
    node = ElementTree.SubElement(image, shape, said)
    if shape == "skeleton":
        for index, (x, y, seen) in enumerate(region["points"]):
            name = points[index] if index < len(points) else str(index)
            part = {"label": name, "points": f"{_number(x)},{_number(y)}", "occluded": str(int(seen == 1))}
            ElementTree.SubElement(node, "points", part | {"outside": str(int(seen == 0))})
    _attributes(node, region.get("attributes", {}))


def _attributes(node: ElementTree.Element, said: dict[str, Any]) -> None:
    for key, value in said.items():
        text = ("true" if value else "false") if isinstance(value, bool) else value
        ElementTree.SubElement(node, "attribute", {"name": key}).text = (
            ";".join(text) if isinstance(text, list) else str(text)
        )


def _found(node: Any, kind: str, owner: str) -> Found:
    found = Found(f"image {node.get('id')}", node.get("name"), None, annotator=node.get("annotator") or owner)
    found.width, found.height = (int(float(node.get(key) or 0)) or None for key in ("width", "height"))
    tags, regions = [], []
    for number, part in enumerate(one for one in node if one.tag in _TAGS):
        said = {one.get("name"): one.text or "" for one in part.findall("attribute")}
        if part.tag == "tag":
            tags.append((part.get("label"), said))
            continue
        more = {"id": f"v{number}", "label": part.get("label")} | ({"attributes": said} if said else {})
        try:
            regions.append(more | _shape(part))
        except ValueError as error:
            found.dropped.append(f"{part.tag} {number}: {error}")
    if kind == "classification":
        found.value = {"label": tags[0][0]} | ({"attributes": tags[0][1]} if tags[0][1] else {}) if tags else None
    elif kind == "multi_classification":
        found.value = {"labels": [label for label, _ in tags]}
    else:
        found.value = {"regions": regions}
    return found


def _pairs(text: str) -> list[list[float]]:
    return [[float(number) for number in pair.split(",")] for pair in text.split(";")]


def _shape(part: Any) -> dict[str, Any]:
    if part.tag == "box":
        left, top, right, bottom = (float(part.get(key)) for key in ("xtl", "ytl", "xbr", "ybr"))
        angle = float(part.get("rotation") or 0)
        angle = angle - 360 if angle > 180 else angle  # degrees
        box = {"shape": "box", "x": left, "y": top, "w": round(right - left, 2), "h": round(bottom - top, 2)}
        return box | ({"angle": angle} if angle else {})
    if part.tag in ("polygon", "polyline"):
        return {"shape": part.tag, "points": _pairs(part.get("points"))}
    if part.tag == "skeleton":
        points = [(_pairs(one.get("points"))[0], one) for one in part.findall("points")]
        return {
            "shape": "skeleton",
            "points": [
                [0.0, 0.0, 0] if one.get("outside") == "1" else [x, y, 1 if one.get("occluded") == "1" else 2]
                for (x, y), one in points
            ],
        }
    if part.tag == "mask":
        width, height = int(part.get("width")), int(part.get("height"))
        runs = [int(run) for run in part.get("rle").split(",")]
        bits = np.repeat(np.arange(len(runs)) % 2 == 1, runs).reshape(height, width)
        return encode(bits, x=int(float(part.get("left"))), y=int(float(part.get("top"))))
    raise ValueError("loose points are no skeleton")
