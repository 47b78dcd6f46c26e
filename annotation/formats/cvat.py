"""CVAT for images 1.1: one XML, https://docs.cvat.ai/docs/manual/advanced/xml_format/. Streams both ways."""

import io
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree  # only for writing; reading is defusedxml's
from xml.sax.saxutils import escape, quoteattr

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, iterparse

from annotation.formats.base import (
    BadFormat,
    DeclaredSchema,
    ExportData,
    ExportRow,
    Format,
    ImportedItem,
    ImportSource,
    as_text,
    names_of,
    unzipped,
)
from annotation.formats.bounded_reading import MeteredFile
from annotation.formats.reading import ellipse, in_order, xml_safe
from labelkit.annotations.classification import Classification, MultiClassification
from labelkit.annotations.regions import Regions
from labelkit.geometries.mask import encode_lines
from labelkit.media.image import ImageMedia
from labelkit.messages import Message
from labelkit.rle import MAX_PIXELS, lines_of, normal

_MAX_ELEMENTS = 500_000  # of an image, or of what is said of all: some 100 bytes each and more
_PLAIN = {"attribute"}  # children of an image that are no annotations


class Cvat(Format):
    """Every shape as CVAT XML, classes as tags."""

    key = "cvat"
    title = "CVAT XML"
    annotation_types = (Regions, Classification, MultiClassification)
    media_types = (ImageMedia,)
    geometries = frozenset({"box", "polygon", "polyline", "skeleton", "mask"})
    content_type = "application/xml"
    suffix = "xml"
    size_needed_path = "$.regions"
    loses = ("ids of regions", "when it was annotated", "attributes of an item without any label")

    def write(self, export: ExportData) -> Iterator[bytes]:
        """See `Format`."""
        names = names_of(export.labels)
        points = {entry["id"]: skeleton["points"] for entry in export.labels if (skeleton := entry.get("skeleton"))}
        attribute_names = {entry["id"]: entry["name"] for entry in export.attributes}
        yield b'<?xml version="1.0" encoding="utf-8"?>\n<annotations><version>1.1</version>'
        yield xml_safe(ElementTree.tostring(_meta(export), encoding="unicode")).encode()
        for row in export.rows:
            yield xml_safe(_image(row, names, points, attribute_names)).encode()
        yield b"</annotations>"

    def read(self, source: ImportSource) -> Iterator[ImportedItem]:
        """See `Format`; a zip with `annotations.xml` in it is taken as well."""
        people: dict[str, str] = {}  # of a task, by its id: who it was assigned to, else who owns it
        for node in _nodes(source):
            if node.tag in ("task", "meta") and (name := _person(node)):
                people.setdefault(node.findtext("id") or "", name)
            if node.tag == "image":
                try:
                    item = _read_item(node, source)
                except (ValueError, KeyError, TypeError) as error:
                    location = f"image {node.get('id')}"
                    raise BadFormat(f"this is no CVAT XML: {location}: {type(error).__name__} {error}") from error
                only_person = next(iter(people.values()), "")  # a picture names its task only in a file of several
                by_task = people.get(node.get("task_id"), "") if node.get("task_id") else only_person
                item.annotator = node.get("annotator") or by_task
                yield item

    def read_schema(self, source: ImportSource) -> DeclaredSchema:
        """See `Format`."""
        for node in _nodes(source):
            if node.tag == "meta":
                return _read_schema(node)
            if node.tag == "image":
                break
        return DeclaredSchema()


def _nodes(source: ImportSource) -> Iterator[Any]:
    """Elements as they end; images are forgotten after their turn, so memory stays flat.

    Raises:
        BadFormat: it is no XML.
    """
    file: Any = source.rewind()
    if file.read(2) == b"PK":
        page = next(unzipped(source.rewind(), lambda name: name.endswith(".xml")), None)
        if page is None:
            raise BadFormat("the zip has no annotations.xml")
        file = io.BytesIO(page[1])
    else:
        file = source.rewind()
    root: Any = None
    held, metered = 0, MeteredFile(file)
    try:
        for event, node in iterparse(metered, events=("start", "end")):
            metered.read_bytes = 0
            if root is None:
                root = node
            if event == "end":
                held += 1
                if held > _MAX_ELEMENTS:
                    raise BadFormat(f"an image has more than {_MAX_ELEMENTS:,} elements")
                yield node
                if node.tag == "image":
                    root.clear()
                    held = 0
    except (ParseError, DefusedXmlException) as error:
        raise BadFormat(f"this is no CVAT XML: {type(error).__name__} {error}") from error


def _person(task: Any) -> str:
    """Who did a task: CVAT knows people by job and task only."""
    for role in ("assignee", "owner"):
        if name := task.findtext(f"{role}/email") or task.findtext(f"{role}/username"):
            return str(name)
    return ""


