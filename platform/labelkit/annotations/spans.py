"""Spans of a text with relations between them.

`{"spans": [{"id", "label", "start", "end"}], "relations": [{"id", "label", "from", "to"}]}`. Offsets
count Unicode code points, `end` is the first one after the span.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, ClassVar

import numpy as np
from pydantic import ConfigDict, Field

from labelkit.annotations import matching
from labelkit.annotations.base import Modality, ModelOutput, Prediction, Schema, attribute_problem, majority, refuse
from labelkit.annotations.parts import LabeledParts, free_id
from labelkit.geometries import AttributeValue, Frame
from labelkit.geometries.base import RegionId
from labelkit.geometries.prepared import Floats, Prepared, Whole
from labelkit.validation import StrictModel, validate

SURE = 0.5  # spans of a model below this score count as not said
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


class AnswerIn(StrictModel):
    """No span at all is an answer too."""

    spans: list[SpanIn] = Field(max_length=20_000)
    relations: list[RelationIn] = Field(default_factory=list, max_length=20_000)


class SameEnds:
    """1 where both begin and end at the same place."""

    def __call__(self, one: dict[str, Any], other: dict[str, Any]) -> float:
        """See `matching.Likeness`."""
        return float(one["start"] == other["start"] and one["end"] == other["end"])

    def sorts(self, one: Sequence[dict[str, Any]], other: Sequence[dict[str, Any]]) -> Iterator[matching.Sort]:
        """All of one sort; a span's bounds are the point (start, end), so that those of the same ends alone meet."""
        if one and other:
            rows, columns = (np.arange(len(side), dtype=np.intp) for side in (one, other))
            yield matching.Sort(rows, columns, _points(one), _points(other), _all_alike)


same_ends = SameEnds()


def _points(spans: Sequence[dict[str, Any]]) -> Prepared:
    ends = np.array([[one["start"], one["end"]] * 2 for one in spans], dtype=float)
    return Prepared(spans, ends, np.zeros(len(spans)), np.ones(len(spans)))


def _all_alike(one: Prepared, other: Prepared, i: Whole, j: Whole) -> Floats:
    return np.asarray((one.bounds[i] == other.bounds[j]).all(axis=1), dtype=float)


class Spans(LabeledParts):
    """Named entities and the like, with relations between them."""

    key = "spans"
    modality: ClassVar[Modality] = "text"
    label_path = "$.*[*].label"  # of spans and of relations
    shapes = ("span", "relation")
    lists: ClassVar[tuple[str, ...]] = ("spans", "relations")
    model_output: ClassVar[ModelOutput] = "spans"
    same_mark: ClassVar[matching.Likeness] = same_ends

    def check(self, value: Any, *, schema: Schema, frame: Frame) -> dict[str, Any]:
        """See `AnnotationType`; spans are kept in the order of the text."""
        answer = validate(AnswerIn, value)
        spans: dict[str, dict[str, Any]] = {}
        for number, span in enumerate(answer.spans):
            place = f"value.spans.{number}"
            _check_label(place, span.label, "span", schema)
            if span.id in spans:
                raise refuse(place, f"two spans have the id {span.id!r}")
            if not span.start < span.end or (frame.length is not None and span.end > frame.length):
                raise refuse(place, f"the span {span.start}–{span.end} does not lie in the text ({frame.length})")
            if problem := attribute_problem(span.attributes, span.label, schema):
                raise refuse(place, problem)
            made = {"id": span.id, "label": span.label, "start": span.start, "end": span.end}
            spans[span.id] = made | {"attributes": span.attributes} if span.attributes else made
        for number, relation in enumerate(answer.relations):
            place = f"value.relations.{number}"
            _check_label(place, relation.label, "relation", schema)
            if relation.source not in spans or relation.target not in spans or relation.source == relation.target:
                raise refuse(place, "must go from one span of this answer to another")
        ordered = sorted(spans.values(), key=lambda one: (one["start"], one["end"], one["id"]))
        relations = [one.model_dump(by_alias=True) for one in answer.relations]
        return {"spans": ordered, "relations": relations}

    def geometry_of(self, name: str, part: Mapping[str, Any]) -> str:
        """See `LabeledParts`."""
        return "span" if name == "spans" else "relation"

    def relabel(self, value: Mapping[str, Any], moves: Mapping[str, str | None]) -> dict[str, Any]:
        """See `AnnotationType`; relations of spans that are left out go with them."""
        made = super().relabel(value, moves)
        gone = {span.get("id") for span in value.get("spans", ()) if moves.get(span["label"], "") is None}
        if gone and "relations" in made:
            made["relations"] = [one for one in made["relations"] if not gone & {one.get("from"), one.get("to")}]
        return made

    def from_prediction(self, output: Any, labels: Sequence[str]) -> Prediction:
        """The spans that count as said."""
        return self._proposed([span for span in output["spans"] if span.get("score", 1.0) >= SURE])

    def likeness(self, one: dict[str, Any], other: dict[str, Any]) -> float:
        """F1 of spans with the same ends and label."""
        a, b = ({(s["start"], s["end"], s["label"]) for s in answer["spans"]} for answer in (one, other))
        return 2 * len(a & b) / (len(a) + len(b)) if a or b else 1.0

    def merge(self, values: Sequence[dict[str, Any]]) -> tuple[dict[str, Any], float]:
        """Spans that at least half marked with the same ends; relations that at least half drew between them."""
        groups = matching.clusters([one["spans"] for one in values], same_ends)
        kept: dict[str, dict[str, Any]] = {}
        shares = []
        name: dict[int, str] = {}
        for group in groups:
            share = len(group) / len(values)
            shares.append(max(share, 1 - share))
            if 2 * share >= 1:
                label, _ = majority([span["label"] for span in group])
                own = free_id(group[0]["id"], kept)
                kept[own] = {**group[0], "label": label, "id": own}
                name |= {id(span): own for span in group}
        drawn: dict[tuple[str, str, str], list[str]] = {}  # label and ends: the ids that people gave
        for one in values:
            ids = {span["id"]: name[id(span)] for span in one["spans"] if id(span) in name}
            for arrow in one["relations"]:
                if arrow["from"] in ids and arrow["to"] in ids:
                    key = (arrow["label"], ids[arrow["from"]], ids[arrow["to"]])
                    drawn.setdefault(key, []).append(arrow["id"])
        relations: dict[str, dict[str, Any]] = {}
        for (label, source, target), ids_given in drawn.items():
            if 2 * len(ids_given) >= len(values):
                own = free_id(ids_given[0], relations)
                relations[own] = {"id": own, "label": label, "from": source, "to": target}
        ordered = sorted(kept.values(), key=lambda one: (one["start"], one["end"], one["id"]))
        return {"spans": ordered, "relations": list(relations.values())}, sum(shares) / len(shares) if shares else 1.0


def _check_label(place: str, label: str, use: str, schema: Schema) -> None:
    found = schema.labels.get(label)
    if found is None:
        raise refuse(place, f"there is no label {label!r} in this project")
    if (found.get("shape") or "span") != use:
        raise refuse(place, f"the label {label!r} is not for a {use}")
