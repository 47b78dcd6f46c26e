"""Any export, then import, gives back the regions; what a format cannot hold is what it says it loses."""

import contextlib
import io
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotation.formats.base import BadFormat, ExportData, ExportRow, ImportSource, KnownItem, stem
from annotation.formats.catalog import FORMATS
from annotation.formats.labelstudio_rle import decode_mask, encode_mask
from annotation.formats.mapping import fitted
from labelkit.project_types import PROJECT_TYPES
from labelkit.tests import geometries as any_of
from statkit.tests.examples import examples

NOW = datetime(2026, 1, 2, tzinfo=UTC)
CLASS_LABELS = [
    {"id": "cat", "name": "Cat", "color": "#112233", "skeleton": None},
    {"id": "inu", "name": "犬 dog", "color": "#332211", "skeleton": None},
]
SPAN_LABELS = [
    {"id": "who", "name": "Person", "color": "#112233", "shape": "span", "skeleton": None},
    {"id": "where", "name": "Place name", "color": "#112244", "shape": "span", "skeleton": None},
    {"id": "in", "name": "lives in", "color": "#112255", "shape": "relation", "skeleton": None},
]
TEXT = "🍎太郎 lives in Kyoto, not Osaka."


def row(number, value, *, text="", name=None):
    size = (None, None) if text else (any_of.WIDTH, any_of.HEIGHT)
    name = name or f"folder/{number} käse.png"
    return ExportRow(number, number, name, "", text, "0" * 64, *size, {}, value, "a@x.example", NOW, 1)


def trip(fmt, kind, rows, labels):
    """Out and in again, into the dataset that it came from."""
    data = b"".join(FORMATS[fmt].write(ExportData("Test", kind, rows, labels, ATTRIBUTES)))
    known = {stem(row.name): KnownItem(row.name, row.width, row.height) for row in rows}
    return list(FORMATS[fmt].read(ImportSource(io.BytesIO(data), kind, labels, lambda stems: known)))


ATTRIBUTES = [
    {"id": key, "name": name, "type": of, "options": options, "labels": [], "required": False}
    for key, name, of, options in (
        ("color", "Colour", "choice", ["red", "deep blue"]),
        ("parts", "Parts <seen>", "choices", ["head", "tail", "尾"]),
        ("hidden", "Hidden", "flag", []),
        ("age", "Age & more", "number", []),
        ("note", "Note", "text", []),
    )
]
ATTRIBUTE_VALUES = st.fixed_dictionaries(
    {},
    optional={
        "color": st.sampled_from(["red", "deep blue"]),
        "parts": st.lists(st.sampled_from(["head", "tail", "尾"]), unique=True, min_size=1),
        "hidden": st.booleans(),
        "age": st.integers(-400, 400).map(lambda n: n / 4),
        "note": st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=12),
    },
)


@st.composite
def with_attributes(draw, answers):
    """Answers of which something is said: of each region or span, else of the item."""
    value = dict(draw(answers))
    for key in ("regions", "spans"):
        if key in value:
            value[key] = [
                part | ({"attributes": attributes} if (attributes := draw(ATTRIBUTE_VALUES)) else {})
                for part in value[key]
            ]
            return value
    return value | ({"attributes": attributes} if (attributes := draw(ATTRIBUTE_VALUES)) else {})


@st.composite
def spans(draw):
    cuts = sorted(draw(st.sets(st.integers(0, len(TEXT)), max_size=8)))
    pairs = list(zip(cuts[::2], cuts[1::2], strict=False))
    spans = [
        {"id": f"s{n}", "label": draw(st.sampled_from(["who", "where"])), "start": a, "end": b}
        for n, (a, b) in enumerate(pairs)
    ]
    arrows = [{"id": "r0", "label": "in", "from": "s0", "to": "s1"}] if len(spans) > 1 and draw(st.booleans()) else []
    return {"spans": spans, "relations": arrows}


def geometries_of(kind: str) -> tuple[str, ...]:
    return PROJECT_TYPES[kind].annotation_type.geometries


def values(kind):
    if kind == "row_number":
        return st.integers(-10_000, 10_000).map(lambda n: {"number": n / 8})
    if kind in ("classification", "text_classification", "row_classification"):
        return with_attributes(st.sampled_from([{"label": "cat"}, {"label": "inu"}]))
    if kind == "multi_classification":
        return with_attributes(st.sampled_from([{"labels": ["cat"]}, {"labels": ["cat", "inu"]}, {"labels": []}]))
    return with_attributes(
        spans()
        if kind == "spans"
        else any_of.annotations(PROJECT_TYPES[kind].annotation_type.geometries, max_regions=4)
    )


