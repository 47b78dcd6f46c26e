"""Classes of the whole item: one, `{"label": "shirt"}`, or any number, `{"labels": ["shirt", "red"]}`."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from pydantic import Field

from labelkit.annotations.base import (
    AnnotationType,
    Modality,
    ModelOutput,
    Prediction,
    Schema,
    attribute_problem,
    majority,
    refuse,
)
from labelkit.geometries import AttributeValue, Frame
from labelkit.validation import StrictModel, validate


class OneIn(StrictModel):
    """The chosen label's id."""

    label: str
    attributes: dict[str, AttributeValue] = Field(default_factory=dict)


class SeveralIn(StrictModel):
    """The chosen labels' ids; none is an answer too."""

    labels: list[str] = Field(max_length=500)
    attributes: dict[str, AttributeValue] = Field(default_factory=dict)


def _with_attributes(made: dict[str, Any], attributes: dict[str, AttributeValue]) -> dict[str, Any]:
    return made | {"attributes": attributes} if attributes else made


class Classification(AnnotationType):
    """One label for the whole item."""

    key: ClassVar[str] = "classification"
    label_path = "$.label"
    single_class: ClassVar[bool] = True
    model_output: ClassVar[ModelOutput] = "classes"

    def check(self, value: Any, *, schema: Schema, frame: Frame) -> dict[str, Any]:
        """See `AnnotationType`."""
        answer = validate(OneIn, value)
        if answer.label not in schema.labels:
            raise refuse("value.label", f"there is no label {answer.label!r} in this project")
        if problem := attribute_problem(answer.attributes, answer.label, schema):
            raise refuse("value.attributes", problem)
        return _with_attributes({"label": answer.label}, answer.attributes)

    def is_readable(self, value: Any) -> bool:
        """See `AnnotationType`."""
        return isinstance(value, dict) and isinstance(value.get("label", ""), str)

    def labels_used(self, value: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """See `AnnotationType`."""
        if "label" in value:
            yield value["label"], ""

    def relabel(self, value: Mapping[str, Any], moves: Mapping[str, str | None]) -> dict[str, Any]:
        """See `AnnotationType`; a class that moves to nothing leaves none, which `check` refuses."""
        if "label" not in value:
            return dict(value)
        label = moves.get(value["label"], value["label"])
        return (
            {key: one for key, one in value.items() if key != "label"} if label is None else {**value, "label": label}
        )

    def class_of(self, value: dict[str, Any]) -> str:
        """The label."""
        return str(value["label"])

    def with_class(self, label: str) -> dict[str, Any]:
        """See `AnnotationType`."""
        return {"label": label}

    def from_prediction(self, output: Any, labels: Sequence[str]) -> Prediction:
        """The most probable class, with the probabilities of all."""
        best = labels[int(output.argmax())]
        return Prediction(self.with_class(best), best, float(output.max()), [float(share) for share in output])

    def split_by_label(self, value: dict[str, Any]) -> tuple[dict[str, dict[str, Any]], dict[str, Any]]:
        """See `AnnotationType`."""
        return {value["label"]: {"label": value["label"]}}, {"label": ""}

    def label_pairs(self, one: dict[str, Any], other: dict[str, Any]) -> list[tuple[str, str]]:
        """Both classes."""
        return [(one["label"], other["label"])]

    def likeness(self, one: dict[str, Any], other: dict[str, Any]) -> float:
        """1 where the labels are the same."""
        return float(one["label"] == other["label"])

    def merge(self, values: Sequence[dict[str, Any]]) -> tuple[dict[str, Any], float]:
        """The majority."""
        label, share = majority([one["label"] for one in values])
        first = next(one for one in values if one["label"] == label)
        return first, share


class MultiClassification(AnnotationType):
    """Any number of labels for the whole item."""

    key: ClassVar[str] = "multi_classification"
    label_path = "$.labels[*]"

    def check(self, value: Any, *, schema: Schema, frame: Frame) -> dict[str, Any]:
        """See `AnnotationType`; labels are kept in the order of the schema."""
        answer = validate(SeveralIn, value)
        for label in answer.labels:
            if label not in schema.labels:
                raise refuse("value.labels", f"there is no label {label!r} in this project")
        if problem := attribute_problem(answer.attributes, "", schema):
            raise refuse("value.attributes", problem)
        chosen = set(answer.labels)
        return _with_attributes({"labels": [one for one in schema.labels if one in chosen]}, answer.attributes)

    def is_readable(self, value: Any) -> bool:
        """See `AnnotationType`."""
        labels = value.get("labels", []) if isinstance(value, dict) else None
        return isinstance(labels, list) and all(isinstance(label, str) for label in labels)

    def labels_used(self, value: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """See `AnnotationType`."""
        for label in value.get("labels", ()):
            yield label, ""

    def relabel(self, value: Mapping[str, Any], moves: Mapping[str, str | None]) -> dict[str, Any]:
        """See `AnnotationType`; two labels that become one are one."""
        made = dict(value)
        if "labels" in made:
            moved = [moves.get(label, label) for label in made["labels"]]
            made["labels"] = list(dict.fromkeys(label for label in moved if label is not None))
        return made

    def split_by_label(self, value: dict[str, Any]) -> tuple[dict[str, dict[str, Any]], dict[str, Any]]:
        """See `AnnotationType`."""
        return {label: {"labels": [label]} for label in value["labels"]}, {"labels": []}

    def likeness(self, one: dict[str, Any], other: dict[str, Any]) -> float:
        """Jaccard index of both sets; two empty ones are alike."""
        a, b = set(one["labels"]), set(other["labels"])
        return len(a & b) / len(a | b) if a | b else 1.0

    def merge(self, values: Sequence[dict[str, Any]]) -> tuple[dict[str, Any], float]:
        """Labels that more than half chose; the share is the least sure label's."""
        every = list(dict.fromkeys(label for one in values for label in one["labels"]))
        shares = {label: sum(label in one["labels"] for one in values) / len(values) for label in every}
        sure = min((max(share, 1 - share) for share in shares.values()), default=1.0)
        chosen = {label for label in every if shares[label] > 0.5}
        # Any two of these were chosen together by somebody, whose answer has them in the order of the schema.
        before: dict[str, set[str]] = {label: set() for label in every if label in chosen}
        for one in values:
            kept = [label for label in one["labels"] if label in chosen]
            for number, label in enumerate(kept):
                before[label] |= set(kept[:number])
        merged = {"labels": sorted(before, key=lambda label: len(before[label]))}
        return next((one for one in values if one["labels"] == merged["labels"]), merged), sure


class TextClassification(Classification):
    """One label for a text."""

    key = "text_classification"
    modality: ClassVar[Modality] = "text"


class RowClassification(Classification):
    """One label for a row of a table."""

    key = "row_classification"
    modality: ClassVar[Modality] = "row"
