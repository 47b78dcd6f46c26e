"""Label Studio JSON: https://labelstud.io/guide/export.html. Places in percent, texts by UTF-16 units."""

import uuid
from collections.abc import Iterator
from typing import Any

import ijson
import numpy as np
import orjson

from annotation.formats.base import EVERY, BadFormat, Format, Found, Job, Row, Source, names_of
from annotation.formats.labelstudio_rle import decode_rle, encode_rle
from annotation.projects.shapes.box import corners
from annotation.projects.shapes.mask import decode, encode


class LabelStudio(Format):
    """Every kind but lines and keypoints of skeletons, which Label Studio has in other ways."""

    key = "label_studio"
    title = "Label Studio JSON"
    kinds = EVERY - {"keypoints"}
    media_type = "application/json"
    suffix = "json"
    loses = ("lines (polylines) and skeletons", "attributes", "coordinates beyond a ten-thousandth of the picture")

    def write(self, job: Job) -> Iterator[bytes]:
        """See `Format`."""
        names = names_of(job.labels)
        yield b"["
        for index, row in enumerate(job.rows):
            yield (b"," if index else b"") + orjson.dumps(_task(row, names))
        yield b"]"

    def read(self, source: Source) -> Iterator[Found]:
        """See `Format`; every annotation of a task is one answer, with its person."""
        try:
            for task in ijson.items(source.again(), "item", use_float=True):
                yield from _founds(task, source.kind)
        except (ijson.JSONError, KeyError, TypeError, ValueError, IndexError) as error:
            raise BadFormat(f"this is no Label Studio export: {type(error).__name__} {error}") from error


def _task(row: Row, names: dict[str, str]) -> dict[str, Any]:
    data = {"text": row.text} if row.text else {"image": row.uri or row.name}
    result = [part for part in _results(row, names) if part]
    return {
        "id": row.task_id,
        "data": data | {"name": row.name},
        "annotations": [
            {"id": row.task_id, "completed_by": {"email": row.annotator}, "result": result, "was_cancelled": False}
        ],
    }