def labels_for(kind):
    if kind == "spans":
        return SPAN_LABELS
    return (
        any_of.schema_labels(PROJECT_TYPES[kind].annotation_type.geometries)
        if PROJECT_TYPES[kind].annotation_type.geometries
        else CLASS_LABELS
    )


def preserved(fmt, kind, value, names):
    """What the format says it keeps of an answer, in a form that can be compared."""
    loses = FORMATS[fmt].loses
    words = " ".join(loses)

    def attributes_of(part):
        return {} if "attributes" in loses else part.get("attributes", {})

    if "number" in value:
        return value
    if "label" in value:
        return names.get(value["label"], value["label"]), attributes_of(value)
    if "labels" in value:
        return [names.get(label, label) for label in value["labels"]], attributes_of(value) if value["labels"] else {}
    if "spans" in value:
        ends = sorted(
            ((s["start"], s["end"], names.get(s["label"], s["label"]), attributes_of(s)) for s in value["spans"]),
            key=str,
        )
        by_id = {s["id"]: (s["start"], s["end"]) for s in value["spans"]}
        arrows = [(names.get(r["label"], r["label"]), by_id[r["from"]], by_id[r["to"]]) for r in value["relations"]]
        return ends, [] if "relations" in words else arrows
    regions = []
    for region in value["regions"]:
        if region["shape"] == "polyline" and "polylines" in words:
            continue
        if region["shape"] == "skeleton" and "skeletons" in words:
            continue
        fields = {k: v for k, v in region.items() if k not in ("id", "label", "attributes")}
        if "angles" in words:
            fields.pop("angle", None)
        regions.append((names.get(region["label"], region["label"]), fields, attributes_of(region)))
    return regions


def same(first, second, slack):
    if isinstance(first, (list, tuple)):
        return len(first) == len(second) and all(same(a, b, slack) for a, b in zip(first, second, strict=True))
    if isinstance(first, dict):
        return first.keys() == second.keys() and all(same(first[k], second[k], slack) for k in first)
    if isinstance(first, float) or isinstance(second, float):
        return first == pytest.approx(second, abs=slack)
    return first == second


def held_by(fmt):
    return sorted(key for key, project_type in PROJECT_TYPES.items() if fmt.holds(project_type))


REGIONS = {"boxes", "polygons", "keypoints", "masks", "mixed"}
CLASSES = {"classification", "multi_classification", "text_classification", "row_classification"}
HELD = {
    "jsonl": REGIONS | CLASSES | {"spans", "row_number"},
    "csv": CLASSES,
    "coco": REGIONS,
    "voc": {"boxes"},
    "yolo": {"boxes", "polygons", "keypoints"},
    "cvat": REGIONS | {"classification", "multi_classification"},
    "label_studio": (REGIONS | CLASSES | {"spans"}) - {"keypoints", "row_classification"},
    "png": {"masks"},
    "spacy": {"spans"},
    "conll": {"spans"},
}


def test_each_format_holds_the_kinds_of_what_it_declares():
    assert {fmt.key: set(held_by(fmt)) for fmt in FORMATS.values()} == HELD


EXACT = [
    (fmt.key, kind)
    for fmt in FORMATS.values()
    for kind in held_by(fmt)
    if fmt.key not in ("png", "conll") and not (fmt.key == "csv" and PROJECT_TYPES[kind].media_type.key == "text")
]


@pytest.mark.parametrize(("fmt", "kind"), EXACT)
@given(data=st.data())
@settings(max_examples=examples(25), deadline=None, suppress_health_check=list(HealthCheck))
def test_what_goes_out_comes_back(fmt, kind, data):
    labels = labels_for(kind)
    names = {label["id"]: label["name"] for label in labels}
    text = TEXT if PROJECT_TYPES[kind].media_type.key == "text" else ""
    given_values = data.draw(st.lists(values(kind), min_size=1, max_size=3))
    rows = [row(n, value, text=text and f"{text} {n}"[: len(TEXT)] + str(n)) for n, value in enumerate(given_values, 1)]
    items = trip(fmt, kind, rows, labels)
    assert [item.name for item in items] in ([r.name for r in rows], [""] * len(rows))
    for before, after in zip(rows, items, strict=True):
        got = preserved(
            fmt,
            kind,
            fitted(
                PROJECT_TYPES[kind].annotation_type,
                after.value,
                {attribute["id"]: attribute for attribute in ATTRIBUTES},
                pytest.fail,
                "",
            ),
            {},
        )
        assert same(preserved(fmt, kind, before.value, names), got, 0.02), (before.value, after.value)
        if text:
            assert after.text == before.text


