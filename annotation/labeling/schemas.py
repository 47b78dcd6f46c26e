"""Tasks and answers on the wire."""

from datetime import datetime
from typing import Annotated, Any, Literal

from plateau.kernel.typed import Strict
from pydantic import BaseModel, Field, StringConstraints

from annotation.projects.schemas import Id


class LeaseIn(Strict):
    """How many to lease; with `resume`, those that the caller holds come first."""

    count: int = Field(default=1, ge=1, le=10)
    resume: bool = False


class RenewIn(Strict):
    """Which tasks to hold for longer."""

    tasks: list[Id] = Field(min_length=1, max_length=10)


class AnswerIn(Strict):
    """An answer; its shape depends on the project's kind."""

    value: dict[str, Any]
    active_ms: int = Field(default=0, ge=0, le=86_400_000, description="Time spent, without idle time")


class SkipIn(Strict):
    """Why a task is set aside."""

    reason: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]


class DraftIn(Strict):
    """Unfinished work; `revision` grows by one with each change."""

    value: dict[str, Any]
    revision: int = Field(ge=0, le=2**53)


class DraftOut(BaseModel):
    """False where a newer revision was there."""

    kept: bool


class ItemIn(BaseModel):
    """The item of a task; width and height in pixels, null where unknown."""

    id: int
    name: str
    meta: dict[str, Any]
    image: str
    width: int | None
    height: int | None


class DraftKept(BaseModel):
    """The caller's draft."""

    value: dict[str, Any]
    revision: int


class TaskOut(BaseModel):
    """A task."""

    id: int
    project_id: int
    state: Literal["open", "leased", "done", "skipped"]
    lease_until: datetime | None
    item: ItemIn
    draft: DraftKept | None
    answer: dict[str, Any] | None


class Tasks(BaseModel):
    """Leased tasks; empty where nothing is left."""

    tasks: list[TaskOut]


class AnswerOut(BaseModel):
    """What was taken; `repeated` where the same key came before; `next` with `?next=1`."""

    id: int
    task_id: int
    value: dict[str, Any]
    repeated: bool
    next: list[TaskOut]


class Number(BaseModel):
    """How many."""

    number: int


class MineOut(BaseModel):
    """The caller's answers: the last task ids, and how many in all."""

    tasks: list[int]
    answered: int


class ImportOut(BaseModel):
    """What came in. For files the work goes on in the upload's job."""

    added: int
    already_there: int
    batch_id: int | None = None
    job_id: int | None = None
