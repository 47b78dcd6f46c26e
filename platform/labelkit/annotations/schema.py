"""Labels and attributes as they come in."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from labelkit.messages import Message
from labelkit.validation import FromList, StrictModel

Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
Name = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^[^\x00]*$")]
MAX_LEVELS = 5  # of labels under each other
ShapeName = Literal["", "box", "polygon", "polyline", "skeleton", "mask", "span", "relation"]


class SkeletonIn(StrictModel):
    """Keypoints by name, and which are joined by a line."""

    points: list[Name] = Field(min_length=1, max_length=500)
    edges: list[FromList[tuple[int, int]]] = Field(default_factory=list, max_length=2000)

    @model_validator(mode="after")
    def _edges_join_points(self) -> "SkeletonIn":
        for a, b in self.edges:
            if not (0 <= a < len(self.points) and 0 <= b < len(self.points)):
                raise ValueError(Message("the edge {a}–{b} refers to a missing keypoint", a=a, b=b))
        return self


class LabelIn(StrictModel):
    """A label: a stable id, and what people see, which may change.

    `shape` binds it to one shape; `parent` is the id of the label that it stands under where labels are shown.
    """

    id: Key
    name: Name
    color: Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")]
    key: Annotated[str, StringConstraints(pattern=r"^[0-9a-z]?$")] = ""
    shape: ShapeName = ""
    skeleton: SkeletonIn | None = None
    parent: Annotated[str, StringConstraints(pattern=r"^([a-z0-9][a-z0-9_-]{0,39})?$")] = ""


class AttributeIn(StrictModel):
    """An attribute of regions, spans or items; `labels` are those that it is for, empty for all."""

    id: Key
    name: Name
    type: Literal["choice", "choices", "flag", "number", "text"]
    options: list[Name] = Field(default_factory=list, max_length=200)
    labels: list[Key] = Field(default_factory=list, max_length=500)
    required: bool = False

    @model_validator(mode="after")
    def _choices_have_options(self) -> "AttributeIn":
        if self.type in ("choice", "choices") and not self.options:
            raise ValueError("a choice attribute needs options")
        return self


class SchemaIn(StrictModel):
    """The labels of a project, and their attributes."""

    labels: list[LabelIn] = Field(min_length=1, max_length=500)
    attributes: list[AttributeIn] = Field(default_factory=list, max_length=50)

    @model_validator(mode="after")
    def _nothing_twice(self) -> "SchemaIn":
        for what in ("id", "name", "key"):
            values: set[str] = set()
            for label in self.labels:
                value = getattr(label, what)
                if value and value in values:
                    raise ValueError(Message("two labels have the {what} “{text}”", what=what, text=value))
                values.add(value)
        self._check_parents()
        if len({attribute.id for attribute in self.attributes}) < len(self.attributes):
            raise ValueError("two attributes have the same id")
        for attribute in self.attributes:
            if unknown := sorted(set(attribute.labels) - self.ids()):
                raise ValueError(
                    Message(
                        "the attribute “{id}” refers to the unknown label “{unknown}”",
                        id=attribute.id,
                        unknown=unknown[0],
                    )
                )
        return self

    def _check_parents(self) -> None:
        parents = {label.id: label.parent for label in self.labels}
        for label in self.labels:
            above, level = label.parent, 1
            while above:
                if above not in parents:
                    raise ValueError(
                        Message(
                            "the parent “{parent}” of the label “{label}” does not exist", parent=above, label=label.id
                        )
                    )
                level += 1
                if level > MAX_LEVELS:
                    raise ValueError(
                        Message(
                            "the label “{label}” has more than {levels} labels above it, or contains itself",
                            label=label.id,
                            levels=MAX_LEVELS - 1,
                        )
                    )
                above = parents[above]

    def ids(self) -> frozenset[str]:
        """Every label id."""
        return frozenset(label.id for label in self.labels)