@given(any_of.annotations(("mask",), max_regions=3))
@settings(max_examples=examples(40), deadline=None)
def test_png_masks_keep_every_pixels_label(value):
    from labelkit.geometries.mask import decode

    def painted(regions, by):
        whole = np.full((any_of.HEIGHT, any_of.WIDTH), "", dtype=object)
        for region in regions:
            part = whole[region["y"] : region["y"] + region["h"], region["x"] : region["x"] + region["w"]]
            part[decode(region)] = by(region["label"])
        return whole

    labels = any_of.schema_labels(("mask",))
    names = {label["id"]: label["name"] for label in labels}
    item = trip("png", "masks", [row(1, value)], labels)[0]
    assert (painted(item.value["regions"], str) == painted(value["regions"], names.get)).all()


def test_conll_keeps_spans_of_whole_tokens_and_the_text_as_it_was():
    value = {
        "spans": [
            {"id": "a", "label": "who", "start": 1, "end": 3},
            {"id": "b", "label": "where", "start": TEXT.index("Kyoto"), "end": TEXT.index("Kyoto") + 5},
        ],
        "relations": [],
    }
    items = trip("conll", "spans", [row(1, value, text=TEXT), row(2, value, text=TEXT + " 2")], SPAN_LABELS)
    assert [item.text for item in items] == [TEXT, TEXT + " 2"]
    ends = [(s["start"], s["end"], s["label"]) for s in items[0].value["spans"]]
    assert ends == [(1, 3, "Person"), (value["spans"][1]["start"], value["spans"][1]["end"], "Place_name")]


@given(st.lists(st.integers(1, 70_000), min_size=1, max_size=6))
@settings(max_examples=examples(30), deadline=None)
def test_label_studios_mask_code_is_its_own_inverse(lengths):
    runs = [0, *lengths]
    assert decode_mask(encode_mask(runs), sum(runs)) == runs


def test_label_studios_single_values_are_read_as_runs_are():
    """Label Studio writes short runs as single values, which are not written here: 4 pixels, of which 2 are set."""
    values = [0] * 4 + [255] * 8 + [0] * 4
    bits = f"{len(values):032b}{7:05b}" + "".join(f"{width - 1:04b}" for width in (3, 6, 11, 16))
    for start in range(0, len(values), 8):
        bits += f"000{7:03b}" + "".join(f"{value:08b}" for value in values[start : start + 8])
    bits += "0" * (-len(bits) % 8)
    assert decode_mask([int(bits[at : at + 8], 2) for at in range(0, len(bits), 8)], 4) == [1, 2, 1]


@pytest.mark.parametrize("fmt", sorted(FORMATS))
def test_a_file_of_another_kind_is_refused_with_a_reason(fmt):
    kind = held_by(FORMATS[fmt])[0]
    for junk in (b"", b"\x89PNG\r\n\x1a\n1234", b"[1, 2", b"<a><b></a>", b'{"a": 1}'):
        items: list = []
        with contextlib.suppress(BadFormat, UnicodeDecodeError):
            items = list(FORMATS[fmt].read(ImportSource(io.BytesIO(junk), kind, [])))
        assert items == [] or fmt == "conll"


@pytest.mark.parametrize(
    ("key", "data"),
    [
        ("cvat", b"<?xml version='1.0' encoding='utf-32'?><annotations/>"),
        ("spacy", b'{"text": "one", "spans": [7]}'),
        ("jsonl", b'{"name": "a", "value": {"regions": [{"type": "box"}]}}'),
        ("jsonl", b'{"name": "a", "value": {"regions": 7}}'),
        ("yolo", b"PK\x03\x04" + b"\xff" * 60),
        ("coco", b'{"images": [{"id": {}}], "annotations": [[]], "categories": 7}'),
    ],
)
def test_what_a_hostile_file_leads_a_parser_to_is_a_refusal(key, data):
    """ImportedItem by mutating files at length (benchmarks/fuzz_files.py)."""
    fmt = FORMATS[key]
    for kind in held_by(fmt):
        source = ImportSource(io.BytesIO(data), kind, [{"id": "a", "name": "A", "color": "#111111"}])
        try:
            fmt.checked_schema(source)
            list(fmt.checked_items(source))
        except BadFormat:
            pass


def test_an_xml_bomb_is_refused():
    bomb = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "x"><!ENTITY c "&b;&b;">]><annotations>&c;</annotations>'
    with pytest.raises(Exception, match="Entities"):
        list(FORMATS["cvat"].read(ImportSource(io.BytesIO(bomb), "boxes", [])))
