"""Projects on the wire."""

from datetime import datetime
from typing import Annotated, Literal

from plateau.kernel.typed import Strict
from pydantic import BaseModel, Field, StringConstraints

from annotation.projects.kinds import SchemaIn

Title = Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=r"^[^\x00]*$")]
Markdown = Annotated[str, StringConstraints(max_length=100_000, pattern=r"^[^\x00]*$")]
KindName = Literal["classification", "boxes"]
Id = Annotated[int, Field(ge=1, le=2**63 - 1)]


class ProjectIn(SchemaIn):
    """A new project."""

    name: Title
    kind: KindName
    dataset_id: Id
    guideline: Markdown = ""
    note: Annotated[str, StringConstraints(max_length=2000, pattern=r"^[^\x00]*$")] = ""
    target: float = Field(default=0.9, gt=0, lt=1, description="The accuracy that is wanted, as a share")


class ProjectChange(Strict):
    """What may change of a project."""

    name: Title | None = None
    target: float | None = Field(default=None, gt=0, lt=1)
    guideline: Markdown | None = None
    archived: bool | None = None


class LabelOut(BaseModel):
    """A label."""

    id: str
    name: str
    color: str
    key: str


class Counts(BaseModel):
    """Tasks by state."""

    open: int
    leased: int
    done: int
    skipped: int


class ProjectOut(BaseModel):
    """A project in a list."""

    id: int
    name: str
    kind: KindName
    note: str
    dataset_id: int
    target: float
    archived: bool
    created_at: datetime
    tasks: Counts


class ProjectDetail(ProjectOut):
    """A project with its labels and rules."""

    labels: list[LabelOut]
    schema_version: int
    guideline: str
    guideline_version: int
    workspace: str
