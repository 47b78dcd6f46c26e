"""Spans of a text with relations between them.

`{"spans": [{"id", "label", "start", "end"}], "relations": [{"id", "label", "from", "to"}]}`. Offsets
count Unicode code points, `end` is the first one after the span.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, ClassVar

import numpy as np
from pydantic import ConfigDict, Field

from labelkit.annotations import matching
from labelkit.annotations.base import (
    EditorForm,
    ModelOutput,
    Prediction,
    Schema,
    find_attribute_problem,
    invalid_at,
    majority_vote,
)
from labelkit.annotations.differences import PartDifference, differences_of_parts
from labelkit.annotations.parts import LabeledParts, free_id
from labelkit.geometries import AttributeValue, Frame
from labelkit.geometries.base import RegionId
from labelkit.geometries.prepared import Floats, Indices, PreparedRegions
from labelkit.messages import Message
from labelkit.targets import SpanTarget
from labelkit.validation import StrictModel, validate_model
from labelkit.values import SpanPart, SpansAnnotation, score_of, with_scores

SURE = 0.5  # spans of a model below this score are left out
Offset = Annotated[int, Field(ge=0, le=100_000_000)]


class SpanIn(StrictModel):
    """A piece of the text."""

    id: RegionId
    label: str
    start: Offset
    end: Offset
    attributes: dict[str, AttributeValue] = Field(default_factory=dict)


class RelationIn(StrictModel):
    """An arrow from one span to another."""

    model_config = ConfigDict(populate_by_name=True, extra="forbid")

    id: RegionId
    label: str
    source: RegionId = Field(alias="from")
    target: RegionId = Field(alias="to")

    def as_part(self) -> SpanPart:
        """In canonical form."""
        return {"id": self.id, "label": self.label, "from": self.source, "to": self.target}


class SpansValue(StrictModel):
    """No span at all is an answer too."""

    spans: list[SpanIn] = Field(max_length=20_000)
    relations: list[RelationIn] = Field(default_factory=list, max_length=20_000)


class SameEnds:
    """1 where both begin and end at the same place."""

    def __call__(self, first: SpanPart, second: SpanPart) -> float:
        """See `matching.Similarity`."""
        return float(first["start"] == second["start"] and first["end"] == second["end"])

    def comparable_regions(
        self, first: Sequence[SpanPart], second: Sequence[SpanPart]
    ) -> Iterator[matching.ComparableRegions]:
        """All of one sort; a span's bounds are the point (start, end), so that those of the same ends alone meet."""
        if first and second:
            rows, columns = (np.arange(len(side), dtype=np.intp) for side in (first, second))
            yield matching.ComparableRegions(rows, columns, _points(first), _points(second), _all_alike)


same_ends = SameEnds()


class SpanOverlap:
    """Characters that two spans share, over those that either has."""

    def __call__(self, first: SpanPart, second: SpanPart) -> float:
        """See `matching.Similarity`."""
        shared = max(0, min(first["end"], second["end"]) - max(first["start"], second["start"]))
        return shared / (first["end"] - first["start"] + second["end"] - second["start"] - shared)

    def comparable_regions(
        self, first: Sequence[SpanPart], second: Sequence[SpanPart]
    ) -> Iterator[matching.ComparableRegions]:
        """All of one sort; a span's bounds are a box of one line."""
        if first and second:
            rows, columns = (np.arange(len(side), dtype=np.intp) for side in (first, second))
            yield matching.ComparableRegions(rows, columns, _stretches(first), _stretches(second), _overlaps)


span_overlap = SpanOverlap()


def _stretches(spans: Sequence[SpanPart]) -> PreparedRegions:
    bounds = np.array([[span["start"], 0, span["end"], 1] for span in spans], dtype=float)
    return PreparedRegions(spans, bounds, bounds[:, 2] - bounds[:, 0], np.ones(len(spans)))


