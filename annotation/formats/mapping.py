"""From what a file calls things to what a project calls them: labels, attributes, and the values of those."""

import re
from collections.abc import Callable
from typing import Any

from annotation.formats.base import Head
from labelkit.annotations import ANNOTATION_TYPES, AnnotationType
from plateau.http.errors import Conflict

COLORS = ("#2457d6", "#c2410c", "#15803d", "#a21caf", "#b91c1c", "#0e7490", "#854d0e", "#4d7c0f", "#be185d", "#475569")


def by_label(labels: list[dict[str, Any]]) -> dict[str, str]:
    """Label ids by id, by name, and by name as formats without blanks write it."""
    made = {one["name"].replace(" ", "_"): one["id"] for one in labels}
    return made | {one["id"]: one["id"] for one in labels} | {one["name"]: one["id"] for one in labels}


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
    kind: AnnotationType,
    value: dict[str, Any],
    attributes: dict[str, dict[str, Any]],
    note: Callable[[str], None],
    place: str,
) -> dict[str, Any]:
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

    return kind.map_attributed(value, fit)


def add_labels(labels: list[dict[str, Any]], missing: dict[str, set[str]], kind: str, head: Head) -> None:
    """Put labels by name (and the shapes that they are used for) to those that are there.

    Raises:
        Conflict: a label has keypoints, and the file does not name them.
    """
    declared = {one["name"]: one for one in head.labels}
    several = len(ANNOTATION_TYPES[kind].geometries) > 1
    for number, (name, shapes) in enumerate(missing.items(), start=len(labels)):
        shape = next(iter(shapes)) if len(shapes) == 1 else ""  # one that is used for several is bound to none
        said = declared.get(name, {})
        key = free_id(name, f"label-{number + 1}", {one["id"] for one in labels})
        made: dict[str, Any] = {"id": key, "name": name[:80], "key": ""}
        color = said.get("color") or ""
        made["color"] = color if re.fullmatch("#[0-9a-fA-F]{6}", color) else COLORS[number % len(COLORS)]
        made["shape"] = shape if several and shape != "span" else ""
        if "skeleton" in (shapes or ANNOTATION_TYPES[kind].geometries[:1]):
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
