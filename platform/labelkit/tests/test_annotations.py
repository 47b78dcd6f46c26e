import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from labelkit.annotations import ANNOTATION_TYPES, LabelIn, Schema, SchemaIn
from labelkit.geometries import GEOMETRIES, Frame
from labelkit.geometries.mask import decode, encode
from labelkit.tests import geometries as any_of
from labelkit.validation import InvalidValue
from statkit.tests.examples import examples

SCHEMA = Schema.of(1, any_of.schema_labels(), [])
FRAME = Frame(any_of.WIDTH, any_of.HEIGHT)


@given(any_of.annotations())
@settings(max_examples=examples(150), deadline=None)
def test_a_canonical_annotation_has_the_regions_that_were_sent_and_is_its_own_canonical_form(value):
    canonical = ANNOTATION_TYPES["mixed"].validate(value, schema=SCHEMA, frame=FRAME)
    assert ANNOTATION_TYPES["mixed"].validate(canonical, schema=SCHEMA, frame=FRAME) == canonical
    assert [region["id"] for region in canonical["regions"]] == [region["id"] for region in value["regions"]]


def test_lines_that_share_edges_are_as_alike_in_either_order():
    short = {"shape": "polyline", "points": [[25.25, 37.25], [113.5, 0.25]]}
    long = {"shape": "polyline", "points": [[49.0, 66.25], [25.25, 37.25], [113.5, 0.25], [0.0, 113.25]]}
    of = GEOMETRIES["polyline"].similarity
    assert of(short, long) == pytest.approx(of(long, short)) == pytest.approx(0.345, abs=0.001)


@pytest.mark.parametrize("shape", sorted(GEOMETRIES))
@given(data=st.data())
@settings(max_examples=examples(60), deadline=None)
def test_similarity_is_one_to_itself_symmetric_and_a_share(shape, data):
    first, second = (data.draw(any_of.BY_SHAPE[shape]) for _ in range(2))
    of = GEOMETRIES[shape].similarity
    if GEOMETRIES[shape].to_shapely(first).area > 0 or shape in ("mask", "polyline", "skeleton"):
        assert of(first, first) == pytest.approx(1)
    assert of(first, second) == pytest.approx(of(second, first))
    assert 0 <= of(first, second) <= 1 + 1e-9


@given(any_of.annotations(max_regions=4), st.integers(2, 4))
@settings(max_examples=examples(60), deadline=None)
def test_people_who_all_say_the_same_are_resolved_to_just_that(value, people):
    kind = ANNOTATION_TYPES["mixed"]
    canonical = kind.validate(value, schema=SCHEMA, frame=FRAME)
    flat = any(GEOMETRIES[r["shape"]].to_shapely(r).area == 0 for r in canonical["regions"] if r["shape"] == "polygon")
    if flat:  # a polygon without area is like nothing, itself included
        return
    merged, share = kind.find_consensus([canonical] * people)
    assert len(merged["regions"]) == len(canonical["regions"])
    assert share == pytest.approx(1)
    kind.validate(merged, schema=SCHEMA, frame=FRAME)


@given(any_of.masks())
@settings(max_examples=examples(100), deadline=None)
def test_a_mask_is_the_same_after_decoding_and_encoding(region):
    assert encode(decode(region), x=region["x"], y=region["y"]) == region


def test_a_boxs_similarity_upright_is_what_polygons_say():
    rng = np.random.default_rng(3)
    for _ in range(50):
        first, second = ({"x": a, "y": b, "w": c, "h": d} for a, b, c, d in rng.uniform(1, 50, (2, 4)))
        slow = super(type(GEOMETRIES["box"]), GEOMETRIES["box"]).similarity(first, second)
        assert GEOMETRIES["box"].similarity(first, second) == pytest.approx(slow)


