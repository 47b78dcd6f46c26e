"""Experiments and runs on the wire."""

from datetime import datetime
from typing import ClassVar, Literal

from pydantic import BaseModel, Field

from plateau.http.etags import Editable
from plateau.http.validation import RequestModel

RunStatus = Literal["RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"]


class ExperimentOut(BaseModel):
    """An experiment of MLflow's; its runs belong to one project."""

    id: int
    name: str
    project_id: int
    project: str
    run_count: int
    last_run_at: datetime | None


class TrackedRunOut(BaseModel):
    """A run that was logged to MLflow, with the newest value of each metric but figures of the machine."""

    id: str
    name: str
    status: RunStatus
    experiment_id: int
    experiment: str
    project_id: int
    project: str
    user: str
    started_at: datetime | None
    ended_at: datetime | None
    training_run_id: int | None = Field(description="The training that logged it; null for runs of other code")
    metrics: dict[str, float | None] = Field(description="Null: not a number")
    params: dict[str, str]


class NoteOut(Editable):
    """A run's note, in Markdown; MLflow keeps it in the tag `mlflow.note.content`."""

    edited: ClassVar[tuple[str, ...]] = ("text",)

    text: str


class RunVersionOut(BaseModel):
    """A model version that came of a run."""

    id: int
    name: str
    version: int


class TrackedRunDetail(TrackedRunOut):
    """A run with its tags, its note, and the model versions that came of it."""

    tags: dict[str, str]
    note: NoteOut
    versions: list[RunVersionOut]


class CurveOut(BaseModel):
    """The values of a metric, by step; at most some hundred of them, evenly drawn."""

    name: str
    steps: list[int]
    values: list[float | None]
    times: list[int] = Field(description="Milliseconds since 1970")


class CurvesOut(BaseModel):
    """The metrics of a run."""

    curves: list[CurveOut]
    point_limit: int = Field(description="Of a longer curve, about so many points are drawn")


class ArtifactOut(BaseModel):
    """A file or a folder that a run logged."""

    path: str
    name: str
    is_folder: bool
    size_bytes: int | None


class ArtifactsOut(BaseModel):
    """What lies in one folder of a run."""

    path: str
    entries: list[ArtifactOut]
    has_more: bool = Field(description="There are more than are listed")


class NoteIn(RequestModel):
    """A run's note, in Markdown."""

    text: str = Field(max_length=5000)
