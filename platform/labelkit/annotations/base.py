"""What every kind of labeling gives: its check of an answer, its summary, its likeness, its consensus."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from labelkit.geometries import AttributeValue, Frame
from labelkit.validation import InvalidValue

Modality = Literal["image", "text", "row"]


ModelOutput = Literal["", "classes", "number", "regions", "spans"]


@dataclass(frozen=True)
class Prediction:
    """What a model said of an item, as people say it; `probabilities` are of classes."""

    value: dict[str, Any]
    label: str = ""
    confidence: float | None = None
    probabilities: list[float] | None = None


@dataclass(frozen=True)
class Schema:
    """The labels and attributes of a project, ready for checking answers."""

    version: int
    labels: dict[str, dict[str, Any]]
    attributes: dict[str, dict[str, Any]] = field(default_factory=dict)

    @classmethod
    def of(cls, version: int, labels: Sequence[dict[str, Any]], attributes: Sequence[dict[str, Any]]) -> "Schema":
        """From the lists as they are stored."""
        return cls(version, {one["id"]: one for one in labels}, {one["id"]: one for one in attributes})


class AnnotationType:
    """One kind of labeling. `label_path` is where label ids lie in an answer (SQL/JSON path).

    Methods that say so take answers that `check` has not seen: out of a file, with names in the place of label ids.
    """

    key: ClassVar[str]
    modality: ClassVar[Modality] = "image"
    label_path: ClassVar[str]
    shapes: ClassVar[tuple[str, ...]] = ()
    single_class: ClassVar[bool] = False  # each answer is one class of the whole item
    model_output: ClassVar[ModelOutput] = ""  # what models of it answer with, "" where there are none
    learns_labels: ClassVar[bool] = True  # whether a model learns to tell the labels apart

    def check(self, value: Any, *, schema: Schema, frame: Frame) -> dict[str, Any]:
        """The answer in its one canonical form.

        Raises:
            InvalidValue: it is not an answer of this kind, uses an unknown label, or leaves the picture or text.
        """
        raise NotImplementedError

    def is_readable(self, value: Any) -> bool:
        """Whether the methods that take unchecked answers can take this one."""
        return isinstance(value, dict)

    def labels_used(self, value: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """Each use of a label in an unchecked answer, with the geometry that it is used for ("" for the item)."""
        yield from ()

    def relabel(self, value: Mapping[str, Any], moves: Mapping[str, str | None]) -> dict[str, Any]:
        """An unchecked answer with its labels moved; what bears a label that moves to None is left out."""
        return dict(value)

    def map_attributed(
        self, value: Mapping[str, Any], change: Callable[[dict[str, Any]], dict[str, Any]]
    ) -> dict[str, Any]:
        """An unchecked answer with everything changed that may bear attributes: the item, and each part."""
        return change(dict(value))

    def lies_in_pixels(self, value: Mapping[str, Any]) -> bool:
        """Whether an unchecked answer has coordinates, which a wrong size of the picture would make wrong."""
        return False

    def scale(self, value: Mapping[str, Any], across: float, down: float) -> dict[str, Any]:
        """An unchecked answer stretched by these factors.

        Raises:
            ValueError: something in it cannot be stretched.
        """
        return dict(value)

    def summarize(self, value: dict[str, Any]) -> dict[str, Any]:
        """The answer as a list of tasks shows it: without what may be large."""
        return value

    def class_of(self, value: dict[str, Any]) -> str:
        """The class of the whole item; empty where the kind has none."""
        return ""

    def with_class(self, label: str) -> dict[str, Any]:
        """The answer that says this class. For kinds of a `single_class` only."""
        raise NotImplementedError

    def from_prediction(self, output: Any, labels: Sequence[str]) -> Prediction:
        """What a model answered with (see `model_output`), as people would say it.

        Args:
            output: Shares (classes,) of classes, a number, or an answer whose parts have a `score`.
            labels: The ids of the model's classes.
        """
        raise NotImplementedError

    def strata(self, value: dict[str, Any]) -> str:
        """The class by which subsets are kept balanced; empty where there is none."""
        return self.class_of(value)

    def split_by_label(self, value: dict[str, Any]) -> tuple[dict[str, dict[str, Any]], dict[str, Any]]:
        """What `likeness` is asked with for one label: the part of the answer that bears each, and what bears none."""
        return {}, {}

    def label_pairs(self, one: dict[str, Any], other: dict[str, Any]) -> list[tuple[str, str]]:
        """Labels that two people gave to the same thing: the item, or a part that both marked."""
        return []

    def likeness(self, one: dict[str, Any], other: dict[str, Any]) -> float:
        """How alike two answers are, 0 to 1."""
        raise NotImplementedError

    def merge(self, values: Sequence[dict[str, Any]]) -> tuple[dict[str, Any], float]:
        """What most of the answers say, and the share of people behind it, 0 to 1."""
        raise NotImplementedError


def refuse(place: str, message: str) -> InvalidValue:
    """A refusal that names a place in the answer."""
    return InvalidValue(f"{place}: {message}", [{"field": place, "message": message}])


def majority(votes: Sequence[str]) -> tuple[str, float]:
    """The most frequent vote and its share; the earliest of those that are level."""
    counts = Counter(votes)
    winner = max(votes, key=lambda vote: (counts[vote], -votes.index(vote)))
    return winner, counts[winner] / len(votes)


def attribute_problem(given: dict[str, AttributeValue], label: str, schema: Schema) -> str:
    """Why the attributes do not fit the schema; empty where they do."""
    for key, value in given.items():
        attribute = schema.attributes.get(key)
        if attribute is None:
            return f"there is no attribute {key!r} in this project"
        if problem := _value_problem(attribute, value):
            return f"attribute {key!r} {problem}"
    for key, attribute in schema.attributes.items():
        meant = not attribute["labels"] or label in attribute["labels"]
        if attribute["required"] and meant and key not in given:
            return f"the attribute {attribute['name']!r} is missing"
    return ""


def _value_problem(attribute: dict[str, Any], value: AttributeValue) -> str:
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
        "choice": f"must be one of {options}",
        "choices": f"must be some of {options}",
        "flag": "must be true or false",
    }
    return "" if fits else wants.get(kind, f"must be a {kind}")
