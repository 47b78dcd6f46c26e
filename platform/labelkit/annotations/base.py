"""The seam of annotation types: what each one defines for its annotations."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, Literal

from typing_extensions import TypeVar

from labelkit.annotations.differences import PartDifference, difference_of_pair
from labelkit.geometries import AttributeValue, Frame
from labelkit.messages import Message, in_field
from labelkit.validation import InvalidValue
from labelkit.values import AttributeDefinition, LabelDefinition

Value = TypeVar("Value", bound=Mapping[str, object], default=Any)  # its annotations
Output = TypeVar("Output", default=Any)  # what its models return for an item
ModelOutput = Literal["", "classes", "number", "regions", "spans"]
EditorForm = Literal["", "class", "classes", "number", "regions", "spans"]


@dataclass(frozen=True)
class Prediction:
    """A model's output for an item in the form of an annotation; `probabilities` are of classes."""

    value: Any
    label: str = ""
    confidence: float | None = None
    probabilities: list[float] | None = None


@dataclass(frozen=True)
class Schema:
    """The labels and attributes of a project by id."""

    version: int
    labels: dict[str, LabelDefinition]
    attributes: dict[str, AttributeDefinition] = field(default_factory=dict)

    @classmethod
    def of(cls, version: int, labels: Sequence[LabelDefinition], attributes: Sequence[AttributeDefinition]) -> "Schema":
        """From the lists as they are stored."""
        return cls(
            version,
            {label["id"]: label for label in labels},
            {attribute["id"]: attribute for attribute in attributes},
        )


class AnnotationType(Generic[Value, Output]):
    """One way of annotating items, of any medium that has its `coordinates`.

    Methods that say "unvalidated" take annotations that did not go through `validate`: out of a file, with names of
    labels in place of their ids.

    Attributes:
        label_path: SQL/JSON path to the label ids in an annotation.
        coordinates: What places in an annotation are counted in (`MediaType.coordinates`); empty where it has none.
        geometries: Keys of the geometries that labels can be bound to.
        editor_form: The part of the editor that writes its annotations, "" where none does.
        is_single_class: Whether each annotation is one class of the whole item.
        model_output: What models of it return, "" where there are none.
        learns_labels: Whether a model learns to tell the labels apart.
    """

    key: ClassVar[str]
    label_path: ClassVar[str]
    coordinates: ClassVar[str] = ""
    geometries: ClassVar[tuple[str, ...]] = ()
    editor_form: ClassVar[EditorForm] = ""
    is_single_class: ClassVar[bool] = False
    model_output: ClassVar[ModelOutput] = ""
    learns_labels: ClassVar[bool] = True

    def validate(self, value: object, *, schema: Schema, frame: Frame) -> Value:
        """The annotation in its one canonical form.

        Raises:
            InvalidValue: it is not of this type, uses an unknown label, or leaves the picture or text.
        """
        raise NotImplementedError

    def is_readable(self, value: object) -> bool:
        """Whether the methods that take unvalidated annotations can take this one."""
        return isinstance(value, dict)

    def labels_used(self, value: Value) -> Iterator[tuple[str, str]]:
        """Each use of a label in an unvalidated annotation, with the geometry that it is used for ("" for the item)."""
        yield from ()

    def relabel(self, value: Value, moves: Mapping[str, str | None]) -> Value:
        """An unvalidated annotation with its labels replaced; what bears a label that moves to None is left out."""
        return copy(value)

    def map_attributed(self, value: Value, change: Callable[[dict[str, Any]], dict[str, Any]]) -> dict[str, object]:
        """An unvalidated annotation with everything changed that may bear attributes: the item, and each part."""
        return change(dict(value))

    def lies_in_pixels(self, value: Value) -> bool:
        """Whether an unvalidated annotation has coordinates, which a wrong size of the picture would make wrong."""
        return False

    def scale(self, value: Value, across: float, down: float) -> Value:
        """An unvalidated annotation stretched by these factors.

        Raises:
            ValueError: something in it cannot be stretched.
        """
        return copy(value)

    def summarize(self, value: Value) -> dict[str, object]:
        """The annotation as a list of tasks shows it: without what may be large."""
        return dict(value)

    def sketch(self, value: Value) -> list[dict[str, object]]:
        """What is drawn over a thumbnail: few regions, each with few points; nothing where there are none."""
        return []

    def sketch_part(self, part: Mapping[str, Any]) -> dict[str, object]:
        """One part of an annotation as it is drawn small."""
        return dict(part)

    def differences(self, first: Value, second: Value) -> list[PartDifference]:
        """What two annotations of one item say differently, and what they say alike; here the item as a whole."""
        return [difference_of_pair("item", first, second, compare_values=True)]

    def class_of(self, value: Value) -> str:
        """The class of the whole item; empty where the type has none."""
        return ""

    def with_class(self, label: str) -> Value:
        """The annotation of this class. Only for types with `is_single_class`."""
        raise NotImplementedError

    def training_target(self, value: Value) -> Any:
        """What a model learns from an annotation, and what its output is scored by; the annotation where left out.

        The label id for `classes`, a float for `number`, lists of `RegionTarget` for `regions` and of `SpanTarget` for
        `spans`. Parts of a model's output have a score.
        """
        return value

    def exact_output(self, value: Value, labels: Sequence[str]) -> Output:
        """What a model outputs that knows the annotation and is sure; `from_prediction` is its way back."""
        return value  # type: ignore[return-value]  # where it is not overridden, the output is an annotation

    def output_of_graph(self, outputs: Mapping[str, object], labels: Sequence[str], size: tuple[int, int]) -> Output:
        """A model's output for one picture of `size` from what its graph (`labelkit.model_outputs.GRAPHS`) gives."""
        raise NotImplementedError

    def from_prediction(self, output: Output, labels: Sequence[str]) -> Prediction:
        """A model's output (see `model_output`) in the form of an annotation.

        Args:
            output: Probabilities (classes,), a number, or an annotation whose parts have a `score`.
            labels: The ids of the model's classes.
        """
        return Prediction(output)

    def strata(self, value: Value) -> str:
        """The class by which subsets are kept balanced; empty where there is none."""
        return self.class_of(value)

    def split_by_label(self, value: Value) -> tuple[dict[str, Value], Value]:
        """For similarity by label: the part of the annotation that bears each label, and what bears none."""
        return {}, value

    def label_pairs(self, first: Value, second: Value) -> list[tuple[str, str]]:
        """Pairs of labels that two people gave to the same thing: the item, or a part that both marked."""
        return []

    def similarity(self, first: Value, second: Value) -> float:
        """Similarity of two annotations, 0 to 1."""
        raise NotImplementedError

    def find_consensus(self, values: Sequence[Value]) -> tuple[Value, float]:
        """The annotation that most people agree on, and the confidence in it, 0 to 1."""
        raise NotImplementedError