def _overlaps(first: PreparedRegions, second: PreparedRegions, i: Indices, j: Indices) -> Floats:
    a, b = first.bounds[i], second.bounds[j]
    shared = np.maximum(0, np.minimum(a[:, 2], b[:, 2]) - np.maximum(a[:, 0], b[:, 0]))
    return np.asarray(shared / (first.area[i] + second.area[j] - shared), dtype=float)


def _points(spans: Sequence[SpanPart]) -> PreparedRegions:
    ends = np.array([[span["start"], span["end"]] * 2 for span in spans], dtype=float)
    return PreparedRegions(spans, ends, np.zeros(len(spans)), np.ones(len(spans)))


def _all_alike(first: PreparedRegions, second: PreparedRegions, i: Indices, j: Indices) -> Floats:
    return np.asarray((first.bounds[i] == second.bounds[j]).all(axis=1), dtype=float)


class Spans(LabeledParts[SpanPart]):
    """Named entities and the like, with relations between them."""

    key = "spans"
    coordinates: ClassVar[str] = "characters"
    editor_form: ClassVar[EditorForm] = "spans"
    label_path = "$.*[*].label"  # of spans and of relations
    geometries = ("span", "relation")
    lists: ClassVar[tuple[str, ...]] = ("spans", "relations")
    model_output: ClassVar[ModelOutput] = "spans"
    same_mark: ClassVar[matching.Similarity[Any]] = same_ends
    near_mark: ClassVar[matching.Similarity[Any]] = span_overlap

    def validate(self, value: object, *, schema: Schema, frame: Frame) -> SpansAnnotation:
        """See `AnnotationType`; spans are kept in the order of the text."""
        parsed = validate_model(SpansValue, value)
        spans: dict[str, SpanPart] = {}
        for number, span in enumerate(parsed.spans):
            field = f"value.spans.{number}"
            _check_label(field, span.label, "span", schema)
            if span.id in spans:
                raise invalid_at(field, Message("two spans have the id “{id}”", id=span.id))
            if not span.start < span.end or (frame.length is not None and span.end > frame.length):
                raise invalid_at(
                    field,
                    Message(
                        "the span {start}–{end} is outside the text ({length})",
                        start=span.start,
                        end=span.end,
                        length=frame.length,
                    ),
                )
            if problem := find_attribute_problem(span.attributes, span.label, schema):
                raise invalid_at(field, problem)
            canonical: SpanPart = {"id": span.id, "label": span.label, "start": span.start, "end": span.end}
            if span.attributes:
                canonical["attributes"] = span.attributes
            spans[span.id] = canonical
        for number, relation in enumerate(parsed.relations):
            field = f"value.relations.{number}"
            _check_label(field, relation.label, "relation", schema)
            if relation.source not in spans or relation.target not in spans or relation.source == relation.target:
                raise invalid_at(field, "must connect two spans of this annotation")
        ordered = sorted(spans.values(), key=lambda span: (span["start"], span["end"], span["id"]))
        relations: list[SpanPart] = [relation.as_part() for relation in parsed.relations]
        return {"spans": ordered, "relations": relations}

    def geometry_of(self, name: str, part: SpanPart) -> str:
        """See `LabeledParts`."""
        return "span" if name == "spans" else "relation"

    def relabel(self, value: SpansAnnotation, moves: Mapping[str, str | None]) -> SpansAnnotation:
        """See `AnnotationType`; relations of spans that are left out go with them."""
        relabeled = super().relabel(value, moves)
        removed = {span.get("id") for span in value.get("spans", ()) if moves.get(span["label"], "") is None}
        if removed and "relations" in relabeled:
            relabeled["relations"] = [
                relation
                for relation in relabeled["relations"]
                if not removed & {relation.get("from"), relation.get("to")}
            ]
        return relabeled

    def training_target(self, value: SpansAnnotation) -> list[SpanTarget]:
        """A target for each span; relations are not learned."""
        return [SpanTarget(span["label"], span["start"], span["end"], score_of(span)) for span in value["spans"]]

    def exact_output(self, value: SpansAnnotation, labels: Sequence[str]) -> SpansAnnotation:
        """Each span with score 1."""
        return {"spans": with_scores(value["spans"]), "relations": []}

    def from_prediction(self, output: SpansAnnotation, labels: Sequence[str]) -> Prediction:
        """The spans that the model is sure of."""
        return self._prediction_of([span for span in output["spans"] if score_of(span) >= SURE])

    def similarity(self, first: SpansAnnotation, second: SpansAnnotation) -> float:
        """F1 of spans with the same ends and label."""
        a, b = ({(s["start"], s["end"], s["label"]) for s in annotation["spans"]} for annotation in (first, second))
        return 2 * len(a & b) / (len(a) + len(b)) if a or b else 1.0

    def differences(self, first: SpansAnnotation, second: SpansAnnotation) -> list[PartDifference]:
        """See `AnnotationType`; relations are the same where they join spans that are set against each other."""
        of_spans = super().differences(first, second)
        a, b = first.get("relations", []), second.get("relations", [])
        counterpart = {row.first["id"]: row.second["id"] for row in of_spans if row.first and row.second}
        matched: list[tuple[int, int]] = []
        for with_label in (True, False):  # of several relations between two spans, those of one label first
            taken_first, taken_second = ({pair[side] for pair in matched} for side in (0, 1))
            places = {
                (relation["from"], relation["to"], relation["label"] if with_label else ""): j
                for j, relation in enumerate(b)
                if j not in taken_second
            }
            for i, relation in enumerate(a):
                source, target = counterpart.get(relation["from"]), counterpart.get(relation["to"])
                if i in taken_first or source is None or target is None:
                    continue
                j = places.pop((source, target, relation["label"] if with_label else ""), -1)
                if j >= 0:
                    matched.append((i, j))
        return of_spans + differences_of_parts("relation", a, b, matched, kind_of=lambda relation: relation["label"])

    def find_consensus(self, values: Sequence[SpansAnnotation]) -> tuple[SpansAnnotation, float]:
        """Spans that at least half marked with the same ends; relations that at least half drew between them."""
        groups = matching.clusters([value["spans"] for value in values], same_ends)
        spans: dict[str, SpanPart] = {}
        confidences = []
        span_ids: dict[int, str] = {}  # of the spans of all people, by identity
        for group in groups:
            share = len(group) / len(values)
            confidences.append(max(share, 1 - share))
            if 2 * share >= 1:
                label, _ = majority_vote([span["label"] for span in group])
                span_id = free_id(group[0]["id"], spans)
                spans[span_id] = {**group[0], "label": label, "id": span_id}
                span_ids |= {id(span): span_id for span in group}
        relation_ids: dict[tuple[str, str, str], list[str]] = {}  # label and ends: the ids that people gave
        for value in values:
            ids = {span["id"]: span_ids[id(span)] for span in value["spans"] if id(span) in span_ids}
            for relation in value["relations"]:
                if relation["from"] in ids and relation["to"] in ids:
                    key = (relation["label"], ids[relation["from"]], ids[relation["to"]])
                    relation_ids.setdefault(key, []).append(relation["id"])
        relations: dict[str, SpanPart] = {}
        for (label, source, target), client_ids in relation_ids.items():
            if 2 * len(client_ids) >= len(values):
                relation_id = free_id(client_ids[0], relations)
                relations[relation_id] = {"id": relation_id, "label": label, "from": source, "to": target}
        ordered = sorted(spans.values(), key=lambda span: (span["start"], span["end"], span["id"]))
        confidence = sum(confidences) / len(confidences) if confidences else 1.0
        return {"spans": ordered, "relations": list(relations.values())}, confidence


def _check_label(field: str, label: str, use: str, schema: Schema) -> None:
    definition = schema.labels.get(label)
    if definition is None:
        raise invalid_at(field, Message("this project has no label “{label}”", label=label))
    if (definition.get("shape") or "span") != use:
        raise invalid_at(field, Message("the label “{label}” is not for a {use}", label=label, use=use))
