"""Tasks and answers on the wire."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StringConstraints

from annotation.projects.schemas import Id
from plateau.http.validation import Strict


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
    prelabel_shown: bool = Field(default=False, description="A model's proposal was seen first")
    sees: int | None = Field(
        default=None, ge=0, le=2**63 - 1, description="My answer that this one was made from (0: none); else 409"
    )


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
    text: str
    width: int | None
    height: int | None


class DraftKept(BaseModel):
    """The caller's draft."""

    value: dict[str, Any]
    revision: int


class PrelabelOut(BaseModel):
    """A model's proposal."""

    value: dict[str, Any]
    score: float | None
    model: str


class TaskOut(BaseModel):
    """A task."""

    id: int
    project_id: int
    item: ItemIn
    draft: DraftKept | None
    answer: dict[str, Any] | None = Field(description="The caller's own answer")
    answer_id: int
    prelabel: PrelabelOut | None
    comments: int = Field(description="Remarks that are not settled")


Halt = Literal["", "paused", "cap", "not_assigned"]


class Tasks(BaseModel):
    """Leased tasks; empty where nothing is left, or where `halt` says why the caller gets none."""

    tasks: list[TaskOut]
    halt: Halt = ""


class AnswerOut(BaseModel):
    """What was taken; `repeated` where the same key came before; `next` with `?next=1`."""

    id: int
    task_id: int
    value: dict[str, Any]
    repeated: bool
    next: list[TaskOut]
    halt: Halt = ""
    lesson: dict[str, Any] | None = Field(description="The right answer, after a practice item")


class Number(BaseModel):
    """How many."""

    number: int


class SkillOut(BaseModel):
    """Gold items that a person got right, and the interval of the share, valid whenever it is looked at."""

    right: int
    given: int
    low: float
    high: float


class MineOut(BaseModel):
    """The caller in a project: the last task ids, how many answers in all and today, active time, quality."""

    tasks: list[int]
    answered: int
    today: int
    active_ms: int
    active_today_ms: int
    skill: SkillOut
    paused: str = Field(description="Why nothing is handed out; empty where it is")


class ImportOut(BaseModel):
    """What came in. For files the work goes on in the upload's job."""

    added: int
    already_there: int
    batch_id: int | None = None
    job_id: int | None = None


class OrderOut(BaseModel):
    """The order of a queue, and the job that makes it where it takes a model."""

    order: str
    job_id: int | None
