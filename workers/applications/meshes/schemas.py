"""Mesh collections and reconstructed meshes on the wire."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field, StringConstraints

from plateau.http.validation import RequestModel
from plateau.jobs.api import JobOut


class MeshCollectionIn(RequestModel):
    """A new collection."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=r"^[^\x00]*$")]


class MeshTrainingIn(RequestModel):
    """Optimizer steps of a training."""

    steps: int = Field(default=400, ge=10, le=100_000)


class MeshCollectionOut(BaseModel):
    """A collection, its meshes, and whether it has a network."""

    id: int
    name: str
    mesh_count: int
    rendered_count: int
    is_trained: bool
    created_at: datetime


class RenderErrorOut(BaseModel):
    """A mesh that could not be rendered."""

    name: str
    error: str


class MeshResultOut(BaseModel):
    """A mesh that is reconstructed from an image by a job."""

    id: int
    created_at: datetime
    job: JobOut


class MeshCollectionDetailOut(MeshCollectionOut):
    """With the job that is under way, the report on the network, meshes that failed to render, and newest results."""

    job: JobOut | None
    report: dict[str, Any] | None
    render_errors: list[RenderErrorOut]
    results: list[MeshResultOut]


class MeshResultDetailOut(MeshResultOut):
    """A mesh: (v, 3) vertices and (f, 3) faces, empty until its job is done."""

    collection_id: int
    vertices: list[list[float]]
    faces: list[list[int]]