@pytest.mark.parametrize(
    ("kind", "value", "place", "word"),
    [
        ("polygons", {"regions": [{"shape": "polygon", "id": "a", "label": "one-polygon", "points": [[0, 0], [1, 1], [900, 1]]}]}, "value.regions.0", "outside"),
        ("polygons", {"regions": [{"shape": "box", "id": "a", "label": "one-box", "x": 1, "y": 1, "w": 1, "h": 1}]}, "regions.0", "tag"),
        ("mixed", {"regions": [{"shape": "box", "id": "a", "label": "one-mask", "x": 1, "y": 1, "w": 1, "h": 1}]}, "value.regions.0", "mask"),
        ("keypoints", {"regions": [{"shape": "skeleton", "id": "a", "label": "one-skeleton", "points": [[1, 1, 2]]}]}, "value.regions.0", "is 3"),
        ("masks", {"regions": [{"shape": "mask", "id": "a", "label": "one-mask", "x": 0, "y": 0, "w": 2, "h": 2, "rle": [4]}]}, "regions.0", "empty"),
        ("masks", {"regions": [{"shape": "mask", "id": "a", "label": "one-mask", "x": 0, "y": 0, "w": 2, "h": 2, "rle": [1, 1]}]}, "regions.0", "4"),
    ],
)  # fmt: skip
def test_a_region_that_does_not_fit_is_named(kind, value, place, word):
    with pytest.raises(InvalidValue) as refused:
        ANNOTATION_TYPES[kind].validate(value, schema=SCHEMA, frame=FRAME)
    error = refused.value.errors[0]
    assert place in error["field"]
    assert word in str(refused.value) + error["message"]


ATTRIBUTES = [
    {"id": "hidden", "name": "Hidden", "type": "flag", "options": [], "labels": [], "required": False},
    {"id": "color", "name": "Colour", "type": "choice", "options": ["red", "blue"], "labels": ["one-box"], "required": True},
    {"id": "plate", "name": "Plate", "type": "text", "options": [], "labels": [], "required": False},
    {"id": "doors", "name": "Doors", "type": "number", "options": [], "labels": [], "required": False},
    {"id": "signs", "name": "Signs", "type": "choices", "options": ["taxi", "school"], "labels": [], "required": False},
]  # fmt: skip


@pytest.mark.parametrize(
    ("given_attributes", "word"),
    [
        ({"color": "red", "hidden": True, "plate": "品川 500", "doors": 4, "signs": ["taxi"]}, ""),
        ({}, "missing"),
        ({"color": "green"}, "one of"),
        ({"color": "red", "doors": "four"}, "number"),
        ({"color": "red", "hidden": "yes"}, "true or false"),
        ({"color": "red", "signs": ["bus"]}, "a selection of"),
        ({"color": "red", "wheels": 4}, "no attribute"),
    ],
)
def test_attributes_are_held_to_the_schema(given_attributes, word):
    schema = Schema.of(1, any_of.schema_labels(), ATTRIBUTES)
    box = {"id": "a", "label": "one-box", "x": 1, "y": 1, "w": 5, "h": 5, "attributes": given_attributes}
    if word:
        with pytest.raises(InvalidValue, match=word):
            ANNOTATION_TYPES["boxes"].validate({"regions": [box]}, schema=schema, frame=FRAME)
    else:
        canonical = ANNOTATION_TYPES["boxes"].validate({"regions": [box]}, schema=schema, frame=FRAME)
        assert canonical["regions"][0]["attributes"] == given_attributes


def test_a_schema_names_what_is_wrong_with_it():
    labels = [{"id": "a", "name": "A", "color": "#000000"}]
    for attributes, word in (
        ([{"id": "x", "name": "X", "type": "choice"}], "options"),
        ([{"id": "x", "name": "X", "type": "flag", "labels": ["b"]}], "unknown label"),
        ([{"id": "x", "name": "X", "type": "flag"}] * 2, "same id"),
    ):
        with pytest.raises(ValueError, match=word):
            SchemaIn(labels=labels, attributes=attributes)


def test_spans_of_several_people_are_resolved_with_their_relations():
    a = {"id": "a", "label": "person", "start": 0, "end": 4}
    b = {"id": "b", "label": "place", "start": 8, "end": 12}
    stray = {"id": "c", "label": "place", "start": 5, "end": 6}
    arrow = {"id": "r", "label": "lives_in", "from": "a", "to": "b"}
    answers = [
        {"spans": [a, b], "relations": [arrow]},
        {"spans": [{**a, "id": "x"}, {**b, "id": "y"}], "relations": [{**arrow, "from": "x", "to": "y"}]},
        {"spans": [{**a, "id": "x", "label": "place"}, stray], "relations": []},
    ]
    merged, _ = ANNOTATION_TYPES["spans"].find_consensus(answers)
    assert [(s["label"], s["start"]) for s in merged["spans"]] == [("person", 0), ("place", 8)]
    assert [(r["from"], r["to"]) for r in merged["relations"]] == [("a", "b")]