def _results(row: Row, names: dict[str, str]) -> Iterator[dict[str, Any]]:
    value = row.value
    chosen = value.get("labels", [value["label"]] if "label" in value else None)
    target = "text" if row.text else "image"
    if chosen is not None:
        told = [names.get(one, one) for one in chosen]
        yield {"from_name": "class", "to_name": target, "type": "choices", "value": {"choices": told}}
    for region in value.get("regions", []):
        yield _region(region, names.get(region["label"], region["label"]), row)
    for span in value.get("spans", []):
        start, end = (len(row.text[: span[key]].encode("utf-16-le")) // 2 for key in ("start", "end"))
        part: dict[str, Any] = {"start": start, "end": end, "text": row.text[span["start"] : span["end"]]}
        label = {"labels": [names.get(span["label"], span["label"])]}
        yield {"id": span["id"], "from_name": "label", "to_name": "text", "type": "labels", "value": part | label}
    for arrow in value.get("relations", []):
        label = names.get(arrow["label"], arrow["label"])
        yield {"type": "relation", "from_id": arrow["from"], "to_id": arrow["to"], "labels": [label]}


def _region(region: dict[str, Any], label: str, row: Row) -> dict[str, Any]:
    width, height = row.width or 1, row.height or 1
    shape = region.get("shape", "box")
    made: dict[str, Any] = {"id": region["id"], "from_name": "label", "to_name": "image"}
    made |= {"original_width": width, "original_height": height, "image_rotation": 0}
    if shape == "box":
        x, y = corners(region)[0]  # Label Studio turns about the upper left corner
        place = {"x": x / width * 100, "y": y / height * 100, "rotation": region.get("angle", 0)}
        size = {"width": region["w"] / width * 100, "height": region["h"] / height * 100}
        return made | {"type": "rectanglelabels", "value": place | size | {"rectanglelabels": [label]}}
    if shape == "polygon":
        points = [[x / width * 100, y / height * 100] for x, y in region["points"]]
        return made | {"type": "polygonlabels", "value": {"points": points, "polygonlabels": [label], "closed": True}}
    if shape == "mask":
        whole = np.zeros((height, width), dtype=np.uint8)
        whole[region["y"] : region["y"] + region["h"], region["x"] : region["x"] + region["w"]] = decode(region)
        rle = encode_rle(np.repeat(whole.ravel() * np.uint8(255), 4))
        return made | {"type": "brushlabels", "value": {"format": "rle", "rle": rle, "brushlabels": [label]}}
    return {}


def _person(annotation: dict[str, Any]) -> str:
    by = annotation.get("completed_by")
    if isinstance(by, dict):
        return str(by.get("email") or by.get("username") or by.get("id") or "")
    return f"user {by}" if by is not None else ""


def _founds(task: dict[str, Any], kind: str) -> Iterator[Found]:
    data = task["data"]
    text = next((data[key] for key in ("text", "content") if isinstance(data.get(key), str)), "")
    uri = next((str(data[key]) for key in ("image", "img", "url") if data.get(key)), "")
    name = str(data.get("name") or uri.rsplit("/", 1)[-1].split("?")[0])
    place = f"task {task.get('id')}"
    answers = [one for one in task.get("annotations") or [] if not one.get("was_cancelled")]
    for annotation in answers:
        found = Found(place, name, None, uri=uri, text=text, annotator=_person(annotation))
        found.value = _value(annotation["result"], kind, text, found)
        yield found
    if not answers:
        yield Found(place, name, None, uri=uri, text=text)


def _value(result: list[dict[str, Any]], kind: str, text: str, found: Found) -> dict[str, Any] | None:
    if kind in ("classification", "text_classification", "multi_classification"):
        chosen = [one for part in result if part["type"] == "choices" for one in part["value"]["choices"]]
        if kind == "multi_classification":
            return {"labels": chosen}
        return {"label": chosen[0]} if chosen else None
    if kind == "spans":
        return _spans(result, text)
    regions = []
    for part in result:
        try:
            regions.append(_shape(part, found))
        except ValueError as error:
            found.dropped.append(f"{part.get('type')} {part.get('id')}: {error}")
    return {"regions": regions}


def _spans(result: list[dict[str, Any]], text: str) -> dict[str, Any]:
    units = text.encode("utf-16-le")
    spans, relations = [], []
    for part in result:
        if part["type"] == "relation":
            label = (part.get("labels") or ["relation"])[0]
            relations.append(
                {"id": uuid.uuid4().hex[:12], "label": label, "from": part["from_id"], "to": part["to_id"]}
            )
        elif "start" in part.get("value", {}):
            value = part["value"]
            start, end = (len(units[: 2 * int(value[key])].decode("utf-16-le")) for key in ("start", "end"))
            spans.append({"id": part["id"], "label": value["labels"][0], "start": start, "end": end})
    return {"spans": spans, "relations": relations}


def _shape(part: dict[str, Any], found: Found) -> dict[str, Any]:
    kind, value = part["type"], part.get("value", {})
    width, height = part.get("original_width"), part.get("original_height")
    if not width or not height:
        raise ValueError("the picture's size is not in the export")
    found.width, found.height = int(width), int(height)
    label = (value.get(kind) or [None])[0]
    more = {"id": part["id"].replace(" ", "_")[:40], "label": label}
    if kind == "rectanglelabels":
        return more | _box(value, width, height)
    if kind == "polygonlabels":
        points = [[round(x * width / 100, 2), round(y * height / 100, 2)] for x, y in value["points"]]
        return more | {"shape": "polygon", "points": points}
    if kind == "brushlabels":
        bits = decode_rle(value["rle"]).reshape(int(height), int(width), 4)[:, :, 3] > 0
        return more | encode(bits)
    raise ValueError("has no counterpart here")


def _box(value: dict[str, Any], width: float, height: float) -> dict[str, Any]:
    x, w = value["x"] * width / 100, value["width"] * width / 100
    y, h = value["y"] * height / 100, value["height"] * height / 100
    angle = float(value.get("rotation") or 0)
    if angle:  # from a turn about the corner to one about the centre
        turn = np.deg2rad(angle)
        cx = x + w / 2 * np.cos(turn) - h / 2 * np.sin(turn)
        cy = y + w / 2 * np.sin(turn) + h / 2 * np.cos(turn)
        x, y = cx - w / 2, cy - h / 2
        angle = angle - 360 if angle > 180 else angle  # degrees
    box = {"shape": "box", **{key: round(float(v), 2) for key, v in (("x", x), ("y", y), ("w", w), ("h", h))}}
    return box | ({"angle": round(angle, 2)} if angle else {})