def invalid_at(field: str, message: str) -> InvalidValue:
    """An error that names a field in the annotation."""
    return InvalidValue(in_field(field, message), [{"field": field, "message": message}])


def majority_vote(votes: Sequence[str]) -> tuple[str, float]:
    """The most frequent vote and its share; the earliest of those that are level."""
    counts = Counter(votes)
    winner = max(votes, key=lambda vote: (counts[vote], -votes.index(vote)))
    return winner, counts[winner] / len(votes)


def find_attribute_problem(attributes: dict[str, AttributeValue], label: str, schema: Schema) -> str:
    """Why the attributes do not fit the schema; empty where they do."""
    for key, value in attributes.items():
        attribute = schema.attributes.get(key)
        if attribute is None:
            return Message("this project has no attribute “{key}”", key=key)
        if problem := _value_problem(attribute, value):
            return Message("attribute “{key}” {problem}", key=key, problem=problem)
    for key, attribute in schema.attributes.items():
        meant = not attribute["labels"] or label in attribute["labels"]
        if attribute["required"] and meant and key not in attributes:
            return Message("the attribute “{name}” is missing", name=attribute["name"])
    return ""


def _value_problem(attribute: AttributeDefinition, value: AttributeValue) -> str:
    kind, options = attribute["type"], attribute["options"]
    number = isinstance(value, float) and not isinstance(value, bool)
    fits = {
        "choice": isinstance(value, str) and value in options,
        "choices": isinstance(value, list) and set(value) <= set(options),
        "flag": isinstance(value, bool),
        "number": number,
        "text": isinstance(value, str) and len(value) <= 2000 and "\x00" not in value,
    }[kind]
    wants = {
        "choice": Message("must be one of {options}", options=options),
        "choices": Message("must be a selection of {options}", options=options),
        "flag": "must be true or false",
    }
    return "" if fits else wants.get(kind, f"must be a {kind}")