def box(name, label, x, **more):
    return {"id": name, "label": label, "shape": "box", "x": x, "y": 10, "w": 20, "h": 20, **more}


def test_a_difference_tells_what_moved_what_was_relabeled_and_what_one_side_lacks():
    first = {"regions": [box("a", "cat", 0), box("b", "cat", 50), box("c", "cat", 100), box("d", "dog", 200)]}
    second = {
        "regions": [box("x", "cat", 0), box("y", "dog", 50), box("z", "cat", 105, attributes={"cut": True}), box("e", "dog", 300)]
    }  # fmt: skip
    rows = ANNOTATION_TYPES["boxes"].differences(first, second)
    assert [(row.state, row.changes) for row in rows] == [
        ("same", ()),
        ("changed", ("label",)),
        ("changed", ("geometry", "attributes")),
        ("only_first", ()),
        ("only_second", ()),
    ]
    assert rows[2].similarity == pytest.approx(0.6)


def test_a_region_that_moved_far_is_the_same_one_by_its_id():
    rows = ANNOTATION_TYPES["boxes"].differences({"regions": [box("a", "cat", 0)]}, {"regions": [box("a", "cat", 90)]})
    assert [(row.state, row.changes, row.similarity) for row in rows] == [("changed", ("geometry",), 0.0)]


def test_spans_that_share_most_of_their_characters_are_set_against_each_other_with_their_relations():
    first = {
        "spans": [{"id": "a", "label": "who", "start": 0, "end": 10}, {"id": "b", "label": "who", "start": 20, "end": 25}],
        "relations": [{"id": "r", "label": "in", "from": "a", "to": "b"}],
    }  # fmt: skip
    second = {
        "spans": [{"id": "c", "label": "who", "start": 0, "end": 8}, {"id": "d", "label": "where", "start": 20, "end": 25}],
        "relations": [{"id": "s", "label": "near", "from": "c", "to": "d"}],
    }  # fmt: skip
    rows = ANNOTATION_TYPES["spans"].differences(first, second)
    assert [(row.part, row.changes, row.similarity) for row in rows] == [
        ("span", ("geometry",), 0.8),
        ("span", ("label",), 1.0),
        ("relation", ("label",), None),
    ]


def test_labels_of_an_item_are_compared_one_by_one():
    rows = ANNOTATION_TYPES["multi_classification"].differences({"labels": ["a", "b"]}, {"labels": ["b", "c"]})
    assert [(row.state, (row.first or row.second)["label"]) for row in rows] == [
        ("only_first", "a"),
        ("same", "b"),
        ("only_second", "c"),
    ]


def test_the_sketch_of_a_mask_covers_its_pixels_with_few_cells():
    bits = np.zeros((300, 900), dtype=bool)
    bits[40:200, 100:800] = True
    bits[250, 5] = True  # nothing is lost, however thin
    region = {"id": "m", "label": "x", **encode(bits, x=50, y=60)}
    [mark] = ANNOTATION_TYPES["masks"].sketch({"regions": [region]})
    side, columns = mark["cell"], mark["columns"]
    assert columns <= 64
    assert sum(mark["rle"]) % columns == 0
    cells = np.repeat(np.arange(len(mark["rle"])) % 2, mark["rle"]).reshape(-1, columns).astype(bool)
    for y, x in np.argwhere(bits):
        assert cells[int((y + 60 - mark["y"]) / side), int((x + 50 - mark["x"]) / side)]
    assert cells.sum() * side**2 < 1.2 * bits.sum()


def test_labels_stand_under_labels_that_are_there_without_a_circle():
    def schema(**parents: str) -> SchemaIn:
        return SchemaIn(
            labels=[LabelIn(id=key, name=key, color="#000000", parent=parent) for key, parent in parents.items()]
        )

    assert schema(car="vehicle", vehicle="").labels[0].parent == "vehicle"
    for wrong in ({"car": "boat"}, {"car": "van", "van": "car"}, {"car": "car"}):
        with pytest.raises(ValidationError):
            schema(**wrong)
    with pytest.raises(ValidationError, match="more than 4 labels above it"):
        schema(a="", b="a", c="b", d="c", e="d", f="e")