_TYPES = {"select": "choice", "radio": "choice", "checkbox": "flag", "number": "number", "text": "text"}
_INPUTS = {"choice": "select", "choices": "text", "flag": "checkbox", "number": "number", "text": "text"}


def _read_schema(meta: Any) -> DeclaredSchema:
    """Labels with colours, skeletons with the names of their points, attributes."""
    labels: list[dict[str, Any]] = []
    attributes: list[dict[str, Any]] = []
    points: dict[str, list[str]] = {}
    for node in meta.iter("label"):
        name = node.findtext("name") or ""
        if parent := node.findtext("parent"):
            points.setdefault(parent, []).append(name)
            continue
        labels.append({"name": name, "color": node.findtext("color") or "", "points": points.setdefault(name, [])})
        for attribute in node.iter("attribute"):
            kind = _TYPES.get(attribute.findtext("input_type") or "text", "text")
            options = [text for text in (attribute.findtext("values") or "").splitlines() if text]
            options = options if kind == "choice" else []
            declaration = {
                "name": attribute.findtext("name") or "",
                "type": kind if options or kind != "choice" else "text",
            }
            attributes.append(declaration | {"options": options, "labels": [name]})
    return DeclaredSchema(labels, attributes)


def _meta(export: ExportData) -> ElementTree.Element:
    meta = ElementTree.Element("meta")
    task = ElementTree.SubElement(meta, "task")
    ElementTree.SubElement(task, "name").text = export.name
    labels = ElementTree.SubElement(task, "labels")
    for label in export.labels:
        skeleton = label.get("skeleton")
        _label(labels, label["name"], label["color"], "skeleton" if skeleton else "any")
        attributes_of_label = [a for a in export.attributes if not a["labels"] or label["id"] in a["labels"]]
        listed = ElementTree.SubElement(labels[-1], "attributes")
        for attribute in attributes_of_label:
            node = ElementTree.SubElement(listed, "attribute")
            fields = {"name": attribute["name"], "mutable": "False", "input_type": _INPUTS[attribute["type"]]}
            for key, text in (fields | {"default_value": "", "values": "\n".join(attribute["options"])}).items():
                ElementTree.SubElement(node, key).text = text
        for point in skeleton["points"] if skeleton else []:
            _label(labels, point, label["color"], "points", parent=label["name"])
    return meta


def _label(labels: ElementTree.Element, name: str, color: str, label_type: str, parent: str = "") -> None:
    label = ElementTree.SubElement(labels, "label")
    ElementTree.SubElement(label, "name").text = name
    ElementTree.SubElement(label, "color").text = color
    ElementTree.SubElement(label, "type").text = label_type
    if parent:
        ElementTree.SubElement(label, "parent").text = parent


def _image(row: ExportRow, names: dict[str, str], points: dict[str, list[str]], attribute_names: dict[str, str]) -> str:
    """Written as text: a tree for each picture would cost three times as much."""
    # `annotator` is ours; CVAT itself names people by job only
    annotator = f" annotator={quoteattr(row.annotator)}" if row.annotator else ""
    opening = f"<image id={quoteattr(str(row.item_id))} name={quoteattr(row.name)}"
    size = f' width="{row.width}" height="{row.height}"' if row.width and row.height else ""
    opening += f"{size}{annotator}>"
    value = row.value
    parts = [
        f"<tag label={quoteattr(names.get(label, label))}>{_attributes(value, attribute_names)}</tag>"
        for label in value.get("labels", [value["label"]] if "label" in value else [])
    ]
    for region in value.get("regions", []):
        label = quoteattr(names.get(region["label"], region["label"]))
        parts.append(_region(region, label, points.get(region["label"], []), _attributes(region, attribute_names)))
    return f"{opening}{''.join(parts)}</image>"


def _region(region: dict[str, Any], label: str, points: list[str], children: str) -> str:
    shape = region.get("shape", "box")
    xml_attributes = f'label={label} occluded="0" source="manual"'
    if shape == "box":
        x, y, right, bottom = region["x"], region["y"], region["x"] + region["w"], region["y"] + region["h"]
        xml_attributes += f' xtl="{x:.2f}" ytl="{y:.2f}" xbr="{right:.2f}" ybr="{bottom:.2f}"'
        if region.get("angle"):
            xml_attributes += f' rotation="{region["angle"]:.2f}"'
    elif shape in ("polygon", "polyline"):
        xml_attributes += f' points="{";".join(f"{x:.2f},{y:.2f}" for x, y in region["points"])}"'
    elif shape == "mask":
        xml_attributes += f' rle="{", ".join(map(str, normal(region["rle"], region["w"] * region["h"])))}"'
        xml_attributes += f' left="{region["x"]}" top="{region["y"]}" width="{region["w"]}" height="{region["h"]}"'
    elif shape == "skeleton":
        for index, (x, y, visibility) in enumerate(region["points"]):
            name = quoteattr(points[index] if index < len(points) else str(index))
            flags = f'occluded="{int(visibility == 1)}" outside="{int(visibility == 0)}"'
            children += f'<points label={name} points="{x:.2f},{y:.2f}" {flags}/>'
    return f"<{shape} {xml_attributes}>{children}</{shape}>"


