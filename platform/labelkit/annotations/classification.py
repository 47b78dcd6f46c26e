"""Classes of the whole item: one, `{"label": "shirt"}`, or any number, `{"labels": ["shirt", "red"]}`."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from labelkit.annotations.base import (
    AnnotationType,
    EditorForm,
    ModelOutput,
    Prediction,
    Schema,
    find_attribute_problem,
    invalid_at,
    majority_vote,
)
from labelkit.annotations.differences import PartDifference, difference_of_pair
from labelkit.geometries import AttributeValue, Frame
from labelkit.messages import Message
from labelkit.targets import one_hot
from labelkit.validation import StrictModel, validate_model
from labelkit.values import ClassAnnotation, ClassSetAnnotation


class ClassValue(StrictModel):
    """The chosen label's id."""

    label: str
    attributes: dict[str, AttributeValue] = Field(default_factory=dict)


class ClassSetValue(StrictModel):
    """The chosen labels' ids; none is an answer too."""

    labels: list[str] = Field(max_length=500)
    attributes: dict[str, AttributeValue] = Field(default_factory=dict)


class Classification(AnnotationType[ClassAnnotation, NDArray[np.float64]]):
    """One label for the whole item."""

    key: ClassVar[str] = "classification"
    label_path = "$.label"
    is_single_class: ClassVar[bool] = True
    editor_form: ClassVar[EditorForm] = "class"
    model_output: ClassVar[ModelOutput] = "classes"

    def validate(self, value: object, *, schema: Schema, frame: Frame) -> ClassAnnotation:
        """See `AnnotationType`."""
        parsed = validate_model(ClassValue, value)
        if parsed.label not in schema.labels:
            raise invalid_at("value.label", Message("this project has no label “{label}”", label=parsed.label))
        if problem := find_attribute_problem(parsed.attributes, parsed.label, schema):
            raise invalid_at("value.attributes", problem)
        annotation: ClassAnnotation = {"label": parsed.label}
        if parsed.attributes:
            annotation["attributes"] = parsed.attributes
        return annotation

    def is_readable(self, value: object) -> bool:
        """See `AnnotationType`."""
        return isinstance(value, dict) and isinstance(value.get("label", ""), str)

    def labels_used(self, value: ClassAnnotation) -> Iterator[tuple[str, str]]:
        """See `AnnotationType`."""
        if "label" in value:
            yield value["label"], ""

    def relabel(self, value: ClassAnnotation, moves: Mapping[str, str | None]) -> ClassAnnotation:
        """See `AnnotationType`; a class that moves to nothing leaves none, which `validate` refuses."""
        relabeled = value.copy()
        if "label" in value:
            label = moves.get(value["label"], value["label"])
            if label is None:
                del relabeled["label"]
            else:
                relabeled["label"] = label
        return relabeled

    def class_of(self, value: ClassAnnotation) -> str:
        """The label."""
        return str(value["label"])

    def with_class(self, label: str) -> ClassAnnotation:
        """See `AnnotationType`."""
        return {"label": label}

    def training_target(self, value: ClassAnnotation) -> str:
        """The label's id."""
        return self.class_of(value)

    def exact_output(self, value: ClassAnnotation, labels: Sequence[str]) -> NDArray[np.float64]:
        """Probability 1 for the class."""
        return one_hot(self.class_of(value), list(labels))

    def output_of_graph(
        self, outputs: Mapping[str, Any], labels: Sequence[str], size: tuple[int, int]
    ) -> NDArray[np.float64]:
        """Probabilities (classes,)."""
        probabilities: NDArray[np.float64] = outputs["probabilities"]
        return probabilities

    def from_prediction(self, output: NDArray[np.float64], labels: Sequence[str]) -> Prediction:
        """The most probable class, with the probabilities of all."""
        best = labels[int(output.argmax())]
        return Prediction(self.with_class(best), best, float(output.max()), [float(share) for share in output])

    def split_by_label(self, value: ClassAnnotation) -> tuple[dict[str, ClassAnnotation], ClassAnnotation]:
        """See `AnnotationType`."""
        return {value["label"]: {"label": value["label"]}}, {"label": ""}

    def label_pairs(self, first: ClassAnnotation, second: ClassAnnotation) -> list[tuple[str, str]]:
        """Both classes."""
        return [(first["label"], second["label"])]

    def similarity(self, first: ClassAnnotation, second: ClassAnnotation) -> float:
        """1 where the labels are the same."""
        return float(first["label"] == second["label"])

    def find_consensus(self, values: Sequence[ClassAnnotation]) -> tuple[ClassAnnotation, float]:
        """The majority."""
        label, confidence = majority_vote([value["label"] for value in values])
        return next(value for value in values if value["label"] == label), confidence


