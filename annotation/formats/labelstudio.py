"""Label Studio JSON: https://labelstud.io/guide/export.html. Places in percent, texts by UTF-16 units."""

import re
import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import ijson
import numpy as np
import orjson
from numpy.typing import NDArray

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
)
from annotation.formats.bounded_reading import check_json_elements
from annotation.formats.labelstudio_rle import decode_mask, encode_mask
from annotation.formats.reading import ellipse
from labelkit.annotations import AnnotationType
from labelkit.annotations.classification import Classification, MultiClassification
from labelkit.annotations.regions import Regions
from labelkit.annotations.spans import Spans
from labelkit.geometries.box import corners
from labelkit.geometries.mask import encode_lines, pixels_of
from labelkit.media.image import ImageMedia
from labelkit.media.text import TextMedia
from labelkit.messages import Message
from labelkit.rle import MAX_PIXELS, lines_of, runs_in
from labelkit.values import AttributeDefinition

Attributes = dict[str, AttributeDefinition]


class LabelStudio(Format):
    """Every kind but lines and keypoints of skeletons, which Label Studio has in other ways."""

    key = "label_studio"
    title = "Label Studio JSON"
    annotation_types = (Regions, Spans, Classification, MultiClassification)
    media_types = (ImageMedia, TextMedia)
    geometries = frozenset({"box", "polygon", "mask", "span", "relation"})
    drops_geometries = True
    content_type = "application/json"
    suffix = "json"
    size_needed_path = "$.regions[*]"
    has_relative_coordinates = True
    loses = ("lines (polylines) and skeletons", "coordinates beyond a ten-thousandth of the picture")

    def write(self, export: ExportData) -> Iterator[bytes]:
        """See `Format`; attributes are results of their own under the id of their region, as `perRegion` makes them."""
        names, attributes = names_of(export.labels), {attribute["id"]: attribute for attribute in export.attributes}
        yield b"["
        for index, row in enumerate(export.rows):
            yield (b"," if index else b"") + orjson.dumps(_task(row, names, attributes))
        yield b"]"

    def read(self, source: ImportSource) -> Iterator[ImportedItem]:
        """See `Format`; every annotation of a task is one answer, with its person."""
        try:
            for task in ijson.items(check_json_elements(source.file, depth=1), "item", use_float=True):
                yield from _read_items(task, source.annotation_type)
        except (ijson.JSONError, KeyError, TypeError, ValueError, IndexError) as error:
            raise BadFormat(f"this is no Label Studio export: {type(error).__name__} {error}") from error

    def read_schema(self, source: ImportSource) -> DeclaredSchema:
        """See `Format`; an export names no labels, so attributes are gathered from all answers."""
        attributes: dict[str, dict[str, Any]] = {}
        options: dict[str, dict[str, None]] = defaultdict(dict)
        try:
            for task in ijson.items(check_json_elements(source.file, depth=1), "item", use_float=True):
                for annotation in task.get("annotations") or []:
                    for region_id, name, result_type, value in _attribute_results(
                        annotation["result"], source.annotation_type
                    ):
                        if region_id is None:
                            continue
                        attribute = attributes.setdefault(
                            name, {"name": name, "type": _TYPES[result_type], "options": [], "labels": []}
                        )
                        if result_type == "choices":
                            attribute["type"] = "choices" if len(value) > 1 else attribute["type"]
                            options[name] |= dict.fromkeys(map(str, value))
        except (ijson.JSONError, KeyError, TypeError, ValueError, AttributeError) as error:
            raise BadFormat(f"this is no Label Studio export: {type(error).__name__} {error}") from error
        return DeclaredSchema(
            attributes=[attribute | {"options": list(options[name])} for name, attribute in attributes.items()]
        )


def _task(row: ExportRow, names: dict[str, str], attributes: Attributes) -> dict[str, object]:
    data = {"text": row.text} if row.text else {"image": row.uri or row.name}
    result = [part for part in _results(row, names, attributes) if part]
    return {
        "id": row.task_id,
        "data": data | {"name": row.name},
        "annotations": [
            {"id": row.task_id, "completed_by": {"email": row.annotator}, "result": result, "was_cancelled": False}
        ],
    }


