"""Collections and meshes on the wire."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field, StringConstraints

from plateau.http.validation import Strict
from plateau.jobs.api import JobOut


class CollectionIn(Strict):
    """A new collection."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=r"^[^\x00]*$")]


class TrainIn(Strict):
    """How long to train."""

    steps: int = Field(default=400, ge=10, le=100_000)


class CollectionOut(BaseModel):
    """A collection, how many models it has, and whether a network answers."""

    id: int
    name: str
    things: int
    rendered: int
    trained: bool
    created_at: datetime


class Unrendered(BaseModel):
    """A model that could not be rendered."""

    name: str
    problem: str


class MadeOut(BaseModel):
    """A mesh that was made, or is being made."""

    id: int
    created_at: datetime
    job: JobOut


class CollectionDetail(CollectionOut):
    """With what is under way, how the network did, what could not be rendered, and the newest meshes."""

    job: JobOut | None
    report: dict[str, Any] | None
    problems: list[Unrendered]
    made: list[MadeOut]


class MeshOut(MadeOut):
    """A mesh: (v, 3) vertices and (f, 3) faces, empty until it is done."""

    collection_id: int
    vertices: list[list[float]]
    faces: list[list[int]]
