"""What every kind of labeling gives: its schema, its check of an answer, its summary of one."""

from typing import Annotated, Any, Protocol

from plateau.kernel.typed import Strict
from pydantic import Field, StringConstraints, model_validator

LabelId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]


class LabelIn(Strict):
    """A label: a stable id, and what people see, which may change."""

    id: LabelId
    name: Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^[^\x00]*$")]
    color: Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")]
    key: Annotated[str, StringConstraints(pattern=r"^[0-9a-z]?$")] = ""


class SchemaIn(Strict):
    """The labels of a project."""

    labels: list[LabelIn] = Field(min_length=1, max_length=500)

    @model_validator(mode="after")
    def _nothing_twice(self) -> "SchemaIn":
        for what in ("id", "name", "key"):
            seen: set[str] = set()
            for label in self.labels:
                value = getattr(label, what)
                if value and value in seen:
                    raise ValueError(f"two labels have the {what} {value!r}")
                seen.add(value)
        return self

    def ids(self) -> frozenset[str]:
        """Every label id."""
        return frozenset(label.id for label in self.labels)


class Kind(Protocol):
    """One kind of labeling. `label_path` is where label ids lie in an answer (SQL/JSON path)."""

    key: str
    label_path: str

    def check(self, value: Any, *, labels: frozenset[str], width: int | None, height: int | None) -> dict[str, Any]:
        """The answer in its one canonical form.

        Raises:
            Invalid: it is not an answer of this kind, uses an unknown label, or leaves the picture.
        """
        ...

    def strata(self, value: dict[str, Any]) -> str:
        """The class by which subsets are kept balanced; empty where there is none."""
        ...