def _results(row: ExportRow, names: dict[str, str], attributes: Attributes) -> Iterator[dict[str, object]]:
    value = row.value
    chosen = value.get("labels", [value["label"]] if "label" in value else None)
    target = "text" if row.text else "image"
    if chosen is not None:
        label_names = [names.get(label_id, label_id) for label_id in chosen]
        yield {"from_name": _CLASS, "to_name": target, "type": "choices", "value": {"choices": label_names}}
        yield from _attributes(value, attributes, {"to_name": target})
    for region in value.get("regions", []):
        if result := _region(region, names.get(region["label"], region["label"]), row):
            yield result
            yield from _attributes(region, attributes, {"id": region["id"], "to_name": target})
    units = _units_before(row.text) if value.get("spans") else np.zeros(1, dtype=np.int64)
    for span in value.get("spans", []):
        start, end = (int(units[span[key]]) for key in ("start", "end"))
        part: dict[str, Any] = {"start": start, "end": end, "text": row.text[span["start"] : span["end"]]}
        label = {"labels": [names.get(span["label"], span["label"])]}
        yield {"id": span["id"], "from_name": "label", "to_name": "text", "type": "labels", "value": part | label}
        yield from _attributes(span, attributes, {"id": span["id"], "to_name": target})
    for arrow in value.get("relations", []):
        label = names.get(arrow["label"], arrow["label"])
        yield {"type": "relation", "from_id": arrow["from"], "to_id": arrow["to"], "labels": [label]}


def _attributes(part: dict[str, Any], attributes: Attributes, target: dict[str, Any]) -> Iterator[dict[str, object]]:
    for key, value in part.get("attributes", {}).items():
        attribute_type, name = attributes[key]["type"], attributes[key]["name"]
        if attribute_type == "number":
            yield target | {"from_name": name, "type": "number", "value": {"number": value}}
        elif attribute_type == "text":
            yield target | {"from_name": name, "type": "textarea", "value": {"text": [value]}}
        else:
            choices = value if isinstance(value, list) else [as_text(value)]
            yield target | {"from_name": name, "type": "choices", "value": {"choices": choices}}


def _region(region: dict[str, Any], label: str, row: ExportRow) -> dict[str, Any]:
    width, height = row.width or 1, row.height or 1
    shape = region.get("shape", "box")
    result: dict[str, Any] = {"id": region["id"], "from_name": "label", "to_name": "image"}
    result |= {"original_width": width, "original_height": height, "image_rotation": 0}
    if shape == "box":
        x, y = corners(region)[0]  # Label Studio turns about the upper left corner
        corner = {"x": x / width * 100, "y": y / height * 100, "rotation": region.get("angle", 0)}
        size = {"width": region["w"] / width * 100, "height": region["h"] / height * 100}
        return result | {"type": "rectanglelabels", "value": corner | size | {"rectanglelabels": [label]}}
    if shape == "polygon":
        points = [[x / width * 100, y / height * 100] for x, y in region["points"]]
        return result | {"type": "polygonlabels", "value": {"points": points, "polygonlabels": [label], "closed": True}}
    if shape == "mask":
        rle = encode_mask(runs_in(pixels_of(region).clipped(width, height), width, height))
        return result | {"type": "brushlabels", "value": {"format": "rle", "rle": rle, "brushlabels": [label]}}
    return {}


def _person(annotation: Mapping[str, object]) -> str:
    user = annotation.get("completed_by")
    if isinstance(user, dict):
        return str(user.get("email") or user.get("username") or user.get("id") or "")
    return f"user {user}" if user is not None else ""


def _read_items(task: dict[str, Any], annotation_type: AnnotationType) -> Iterator[ImportedItem]:
    data = task["data"]
    text = next((data[key] for key in ("text", "content") if isinstance(data.get(key), str)), "")
    location = f"task {task.get('id')}"
    annotations = [annotation for annotation in task.get("annotations") or [] if not annotation.get("was_cancelled")]
    results = [part for annotation in annotations for part in annotation["result"]]
    uri = "" if text else _uri(data, results)
    pages = next((value for value in data.values() if isinstance(value, list) and value), [])
    pages = [page for page in pages if isinstance(page, str)]
    if pages and not uri:
        uri = pages[0]
    name = str(data.get("name") or _name(uri))
    for annotation in annotations:
        by_page: dict[int, list[dict[str, Any]]] = {0: []}
        for part in annotation["result"]:
            by_page.setdefault(int(part.get("item_index") or 0), []).append(part)
        for number, result in by_page.items():
            item = ImportedItem(location, name, None, uri=uri, text=text, annotator=_person(annotation))
            if number and number < len(pages):
                item.name, item.uri = _name(pages[number]), pages[number]
            elif number:
                item.dropped.append(f"{len(result)} results on page {number + 1}, which the task does not have")
                yield item
                continue
            if number == 0 and len(by_page) > 1 and not result:
                continue  # nothing was said of the first page
            item.value = _value(result, annotation_type, text, item)
            yield item
    if not annotations:
        yield ImportedItem(location, name, None, uri=uri, text=text)


