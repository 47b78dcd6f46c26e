"""From what a file calls things to what a project calls them: labels, attributes, and the values of those."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from annotation.formats.base import Head
from labelkit.annotations import KINDS
from plateau.http.errors import Conflict

COLORS = ("#2457d6", "#c2410c", "#15803d", "#a21caf", "#b91c1c", "#0e7490", "#854d0e", "#4d7c0f", "#be185d", "#475569")


def by_label(labels: list[dict[str, Any]]) -> dict[str, str]:
    """Label ids by id, by name, and by name as formats without blanks write it."""
    made = {one["name"].replace(" ", "_"): one["id"] for one in labels}
    return made | {one["id"]: one["id"] for one in labels} | {one["name"]: one["id"] for one in labels}


def labels_in(value: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Names of labels in an answer, with the shape that each is used for."""
    if "label" in value:
        yield value["label"], ""
    for name in value.get("labels", []):
        yield name, ""
    for region in value.get("regions", []):
        yield region["label"], region.get("shape", "box")
    for key, shape in (("spans", "span"), ("relations", "relation")):
        for one in value.get(key, []):
            yield one["label"], shape


def with_ids(value: dict[str, Any], ids: dict[str, str]) -> dict[str, Any]:
    """An answer with label ids in the place of names; names that are no label yet stay."""
    made = dict(value)
    if "label" in made:
        made["label"] = ids.get(made["label"], made["label"])
    if "labels" in made:
        made["labels"] = [ids.get(one, one) for one in made["labels"]]
    for key in ("regions", "spans", "relations"):
        if key in made:
            made[key] = [{**one, "label": ids.get(one["label"], one["label"])} for one in made[key]]
    return made


def scaled(value: dict[str, Any], across: float, down: float) -> dict[str, Any]:
    """An answer whose regions are stretched by these factors.

    Raises:
        ValueError: it has a mask, whose pixels cannot be.
    """

    def stretch(region: dict[str, Any]) -> dict[str, Any]:
        if region.get("shape") == "mask":
            raise ValueError("the mask is of another size than the picture")
        made = dict(region)
        factors = {"x": across, "w": across, "y": down, "h": down}
        made |= {key: round(region[key] * factor, 2) for key, factor in factors.items() if key in region}
        if "points" in region:
            made["points"] = [[round(x * across, 2), round(y * down, 2), *more] for x, y, *more in region["points"]]
        return made

    return {**value, "regions": [stretch(one) for one in value["regions"]]}


def _attribute(attributes: dict[str, dict[str, Any]], key: str, label: str) -> dict[str, Any] | None:
    """The attribute that a file means: by its id, else by its name and the label that it is said of."""
    if key in attributes:
        return attributes[key]
    named = [one for one in attributes.values() if one["name"] == key]
    return next((one for one in named if not one["labels"] or label in one["labels"]), None)


def _typed(value: Any, kind: str) -> Any:
    """An attribute's value as the schema has it: many formats know texts or lists only."""
    if isinstance(value, list) and kind != "choices":
        value = value[0] if value else ""
    if isinstance(value, str) and kind == "flag":
        return value.lower() in ("true", "1", "yes")
    if isinstance(value, str) and kind == "choices":
        return [one for one in value.split(";") if one]
    return float(value) if kind == "number" else value


def fitted(
    value: dict[str, Any], attributes: dict[str, dict[str, Any]], note: Callable[[str], None], place: str
) -> Any:
    """An answer with its attributes typed; what the schema does not know is noted."""

    def fit(one: dict[str, Any]) -> dict[str, Any]:
        if "attributes" not in one:
            return one
        typed = {}
        for key, said in one["attributes"].items():
            attribute = _attribute(attributes, key, one.get("label", ""))
            if attribute is not None and said != "":  # CVAT writes what nobody said as an empty text
                typed[attribute["id"]] = _typed(said, attribute["type"])
            elif attribute is None:
                note(f"{place}: the attribute {key!r} is not in the project")
        return {**one, "attributes": typed}

    made = fit(dict(value))
    for key in ("regions", "spans"):
        if key in made:
            made[key] = [fit(one) for one in made[key]]
    return made


def add_labels(labels: list[dict[str, Any]], missing: dict[str, set[str]], kind: str, head: Head) -> None:
    """Put labels by name (and the shapes that they are used for) to those that are there.

    Raises:
        Conflict: a label has keypoints, and the file does not name them.
    """
    declared = {one["name"]: one for one in head.labels}
    several = len(KINDS[kind].shapes) > 1
    for number, (name, shapes) in enumerate(missing.items(), start=len(labels)):
        shape = next(iter(shapes)) if len(shapes) == 1 else ""  # one that is used for several is bound to none
        said = declared.get(name, {})
        key = free_id(name, f"label-{number + 1}", {one["id"] for one in labels})
        made: dict[str, Any] = {"id": key, "name": name[:80], "key": ""}
        color = said.get("color") or ""
        made["color"] = color if re.fullmatch("#[0-9a-fA-F]{6}", color) else COLORS[number % len(COLORS)]
        made["shape"] = shape if several and shape != "span" else ""
        if "skeleton" in (shapes or KINDS[kind].shapes[:1]):
            if not said.get("points"):
                raise Conflict(f"The label {name!r} has keypoints: make it in the project first, with their names.")
            made["skeleton"] = {"points": said["points"], "edges": said.get("edges", [])}
        labels.append(made)


def free_id(name: str, otherwise: str, taken: set[str]) -> str:
    """An id made of a name, that nothing else has."""
    base = "".join(c if c.isascii() and c.isalnum() else "-" for c in name.lower()).strip("-")[:30] or otherwise
    key, turn = base, 2
    while key in taken:
        key, turn = f"{base}-{turn}", turn + 1
    return key
