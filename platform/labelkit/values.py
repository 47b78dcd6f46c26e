"""Annotations as JSON: what the editor sends, what is stored and what models return has these fields.

An annotation of a file that was not validated may lack any key.
"""

from collections.abc import Iterable
from copy import copy
from typing import Literal, NotRequired, TypedDict, TypeVar

AttributeValue = str | bool | float | list[str]
AttributeValues = dict[str, AttributeValue]


class SkeletonDefinition(TypedDict):
    """Keypoints by name, and which are joined by a line."""

    points: list[str]
    edges: list[list[int]]


class LabelDefinition(TypedDict):
    """A label of a project as it is stored; see `LabelIn`."""

    id: str
    name: str
    color: NotRequired[str]
    key: NotRequired[str]
    shape: NotRequired[str]
    skeleton: NotRequired[SkeletonDefinition | None]
    parent: NotRequired[str]


class AttributeDefinition(TypedDict):
    """An attribute of a project as it is stored; see `AttributeIn`."""

    id: str
    name: str
    type: Literal["choice", "choices", "flag", "number", "text"]
    options: list[str]
    labels: list[str]
    required: bool


class ClassAnnotation(TypedDict):
    """The chosen label's id."""

    label: NotRequired[str]
    attributes: NotRequired[AttributeValues]


class ClassSetAnnotation(TypedDict):
    """The chosen labels' ids, in the order of the schema."""

    labels: list[str]
    attributes: NotRequired[AttributeValues]


class NumberAnnotation(TypedDict):
    """The number, in the unit of the project's one label."""

    number: float


class LabeledPart(TypedDict):
    """A region, a span or a relation; `score` is of a model's output."""

    id: str
    label: str
    attributes: NotRequired[AttributeValues]
    score: NotRequired[float]


class RegionValue(LabeledPart):
    """What regions of all geometries have."""

    shape: str


class BoxValue(RegionValue):
    """Left upper corner and size in pixels before the turn; `angle` in degrees clockwise about the center."""

    x: float
    y: float
    w: float
    h: float
    angle: NotRequired[float]


class PointsValue(RegionValue):
    """Points `[x, y]` in pixels; keypoints have their visibility behind."""

    points: list[list[float]]


class MaskValue(RegionValue):
    """A box in whole pixels, and in it, row by row, the lengths of runs, background first."""

    x: int
    y: int
    w: int
    h: int
    rle: list[int]


# A span has `start` and `end`, a relation `from` and `to`: the ids of two spans.
SpanPart = TypedDict(
    "SpanPart",
    {
        "id": str,
        "label": str,
        "start": NotRequired[int],
        "end": NotRequired[int],
        "from": NotRequired[str],
        "to": NotRequired[str],
        "attributes": NotRequired[AttributeValues],
        "score": NotRequired[float],
    },
)
RegionsAnnotation = dict[str, list[RegionValue]]  # "regions"
SpansAnnotation = dict[str, list[SpanPart]]  # "spans" and "relations"
Part = TypeVar("Part", bound=LabeledPart)


def with_scores(parts: Iterable[Part]) -> list[Part]:
    """Parts of an annotation as a model outputs them that is sure of each.

    >>> with_scores([{"id": "a", "label": "cat"}])
    [{'id': 'a', 'label': 'cat', 'score': 1.0}]
    """
    scored = [copy(part) for part in parts]
    for part in scored:
        part["score"] = 1.0
    return scored


def score_of(part: LabeledPart) -> float:
    """The score of a model's output; 1 where people marked the part."""
    return part.get("score", 1.0)


def with_label(part: Part, label: str) -> Part:
    """The part with another label."""
    relabeled = copy(part)
    relabeled["label"] = label
    return relabeled


def without_scores(parts: Iterable[Part]) -> list[Part]:
    """Regions or spans as people give them: without their scores.

    >>> without_scores([{"id": "a", "label": "cat", "score": 0.5}])
    [{'id': 'a', 'label': 'cat'}]
    """
    unscored = [copy(part) for part in parts]
    for part in unscored:
        if "score" in part:
            del part["score"]
    return unscored
