"""What every annotation type promises, to be held against any: ours, and those of other packages.

A `Case` says how annotations of a type are drawn; `PROMISES` are properties of them.
"""

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson
import pytest
from hypothesis import strategies as st

from labelkit.annotations import ANNOTATION_TYPES, AnnotationType, Schema
from labelkit.geometries import GEOMETRIES, Frame
from labelkit.tests import geometries as any_of

TEXT = "🍎太郎 lives in Kyoto, not Osaka."
ATTRIBUTES = [
    {"id": "hidden", "name": "Hidden", "type": "flag", "options": [], "labels": [], "required": False},
    {"id": "parts", "name": "Parts", "type": "choices", "options": ["head", "尾"], "labels": [], "required": False},
]
ATTRIBUTE_VALUES = st.fixed_dictionaries(
    {}, optional={"hidden": st.booleans(), "parts": st.lists(st.sampled_from(["head", "尾"]), unique=True)}
)
CLASS_LABELS = [{"id": key, "name": key.title(), "color": "#112233", "skeleton": None} for key in ("cat", "dog", "inu")]
SPAN_LABELS = [
    {"id": "who", "name": "Person", "color": "#112233", "shape": "span", "skeleton": None},
    {"id": "where", "name": "Place name", "color": "#112244", "shape": "span", "skeleton": None},
    {"id": "in", "name": "lives in", "color": "#112255", "shape": "relation", "skeleton": None},
]


@dataclass(frozen=True)
class Case:
    """An annotation type, the labels of a project of it, and annotations as people send them."""

    annotation_type: AnnotationType
    labels: list[dict[str, Any]]
    annotations: st.SearchStrategy[dict[str, Any]]

    @property
    def schema(self) -> Schema:
        """The labels, and attributes that are for all of them."""
        return Schema.of(1, self.labels, ATTRIBUTES)

    @property
    def frame(self) -> Frame:
        """Of the item that the annotations are of."""
        if self.annotation_type.coordinates == "characters":
            return Frame(None, None, len(TEXT))
        return Frame(any_of.WIDTH, any_of.HEIGHT)

    def validated(self, value: Any) -> dict[str, Any]:
        """The canonical form."""
        return self.annotation_type.validate(value, schema=self.schema, frame=self.frame)

    def canonical(self) -> st.SearchStrategy[dict[str, Any]]:
        """Annotations in canonical form."""
        return self.annotations.map(self.validated)


@st.composite
def with_attributes(draw: Any, annotations: st.SearchStrategy[dict[str, Any]]) -> dict[str, Any]:
    """Annotations of which something is said: of each region or span, else of the item."""
    value = dict(draw(annotations))
    for key in ("regions", "spans"):
        if key in value:
            value[key] = [
                part | ({"attributes": attributes} if (attributes := draw(ATTRIBUTE_VALUES)) else {})
                for part in value[key]
            ]
            return value
    return value | ({"attributes": attributes} if (attributes := draw(ATTRIBUTE_VALUES)) else {})


@st.composite
def spans(draw: Any) -> dict[str, Any]:
    """Spans of `TEXT`, and at times a relation between the first two."""
    cuts = sorted(draw(st.sets(st.integers(0, len(TEXT)), max_size=8)))
    marks = [
        {"id": f"s{number}", "label": draw(st.sampled_from(["who", "where"])), "start": start, "end": end}
        for number, (start, end) in enumerate(zip(cuts[::2], cuts[1::2], strict=False))
    ]
    arrows = [{"id": "r0", "label": "in", "from": "s0", "to": "s1"}] if len(marks) > 1 and draw(st.booleans()) else []
    return {"spans": marks, "relations": arrows}


def _has_area(value: dict[str, Any]) -> bool:
    """Without polygons that have no area: they are like nothing, themselves included."""
    polygons = [region for region in value["regions"] if region["shape"] == "polygon"]
    return all(GEOMETRIES["polygon"].to_shapely(polygon).area > 0 for polygon in polygons)


_CLASSES = with_attributes(st.sampled_from(["cat", "dog", "inu"]).map(lambda label: {"label": label}))
_SETS = with_attributes(
    st.lists(st.sampled_from(["inu", "cat", "dog"]), max_size=4).map(lambda found: {"labels": found})
)
_NUMBERS = st.floats(-1e9, 1e9, allow_nan=False).map(lambda number: {"number": number})