def _uri(data: Mapping[str, Any], results: Sequence[Mapping[str, Any]]) -> str:
    """The address of the picture: its key in `data` is free, and often what the results are said of is called alike."""
    keys = ["image", "img", "url", *(str(part.get("to_name")) for part in results)]
    values = [value for key in keys if isinstance(value := data.get(key), str) and value]
    others = [value for value in data.values() if isinstance(value, str)]
    pictures = [value for value in others if _PICTURE.search(value)]
    return next(iter([*values, *pictures, *(value for value in others if "/" in value)]), "")


_PICTURE = re.compile(r"\.(jpe?g|png|webp|gif|bmp|tiff?)($|[?#&])", re.IGNORECASE)
_CLASSES = (Classification, MultiClassification)
_CLASS = "class"
_TYPES = {"choices": "choice", "textarea": "text", "number": "number", "rating": "number"}
# By type of a result: the key of its value.
_VALUE_KEYS = {"choices": "choices", "textarea": "text", "number": "number", "rating": "rating"}


def _class_control(result: Sequence[Mapping[str, object]]) -> str:
    """The question whose answer is the class: ours, else the first."""
    questions = [str(part.get("from_name", "")) for part in result if part["type"] == "choices"]
    return _CLASS if _CLASS in questions else next(iter(questions), _CLASS)


def _attribute_results(
    result: list[dict[str, Any]], annotation_type: AnnotationType
) -> Iterator[tuple[str | None, str, str, Any]]:
    """What a result says beside class and regions: of whom, name, type of the result, value.

    Of whom: a region's id, "" for the item, None for an item of a kind that has no place for it.
    """
    control = _class_control(result) if isinstance(annotation_type, _CLASSES) else None
    regions = {part.get("id") for part in result if part["type"] not in _VALUE_KEYS}
    for part in result:
        name, result_type = str(part.get("from_name", "")), part["type"]
        if result_type not in _VALUE_KEYS or name == control:
            continue
        region = part["id"] if part.get("id") in regions else None
        yield region if control is None else "", name, result_type, part["value"][_VALUE_KEYS[result_type]]


def _attributes_in(
    result: list[dict[str, Any]], annotation_type: AnnotationType, item: ImportedItem
) -> dict[str, dict[str, Any]]:
    """What is said of each region, by its id; of the item as a whole under ""."""
    attributes: dict[str, dict[str, Any]] = {}
    for region_id, name, result_type, value in _attribute_results(result, annotation_type):
        if region_id is None:
            item.dropped.append(f"{name}: is said of the whole item, which this kind has no place for")
            continue
        attribute_value = "\n".join(map(str, value)) if result_type == "textarea" and isinstance(value, list) else value
        attributes.setdefault(region_id, {})[name] = attribute_value
    return attributes


def _name(uri: str) -> str:
    """The file's name in an address; a file that Label Studio serves from a folder is named in its query."""
    parts = urlsplit(uri)
    path = parse_qs(parts.query).get("d", [parts.path])[0]
    return unquote(path).rsplit("/", 1)[-1]


def _value(
    result: list[dict[str, Any]], annotation_type: AnnotationType, text: str, item: ImportedItem
) -> dict[str, Any] | None:
    attributes = _attributes_in(result, annotation_type, item)
    if isinstance(annotation_type, _CLASSES):
        control = _class_control(result)
        chosen = [
            str(choice)
            for part in result
            if part["type"] == "choices" and str(part.get("from_name", "")) == control
            for choice in part["value"]["choices"]
        ]
        with_attributes = {"attributes": attributes[""]} if attributes else {}
        if isinstance(annotation_type, MultiClassification):
            return {"labels": chosen} | with_attributes
        return {"label": chosen[0]} | with_attributes if chosen else None
    if isinstance(annotation_type, Spans):
        return _spans(result, text, attributes)
    # `<Labels>` beside `<Rectangle>` gives two results of one id: the place, and the label.
    labels_by_id = {part["id"]: part["value"]["labels"] for part in result if part["type"] == "labels"}
    regions = []
    for part in result:
        if part["type"] in _VALUE_KEYS or part["type"] in ("labels", "relation"):
            continue
        try:
            with_attributes = {"attributes": attributes[part["id"]]} if part.get("id") in attributes else {}
            regions.append(_shape(part, labels_by_id, item) | with_attributes)
        except (ValueError, KeyError, TypeError) as error:
            item.dropped.append(f"{part.get('type')} {part.get('id')}: {error}")
    return {"regions": regions}


