"""Tasks and annotations as the API has them."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StringConstraints

from annotation.projects.schemas import Id
from plateau.http.validation import RequestModel


class LeaseIn(RequestModel):
    """How many tasks to lease; with `resume`, those that the caller holds come first."""

    count: int = Field(default=1, ge=1, le=10)
    resume: bool = False


class RenewIn(RequestModel):
    """Which tasks to hold for longer."""

    task_ids: list[Id] = Field(min_length=1, max_length=10)


class AnnotationIn(RequestModel):
    """An annotation; the form of `value` depends on the project's kind."""

    value: dict[str, Any]
    active_ms: int = Field(default=0, ge=0, le=86_400_000, description="Time spent, without idle time")
    pre_annotation_shown: bool = Field(default=False, description="A model's pre-annotation was seen first")
    parent_annotation_id: int | None = Field(
        default=None,
        ge=0,
        le=2**63 - 1,
        description="The caller's annotation that this one was made from (0: none); 409 where there is a newer one",
    )


class SkipIn(RequestModel):
    """Why a task is skipped."""

    reason: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]


class DraftIn(RequestModel):
    """Unfinished work; `revision` grows by one with each change."""

    value: dict[str, Any]
    revision: int = Field(ge=0, le=2**53)


class DraftSaved(BaseModel):
    """Whether the draft was saved: not where a newer revision was there."""

    is_saved: bool


class TaskItem(BaseModel):
    """The item of a task; width and height in pixels, null where unknown."""

    id: int
    name: str
    meta: dict[str, Any]
    image: str
    text: str
    width: int | None
    height: int | None


class DraftOut(BaseModel):
    """The caller's draft."""

    value: dict[str, Any]
    revision: int


class PreAnnotationOut(BaseModel):
    """A model's prediction to start from; `score` is the model's confidence, 0 to 1."""

    value: dict[str, Any]
    score: float | None
    model: str


class TaskOut(BaseModel):
    """A task as the person who labels it sees it."""

    id: int
    project_id: int
    item: TaskItem
    draft: DraftOut | None
    annotation: dict[str, Any] | None = Field(description="The value of the caller's own annotation")
    annotation_id: int = Field(description="Of the caller's own annotation; 0 where there is none")
    pre_annotation: PreAnnotationOut | None
    unresolved_comments: int


BlockedReason = Literal["", "paused", "limit_reached", "not_assigned"]


class LeasedTasks(BaseModel):
    """Leased tasks; empty where nothing is left, or where `blocked_reason` says why the caller gets none."""

    tasks: list[TaskOut]
    blocked_reason: BlockedReason = ""


class AnnotationOut(BaseModel):
    """An annotation as it was saved, and the tasks that were leased with `?next=1`."""

    id: int
    task_id: int
    value: dict[str, Any]
    is_replayed: bool = Field(description="The same idempotency key came before; nothing was saved again")
    next_tasks: list[TaskOut]
    blocked_reason: BlockedReason = ""
    feedback: dict[str, Any] | None = Field(description="The trusted value, after a qualification task")


class AffectedCount(BaseModel):
    """How many rows an action changed."""

    count: int


class GoldAccuracyOut(BaseModel):
    """Gold tasks that a person got right, with a confidence sequence: valid however often it is looked at."""

    correct_count: int
    count: int
    low: float
    high: float


class OwnMembershipOut(BaseModel):
    """The caller's work in a project."""

    recent_task_ids: list[int] = Field(description="The last 50 tasks that the caller annotated, newest first")
    annotation_count: int
    annotation_count_today: int
    active_ms: int
    active_ms_today: int
    gold_accuracy: GoldAccuracyOut
    pause_reason: str = Field(description="Why nothing is dispatched to the caller; empty where something is")
    leased_by_others_count: int = Field(description="Tasks that others are annotating at the moment")
    is_importing: bool = Field(description="Data is on its way into the project: more tasks will come")


class TaskImportOut(BaseModel):
    """What was imported. For files the work goes on in the upload's job."""

    created_count: int
    existing_count: int
    batch_id: int | None = None
    job_id: int | None = None


class QueueOrderOut(BaseModel):
    """The order of a queue, and the job that computes it where it takes a model."""

    order: str
    job_id: int | None