def _attributes(part: dict[str, Any], attribute_names: dict[str, str]) -> str:
    attributes = part.get("attributes", {}).items()
    return "".join(
        f"<attribute name={quoteattr(attribute_names.get(key, key))}>{escape(as_text(value))}</attribute>"
        for key, value in attributes
    )


def _read_item(node: Any, source: ImportSource) -> ImportedItem:
    annotation_type = source.annotation_type
    item = ImportedItem(f"image {node.get('id')}", node.get("name"), None)
    item.width, item.height = (int(float(node.get(key) or 0)) or None for key in ("width", "height"))
    tags, regions = [], []
    for number, part in enumerate(child for child in node if child.tag not in _PLAIN):
        attributes = {node.get("name"): node.text or "" for node in part.findall("attribute")}
        if part.tag == "tag":
            tags.append((part.get("label"), attributes))
            continue
        region = {"id": f"v{number}", "label": part.get("label")} | ({"attributes": attributes} if attributes else {})
        try:
            regions.append(region | _shape(part, source))
        except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
            item.dropped.append(f"{part.tag} {number}: {error}")
    if isinstance(annotation_type, Regions):
        item.dropped += [
            f"tag {label}: is said of the whole item, which this kind has no place for" for label, _ in tags
        ]
    elif isinstance(annotation_type, Classification):
        item.dropped += [f"tag {label}: is a second class, and this kind has one" for label, _ in tags[1:]]
    if not isinstance(annotation_type, Regions):
        item.dropped += [f"{region['shape']} {region['id']}: this kind has no regions" for region in regions]
    tag_attributes = {key: text for _, tag in tags for key, text in tag.items()}
    with_attributes = {"attributes": tag_attributes} if tag_attributes else {}
    if isinstance(annotation_type, Classification):
        item.value = {"label": tags[0][0]} | with_attributes if tags else None
    elif isinstance(annotation_type, MultiClassification):
        item.value = {"labels": [label for label, _ in tags]} | with_attributes
    else:
        item.value = {"regions": regions}
    return item


def _pairs(text: str) -> list[list[float]]:
    return [[float(number) for number in pair.split(",")] for pair in text.split(";")]


def _shape(part: Any, source: ImportSource) -> dict[str, Any]:
    if part.tag == "box":
        left, top, right, bottom = (float(part.get(key)) for key in ("xtl", "ytl", "xbr", "ybr"))
        angle = float(part.get("rotation") or 0)
        box = {"shape": "box", "x": left, "y": top, "w": round(right - left, 2), "h": round(bottom - top, 2)}
        return box | ({"angle": angle} if angle else {})
    if part.tag in ("polygon", "polyline"):
        return {"shape": part.tag, "points": _pairs(part.get("points"))}
    if part.tag == "skeleton":
        nodes = [(_pairs(node.get("points"))[0], node) for node in part.findall("points")]
        points = [
            [0.0, 0.0, 0] if node.get("outside") == "1" else [x, y, 1 if node.get("occluded") == "1" else 2]
            for (x, y), node in nodes
        ]
        names = [node.get("label") or "" for _, node in nodes]
        return {"shape": "skeleton", "points": in_order(points, names, source.keypoints_of(part.get("label") or ""))}
    if part.tag == "ellipse":
        x, y, a, b = (float(part.get(key)) for key in ("cx", "cy", "rx", "ry"))
        return {"shape": "polygon", "points": ellipse(x, y, a, b, float(part.get("rotation") or 0)).round(2).tolist()}
    if part.tag == "mask":
        width, height = int(part.get("width")), int(part.get("height"))
        runs = [int(run) for run in part.get("rle").split(",")]
        if width < 1 or height < 1 or width * height > MAX_PIXELS:
            raise ValueError(
                Message(
                    "the mask has {width} × {height} pixels; images have at most {max_pixels:,}",
                    width=width,
                    height=height,
                    max_pixels=MAX_PIXELS,
                )
            )
        if min(runs) < 0 or sum(runs) != width * height:
            raise ValueError(
                Message(
                    "the runs cover {covered} pixels, the box has {expected}",
                    covered=sum(runs),
                    expected=width * height,
                )
            )
        return encode_lines(lines_of(runs, width).moved(int(float(part.get("left"))), int(float(part.get("top")))))
    if part.tag == "points":
        raise ValueError("points without a skeleton are not supported")
    raise ValueError("is not supported")