def _regions(key: str) -> Case:
    geometries = ANNOTATION_TYPES[key].geometries
    annotations = with_attributes(any_of.annotations(geometries, max_regions=4)).filter(_has_area)
    return Case(ANNOTATION_TYPES[key], any_of.schema_labels(geometries), annotations)


CASES: dict[str, Case] = {
    "classification": Case(ANNOTATION_TYPES["classification"], CLASS_LABELS, _CLASSES),
    "multi_classification": Case(ANNOTATION_TYPES["multi_classification"], CLASS_LABELS, _SETS),
    **{key: _regions(key) for key in ("boxes", "polygons", "keypoints", "masks", "mixed")},
    "spans": Case(ANNOTATION_TYPES["spans"], SPAN_LABELS, with_attributes(spans())),
    "number": Case(ANNOTATION_TYPES["number"], CLASS_LABELS[:1], _NUMBERS),
}


def validation_is_idempotent(case: Case, data: st.DataObject) -> None:
    """The canonical form is its own canonical form, and what came in is left as it was."""
    annotation = data.draw(case.annotations)
    before = copy.deepcopy(annotation)
    canonical = case.validated(annotation)
    assert annotation == before
    assert case.validated(canonical) == canonical


def canonical_form_survives_json(case: Case, data: st.DataObject) -> None:
    """Written and read by either library, it is the same and validates to the same."""
    value = data.draw(case.canonical())
    for again in (orjson.loads(orjson.dumps(value)), json.loads(json.dumps(value))):
        assert again == value
        assert case.validated(again) == value


def labels_used_are_of_the_schema(case: Case, data: st.DataObject) -> None:
    """And the geometries that they are used for are those of the type."""
    value = data.draw(case.canonical())
    assert case.annotation_type.is_readable(value)
    for label, geometry in case.annotation_type.labels_used(value):
        assert label in case.schema.labels
        assert geometry in case.annotation_type.geometries or geometry == ""


def relabeling_there_and_back_changes_nothing(case: Case, data: st.DataObject) -> None:
    """Each label moves as it is told, and nothing else does."""
    value, of = data.draw(case.canonical()), case.annotation_type
    before = copy.deepcopy(value)
    there = {label: f"{label}-there" for label in case.schema.labels}
    moved = of.relabel(value, there)
    assert value == before
    assert [label for label, _ in of.labels_used(moved)] == [there[label] for label, _ in of.labels_used(value)]
    assert of.relabel(moved, {there[label]: label for label in there}) == value
    assert of.relabel(value, {"no such label": None}) == value


def what_bears_a_label_that_goes_is_left_out(case: Case, data: st.DataObject) -> None:
    """What is left is an annotation, but of a single class nothing is left."""
    value, of = data.draw(case.canonical()), case.annotation_type
    used = sorted({label for label, _ in of.labels_used(value)})
    if not used:
        return
    gone = data.draw(st.sampled_from(used))
    left = of.relabel(value, {gone: None})
    assert gone not in {label for label, _ in of.labels_used(left)}
    if not of.is_single_class:
        assert case.validated(left) == left


def similarity_is_a_symmetric_share(case: Case, data: st.DataObject) -> None:
    """0 to 1, the same in either order, and 1 of an annotation with itself."""
    first, second = data.draw(case.canonical()), data.draw(case.canonical())
    similarity = case.annotation_type.similarity(first, second)
    assert 0 <= similarity <= 1 + 1e-9
    assert case.annotation_type.similarity(second, first) == pytest.approx(similarity)
    assert case.annotation_type.similarity(first, copy.deepcopy(first)) == pytest.approx(1)


def a_difference_names_each_part_once(case: Case, data: st.DataObject) -> None:
    """Nothing differs from itself; what only one has is what only the other has when they change sides."""
    first, second = data.draw(case.canonical()), data.draw(case.canonical())
    of = case.annotation_type
    assert {row.state for row in of.differences(first, copy.deepcopy(first))} <= {"same"}
    here, there = of.differences(first, second), of.differences(second, first)
    for rows, names in ((here, ("first", "second")), (there, ("second", "first"))):
        for name, value in zip(names, (first, second), strict=True):
            parts = [part for key in ("regions", "spans", "relations") for part in value.get(key, [])]
            found = [part for row in rows if (part := getattr(row, name)) is not None and row.part != "item"]
            assert sorted(part["id"] for part in found) == sorted(part["id"] for part in parts)
    if first != second and not of.coordinates:
        assert {row.state for row in here} != {"same"}