def _units_before(text: str) -> NDArray[np.int64]:
    """(characters + 1,) UTF-16 units before each character, and of the whole text."""
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    return np.concatenate([[0], np.cumsum(1 + (points > 0xFFFF), dtype=np.int64)])


def _spans(result: list[dict[str, Any]], text: str, attributes: dict[str, dict[str, Any]]) -> dict[str, Any]:
    units = _units_before(text)
    spans, relations = [], []
    for part in result:
        if part["type"] == "relation":
            label = (part.get("labels") or ["relation"])[0]
            relations.append(
                {"id": uuid.uuid4().hex[:12], "label": label, "from": part["from_id"], "to": part["to_id"]}
            )
        elif part["type"] not in _VALUE_KEYS and "start" in part.get("value", {}):
            value = part["value"]
            with_attributes = {"attributes": attributes[part["id"]]} if part["id"] in attributes else {}
            start, end = (int(np.searchsorted(units, int(value[key]))) for key in ("start", "end"))
            spans.append({"id": part["id"], "label": value["labels"][0], "start": start, "end": end} | with_attributes)
    return {"spans": spans, "relations": relations}


def _shape(part: dict[str, Any], labels_by_id: dict[str, list[str]], item: ImportedItem) -> dict[str, Any]:
    kind, value = part["type"].removesuffix("labels"), part.get("value", {})
    width, height = part.get("original_width"), part.get("original_height")
    if not width or not height:
        raise ValueError("the image size is missing from the export")
    if (width, height) != (1, 1):  # what was written here before where the size was not known
        item.width, item.height = int(width), int(height)
    labels = value.get(f"{kind}labels") or labels_by_id.get(part["id"])
    if not labels:
        raise ValueError("has no label")
    label = str(labels[0])
    if len(labels) > 1:
        others = ", ".join(map(str, labels[1:]))
        item.dropped.append(f"{part['type']} {part['id']}: a region has one label; {others} is left out")
    common = {"id": part["id"], "label": label}
    if kind == "rectangle":
        return common | _box(value, width, height)
    if kind == "polygon":
        points = [[round(x * width / 100, 2), round(y * height / 100, 2)] for x, y in value["points"]]
        return common | {"shape": "polygon", "points": points}
    if kind == "ellipse":
        return common | {"shape": "polygon", "points": _ring(value, width, height)}
    if kind == "brush":
        if int(width) * int(height) > MAX_PIXELS:
            raise ValueError(
                Message(
                    "the mask has {width} × {height} pixels; images have at most {max_pixels:,}",
                    width=width,
                    height=height,
                    max_pixels=MAX_PIXELS,
                )
            )
        return common | encode_lines(lines_of(decode_mask(value["rle"], int(width) * int(height)), int(width)))
    raise ValueError("is not supported")


def _ring(value: dict[str, Any], width: float, height: float) -> list[list[float]]:
    """An ellipse as a polygon within the picture."""
    x, y = value["x"] * width / 100, value["y"] * height / 100
    a, b = value["radiusX"] * width / 100, value["radiusY"] * height / 100
    points = ellipse(x, y, a, b, float(value.get("rotation") or 0)).clip((0, 0), (width, height))
    return [[float(coordinate) for coordinate in point] for point in points.round(2)]


def _box(value: dict[str, Any], width: float, height: float) -> dict[str, object]:
    x, w = value["x"] * width / 100, value["width"] * width / 100
    y, h = value["y"] * height / 100, value["height"] * height / 100
    angle = float(value.get("rotation") or 0)
    if angle:  # from a turn about the corner to one about the centre
        turn = np.deg2rad(angle)
        cx = x + w / 2 * np.cos(turn) - h / 2 * np.sin(turn)
        cy = y + w / 2 * np.sin(turn) + h / 2 * np.cos(turn)
        x, y = cx - w / 2, cy - h / 2
    box = {"shape": "box", **{key: round(float(v), 2) for key, v in (("x", x), ("y", y), ("w", w), ("h", h))}}
    return box | ({"angle": round(angle, 2)} if angle else {})