class MultiClassification(AnnotationType[ClassSetAnnotation, None]):
    """Any number of labels for the whole item."""

    key: ClassVar[str] = "multi_classification"
    label_path = "$.labels[*]"
    editor_form: ClassVar[EditorForm] = "classes"

    def validate(self, value: object, *, schema: Schema, frame: Frame) -> ClassSetAnnotation:
        """See `AnnotationType`; labels are kept in the order of the schema."""
        parsed = validate_model(ClassSetValue, value)
        for label in parsed.labels:
            if label not in schema.labels:
                raise invalid_at("value.labels", Message("this project has no label “{label}”", label=label))
        if problem := find_attribute_problem(parsed.attributes, "", schema):
            raise invalid_at("value.attributes", problem)
        chosen = set(parsed.labels)
        annotation: ClassSetAnnotation = {"labels": [label for label in schema.labels if label in chosen]}
        if parsed.attributes:
            annotation["attributes"] = parsed.attributes
        return annotation

    def is_readable(self, value: object) -> bool:
        """See `AnnotationType`."""
        labels = value.get("labels", []) if isinstance(value, dict) else None
        return isinstance(labels, list) and all(isinstance(label, str) for label in labels)

    def labels_used(self, value: ClassSetAnnotation) -> Iterator[tuple[str, str]]:
        """See `AnnotationType`."""
        for label in value.get("labels", []):
            yield label, ""

    def relabel(self, value: ClassSetAnnotation, moves: Mapping[str, str | None]) -> ClassSetAnnotation:
        """See `AnnotationType`; two labels that become one are one."""
        relabeled = value.copy()
        if "labels" in relabeled:
            labels = [moves.get(label, label) for label in relabeled["labels"]]
            relabeled["labels"] = list(dict.fromkeys(label for label in labels if label is not None))
        return relabeled

    def split_by_label(self, value: ClassSetAnnotation) -> tuple[dict[str, ClassSetAnnotation], ClassSetAnnotation]:
        """See `AnnotationType`."""
        return {label: {"labels": [label]} for label in value["labels"]}, {"labels": []}

    def differences(self, first: ClassSetAnnotation, second: ClassSetAnnotation) -> list[PartDifference]:
        """See `AnnotationType`: of each label, and of the attributes of the item."""
        a, b = ({label: {"label": label} for label in value["labels"]} for value in (first, second))
        differences = [PartDifference("item", a.get(label), b.get(label)) for label in {**a, **b}]
        of_item = difference_of_pair(
            "item", {"attributes": first.get("attributes")}, {"attributes": second.get("attributes")}
        )
        return differences + ([of_item] if of_item.changes else [])

    def similarity(self, first: ClassSetAnnotation, second: ClassSetAnnotation) -> float:
        """Jaccard index of both sets; two empty ones are alike."""
        a, b = set(first["labels"]), set(second["labels"])
        return len(a & b) / len(a | b) if a | b else 1.0

    def find_consensus(self, values: Sequence[ClassSetAnnotation]) -> tuple[ClassSetAnnotation, float]:
        """Labels that more than half chose; the confidence is that of the least certain label."""
        labels = list(dict.fromkeys(label for value in values for label in value["labels"]))
        shares = {label: sum(label in value["labels"] for value in values) / len(values) for label in labels}
        confidence = min((max(share, 1 - share) for share in shares.values()), default=1.0)
        majority = {label for label in labels if shares[label] > 0.5}
        # Any two of these were chosen together by somebody, whose answer has them in the order of the schema.
        predecessors: dict[str, set[str]] = {label: set() for label in labels if label in majority}
        for value in values:
            chosen = [label for label in value["labels"] if label in majority]
            for number, label in enumerate(chosen):
                predecessors[label] |= set(chosen[:number])
        consensus: ClassSetAnnotation = {"labels": sorted(predecessors, key=lambda label: len(predecessors[label]))}
        return next((value for value in values if value["labels"] == consensus["labels"]), consensus), confidence