def consensus_of_equals_is_what_they_say(case: Case, data: st.DataObject) -> None:
    """Whoever they are and however many, with full confidence."""
    value = data.draw(case.canonical())
    people = data.draw(st.integers(1, 4))
    merged, confidence = case.annotation_type.find_consensus([copy.deepcopy(value) for _ in range(people)])
    assert merged == value
    assert confidence == pytest.approx(1)


def consensus_is_an_annotation(case: Case, data: st.DataObject) -> None:
    """Of people who differ, too; and the confidence is a share."""
    values = data.draw(st.lists(case.canonical(), min_size=1, max_size=4))
    merged, confidence = case.annotation_type.find_consensus(values)
    assert case.validated(merged) == merged
    assert 0 <= confidence <= 1 + 1e-9


def agreement_is_of_labels_in_use(case: Case, data: st.DataObject) -> None:
    """Pairs of labels are of what both marked; a split by label has each label in use alone."""
    first, second = data.draw(case.canonical()), data.draw(case.canonical())
    of = case.annotation_type
    used, others = ({label for label, _ in of.labels_used(value)} for value in (first, second))
    for a, b in of.label_pairs(first, second):
        assert a in used
        assert b in others
    parts, nothing = of.split_by_label(first)
    assert set(parts) <= used
    assert of.similarity(nothing, nothing) == 1 if parts else True
    for part in parts.values():
        assert of.similarity(part, part) == pytest.approx(1)
        assert 0 <= of.similarity(part, nothing) < 1


def a_single_class_is_one_of_the_labels(case: Case, data: st.DataObject) -> None:
    """And only types that say so have one; strata are labels or nothing."""
    value, of = data.draw(case.canonical()), case.annotation_type
    assert of.strata(value) in {"", *case.schema.labels}
    if of.is_single_class:
        assert [(of.class_of(value), "")] == list(of.labels_used(value))
        assert of.label_pairs(value, value) == [(of.class_of(value),) * 2]
        assert of.class_of(case.validated(of.with_class(of.class_of(value)))) == of.class_of(value)
    else:
        assert of.class_of(value) == ""


def it_is_mapped_scaled_and_summarized_without_a_change(case: Case, data: st.DataObject) -> None:
    """Changing nothing gives the same; a summary can be written as JSON."""
    value, of = data.draw(case.canonical()), case.annotation_type
    before = copy.deepcopy(value)
    assert of.map_attributed(value, dict) == value
    mapped: list[Any] = []
    of.map_attributed(value, lambda attributed: (mapped.append(attributed.get("attributes")), attributed)[1])
    assert json.dumps(value).count('"attributes"') == sum(attributed is not None for attributed in mapped)
    if not any(geometry == "mask" for _, geometry in of.labels_used(value)):
        assert of.scale(value, 1, 1) == value
    orjson.dumps(of.summarize(value))
    assert value == before


def training_targets_and_predictions_go_there_and_back(case: Case, data: st.DataObject) -> None:
    """A model that knows the annotation outputs it; targets bear labels in use, the same of the output as of it."""
    value, annotation_type = data.draw(case.canonical()), case.annotation_type
    before = copy.deepcopy(value)
    labels = list(case.schema.labels)
    output = annotation_type.exact_output(value, labels)
    prediction = annotation_type.from_prediction(output, labels)
    assert annotation_type.similarity(prediction.value, value) == pytest.approx(1)
    assert case.validated(prediction.value) == prediction.value
    target = annotation_type.training_target(value)
    used = [label for label, _ in annotation_type.labels_used(value)]
    if annotation_type.model_output == "classes":
        assert [target] == used
        assert prediction.label == target
    elif annotation_type.model_output == "number":
        assert target == output
    elif annotation_type.model_output:
        again = annotation_type.training_target(output)
        assert [(part.label, part.score) for part in again] == [(part.label, 1.0) for part in target]
        assert {part.label for part in target} <= set(used)
        assert bool(target) or not prediction.label
    else:
        assert target == value
    assert value == before


PROMISES: tuple[Callable[[Case, st.DataObject], None], ...] = (
    validation_is_idempotent,
    canonical_form_survives_json,
    labels_used_are_of_the_schema,
    relabeling_there_and_back_changes_nothing,
    what_bears_a_label_that_goes_is_left_out,
    similarity_is_a_symmetric_share,
    a_difference_names_each_part_once,
    consensus_of_equals_is_what_they_say,
    consensus_is_an_annotation,
    agreement_is_of_labels_in_use,
    a_single_class_is_one_of_the_labels,
    it_is_mapped_scaled_and_summarized_without_a_change,
    training_targets_and_predictions_go_there_and_back,
)
