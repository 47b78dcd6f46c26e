"""From what a file calls things to what a project calls them: labels, attributes, and the values of those."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from annotation.formats.base import DeclaredSchema
from annotation.formats.errors import SkeletonNotDefined
from annotation.formats.reading import parted
from labelkit.annotations import AnnotationType
from labelkit.values import AttributeDefinition, LabelDefinition

COLORS = ("#2457d6", "#c2410c", "#15803d", "#a21caf", "#b91c1c", "#0e7490", "#854d0e", "#4d7c0f", "#be185d", "#475569")


def by_label(labels: Sequence[LabelDefinition]) -> dict[str, str]:
    """Label ids by id, by name, and by name as formats without blanks write it."""
    ids = {label["name"].replace(" ", "_"): label["id"] for label in labels}
    return ids | {label["id"]: label["id"] for label in labels} | {label["name"]: label["id"] for label in labels}


def _attribute(attributes: dict[str, AttributeDefinition], key: str, label: str) -> AttributeDefinition | None:
    """The attribute that a file means: by its id, else by its name and the label that it is said of."""
    if key in attributes:
        return attributes[key]
    candidates = [attribute for attribute in attributes.values() if attribute["name"] == key]
    return next(
        (attribute for attribute in candidates if not attribute["labels"] or label in attribute["labels"]), None
    )


def _typed(value: Any, kind: str) -> Any:
    """An attribute's value as the schema has it: many formats know texts or lists only."""
    if isinstance(value, list) and kind != "choices":
        value = value[0] if value else ""
    if isinstance(value, str) and kind == "flag":
        return value.lower() in ("true", "1", "yes")
    if isinstance(value, str) and kind == "choices":
        return parted(value)
    return float(value) if kind == "number" else value


def fitted(
    kind: AnnotationType,
    value: dict[str, Any],
    attributes: dict[str, AttributeDefinition],
    note: Callable[[str], None],
    location: str,
) -> dict[str, object]:
    """An answer with its attributes typed; what the schema does not know is noted."""

    def fit(part: dict[str, Any]) -> dict[str, object]:
        if "attributes" not in part:
            return part
        typed = {}
        for key, attribute_value in part["attributes"].items():
            attribute = _attribute(attributes, key, part.get("label", ""))
            if attribute is not None and attribute_value != "":  # CVAT writes what nobody said as an empty text
                typed[attribute["id"]] = _typed(attribute_value, attribute["type"])
            elif attribute is None:
                note(f"{location}: the attribute {key!r} is not in the project")
        return {**part, "attributes": typed}

    return kind.map_attributed(value, fit)


def add_labels(
    labels: list[dict[str, Any]],
    new_labels: dict[str, set[str]],
    annotation_type: AnnotationType,
    declared: DeclaredSchema,
) -> None:
    """Add labels, by their names with the geometries that they are used for, to those that are there.

    Raises:
        SkeletonNotDefined: a label has keypoints, and the file does not name them.
    """
    declarations = {label["name"]: label for label in declared.labels}
    several = len(annotation_type.geometries) > 1
    for number, (name, geometries) in enumerate(new_labels.items(), start=len(labels)):
        # A label that is used for several geometries is bound to none.
        geometry = next(iter(geometries)) if len(geometries) == 1 else ""
        declaration = declarations.get(name, {})
        key = free_id(name, f"label-{number + 1}", {label["id"] for label in labels})
        label_data: dict[str, Any] = {"id": key, "name": name[:80], "key": ""}
        color = declaration.get("color") or ""
        label_data["color"] = color if re.fullmatch("#[0-9a-fA-F]{6}", color) else COLORS[number % len(COLORS)]
        label_data["shape"] = geometry if several and geometry != "span" else ""
        if "skeleton" in (geometries or annotation_type.geometries[:1]):
            if not declaration.get("points"):
                raise SkeletonNotDefined(name)
            label_data["skeleton"] = {"points": declaration["points"], "edges": declaration.get("edges", [])}
        labels.append(label_data)


def free_id(name: str, fallback: str, used_ids: set[str]) -> str:
    """An id made of a name, that nothing else has."""
    base = "".join(c if c.isascii() and c.isalnum() else "-" for c in name.lower()).strip("-")[:30] or fallback
    key, turn = base, 2
    while key in used_ids:
        key, turn = f"{base}-{turn}", turn + 1
    return key
