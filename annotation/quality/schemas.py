"""Quality on the wire."""

from datetime import date, datetime
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, Field, StringConstraints

from annotation.labeling.schemas import SkillOut, TaskOut
from annotation.projects.schemas import Id
from plateau.http.etags import Editable
from plateau.http.validation import Strict

Text = Annotated[str, StringConstraints(max_length=2000, pattern=r"^[^\x00]*$")]
Method = Literal["auto", "majority", "dawid_skene", "glad", "mace"]


class ReviewNextIn(Strict):
    """How many tasks to hold for review."""

    count: int = Field(default=1, ge=1, le=10)


class ReviewIn(Strict):
    """A verdict on an answer. `value` is the mended answer of `fixed`; a rejection needs its reason."""

    annotation_id: Id
    verdict: Literal["accepted", "fixed", "rejected"]
    value: dict[str, Any] | None = None
    reason: Annotated[str, StringConstraints(max_length=500, pattern=r"^[^\x00]*$")] = ""
    region: Annotated[str, StringConstraints(pattern=r"^[\w-]{0,40}$")] = ""
    back_to: Literal["same", "anyone"] = "same"
    active_ms: int = Field(default=0, ge=0, le=86_400_000)


class ReviewOut(BaseModel):
    """A verdict as it was taken."""

    id: int
    verdict: str
    round: int
    state: str = Field(description="Of the task, now")


class EarlierReview(BaseModel):
    """A verdict that may be seen."""

    verdict: str
    reason: str
    reviewer: str
    fix: dict[str, Any] | None
    at: datetime


class CaseOut(BaseModel):
    """A task to judge; `answers` are all people's, without names, where it has several."""

    task: TaskOut
    annotation_id: int
    source: str
    agreement: float | None
    answers: list[dict[str, Any]]
    round: int
    reviews: list[EarlierReview]


class Cases(BaseModel):
    """Tasks to judge; empty where none is left."""

    cases: list[CaseOut]


class GoldIn(Strict):
    """The right answer; where it is left out, the resolved one. `practice`: for newcomers, shown afterwards."""

    value: dict[str, Any] | None = None
    practice: bool = False


class GoldOut(BaseModel):
    """A gold item and what people made of it."""

    task_id: int
    name: str
    value: dict[str, Any]
    practice: bool
    given: int
    right: int


class SeatOut(Editable):
    """A person in a project."""

    edited: ClassVar[tuple[str, ...]] = ("assigned", "cap", "paused")

    user_id: int
    name: str
    email: str
    assigned: bool
    cap: int | None
    paused: bool
    paused_why: str
    answered: int
    active_ms: int
    ms_per_answer: float | None
    skill: SkillOut
    reviewed: int
    accepted: int
    accepted_low: float
    accepted_high: float


class SeatIn(Strict):
    """What may change of a person's place."""

    assigned: bool | None = None
    cap: int | None = Field(default=None, ge=0, le=100_000_000, description="0 takes the cap away")
    paused: bool | None = None


class EstimateOut(BaseModel):
    """A figure with its 95 % interval; null where it is not defined. `items` is what it rests on."""

    value: float | None
    low: float | None
    high: float | None
    items: int


class LabelAgreement(BaseModel):
    """How alike people use a label."""

    label: str
    likeness: EstimateOut


class PersonAgreement(BaseModel):
    """A person's likeness to all others on the same items."""

    user_id: int
    name: str
    likeness: EstimateOut


class PairAgreement(BaseModel):
    """Cohen's kappa of two people."""

    one: str
    other: str
    kappa: EstimateOut


class VersionAgreement(BaseModel):
    """Agreement under one version of the guidelines."""

    guideline_version: int
    likeness: EstimateOut


class Confusion(BaseModel):
    """Two labels that people mix up, with some of the tasks."""

    one: str
    other: str
    number: int
    tasks: list[int]


class AgreementOut(BaseModel):
    """Agreement on tasks with several answers: mean likeness, Krippendorff's alpha, Fleiss' kappa."""

    tasks: int
    limited: bool
    likeness: EstimateOut
    alpha: EstimateOut
    fleiss: EstimateOut | None
    pairs: list[PairAgreement]
    labels: list[LabelAgreement]
    people: list[PersonAgreement]
    guidelines: list[VersionAgreement]
    confusions: list[Confusion]
    least_alike: list[int]


class DayOut(BaseModel):
    """One day's work."""

    day: date
    answered: int
    finished: int
    reviewed: int
    active_ms: int


class FinishOut(BaseModel):
    """When nothing will be left: median, and the ends of the 80 % range."""

    low: date
    median: date
    high: date


class OverviewOut(BaseModel):
    """A project's state for its manager."""

    open: int
    review: int
    done: int
    skipped: int
    held: int
    days: list[DayOut]
    active_ms: int
    review_ms: int
    rework_ms: int
    reviews: int
    first_pass: EstimateOut
    rework: EstimateOut
    cost_per_accepted: float | None
    cost: float
    finish: FinishOut | None
    gold: int
    practice: int
    paused: list[str]


class ConsensusIn(Strict):
    """By which method; `auto` takes Dawid–Skene where people have enough answers each, else the majority."""

    method: Method = "auto"


class DoubtOut(BaseModel):
    """A label that looks wrong."""

    task_id: int
    name: str
    image: str
    value: dict[str, Any]
    reason: str
    suggested: str
    twin_id: int | None
    score: float


class EventOut(BaseModel):
    """One thing that happened to a task."""

    at: datetime
    who: str
    what: str
    value: dict[str, Any] | None = None
    text: str = ""
    schema_version: int | None = None
    guideline_version: int | None = None


class FoundOut(BaseModel):
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float


class ProposalsOut(BaseModel):
    """What models' proposals did to people's answers, against those that were kept back; null where too few answered.

    `time`: median seconds, shown over kept back. `pull`: share of answers equal to the proposal, shown minus kept back;
    `copied`: the same over the `wrong` proposals that review, consensus or gold showed to be wrong.
    """

    shown: int
    control: int
    time: FoundOut | None
    pull: FoundOut | None
    wrong: int
    copied: FoundOut | None
