"""Reviews, gold tasks and quality reports as the API has them."""

from datetime import date, datetime
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, Field, StringConstraints

from annotation.labeling.schemas import GoldAccuracyOut, TaskOut
from annotation.projects.schemas import Id
from plateau.http.etags import Editable
from plateau.http.query import QueryModel
from plateau.http.validation import RequestModel

ConsensusMethod = Literal["auto", "majority", "dawid_skene", "glad", "mace"]


class ReviewLeaseIn(RequestModel):
    """How many tasks to lease for review."""

    count: int = Field(default=1, ge=1, le=10)


class ReviewIn(RequestModel):
    """A verdict on an annotation. `corrected` needs the corrected `value`, `rejected` its reason."""

    annotation_id: Id
    verdict: Literal["accepted", "corrected", "rejected"]
    value: dict[str, Any] | None = None
    reason: Annotated[str, StringConstraints(max_length=500, pattern=r"^[^\x00]*$")] = ""
    region: Annotated[str, StringConstraints(pattern=r"^[\w-]{0,40}$")] = ""
    reassign_to: Literal["author", "anyone"] = Field(default="author", description="Of a rejected task")
    active_ms: int = Field(default=0, ge=0, le=86_400_000)


class ReviewOut(BaseModel):
    """A verdict as it was saved."""

    id: int
    verdict: str
    round: int
    task_state: str = Field(description="After the review")


class EarlierReview(BaseModel):
    """An earlier verdict; of a blind second round, not the first one."""

    verdict: str
    reason: str
    reviewer: str
    correction: dict[str, Any] | None
    created_at: datetime


class ReviewTaskOut(BaseModel):
    """A task to review; `annotations` are the values of all people, without names, where it has several."""

    task: TaskOut
    annotation_id: int
    source: str
    agreement: float | None
    annotations: list[dict[str, Any]]
    round: int
    reviews: list[EarlierReview]


class ReviewTasks(BaseModel):
    """Leased tasks to review; empty where none is left."""

    tasks: list[ReviewTaskOut]
    waiting: int = Field(description="Tasks that wait for the caller, with these; 1000 where there are more")


class GoldTaskIn(RequestModel):
    """The trusted value, by default the resolved label; qualification tasks show it to newcomers afterwards."""

    value: dict[str, Any] | None = None
    is_qualification: bool = False


class GoldTaskOut(BaseModel):
    """A gold task and people's results."""

    task_id: int
    name: str
    value: dict[str, Any]
    is_qualification: bool
    annotation_count: int
    correct_count: int


class ProjectMemberOut(Editable):
    """A person's work in a project; `acceptance_low` and `_high` bound the acceptance rate (95 %)."""

    edited: ClassVar[tuple[str, ...]] = ("is_assigned", "max_annotations", "is_paused")

    user_id: int
    name: str
    email: str
    is_assigned: bool
    max_annotations: int | None
    is_paused: bool
    pause_reason: str
    annotation_count: int
    active_ms: int
    ms_per_annotation: float | None
    gold_accuracy: GoldAccuracyOut
    review_count: int
    accepted_count: int
    acceptance_low: float
    acceptance_high: float


class ProjectMemberChange(RequestModel):
    """Changes of a person's membership."""

    is_assigned: bool | None = None
    max_annotations: int | None = Field(default=None, ge=0, le=100_000_000, description="0 removes the limit")
    is_paused: bool | None = None


class QualityEstimateOut(BaseModel):
    """A figure with its 95 % interval over `items`; null where it is not defined."""

    value: float | None
    low: float | None
    high: float | None
    items: int


class LabelAgreement(BaseModel):
    """Similarity of what people label with a label."""

    label: str
    similarity: QualityEstimateOut


class PersonAgreement(BaseModel):
    """Similarity of a person's annotations to all others of the same tasks."""

    user_id: int
    name: str
    similarity: QualityEstimateOut


class PairAgreement(BaseModel):
    """Cohen's kappa of two people."""

    first_name: str
    second_name: str
    kappa: QualityEstimateOut


class VersionAgreement(BaseModel):
    """Agreement under one version of the guidelines."""

    guideline_version: int
    similarity: QualityEstimateOut


class LabelConfusion(BaseModel):
    """Two labels that people confuse, with some of the tasks."""

    first_label: str
    second_label: str
    count: int
    task_ids: list[int]


class AgreementOut(BaseModel):
    """Agreement on tasks with several annotations: mean similarity, Krippendorff's alpha, Fleiss' kappa."""

    task_count: int
    is_limited: bool = Field(description="Older tasks were left out")
    similarity: QualityEstimateOut
    krippendorff_alpha: QualityEstimateOut
    fleiss_kappa: QualityEstimateOut | None
    pairs: list[PairAgreement]
    labels: list[LabelAgreement]
    people: list[PersonAgreement]
    guidelines: list[VersionAgreement]
    confusions: list[LabelConfusion]
    least_similar_task_ids: list[int]


class DayOut(BaseModel):
    """One day's work."""

    day: date
    annotation_count: int
    completed_count: int
    review_count: int
    active_ms: int


class CompletionForecastOut(BaseModel):
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
    leased: int
    days: list[DayOut]
    active_ms: int
    review_ms: int
    rework_ms: int
    review_count: int
    first_pass_rate: QualityEstimateOut
    rework_rate: QualityEstimateOut
    cost_per_accepted: float | None
    cost: float
    completion: CompletionForecastOut | None
    gold_tasks: int
    qualification_tasks: int
    paused_members: list[str]


class ConsensusIn(RequestModel):
    """By which method; `auto` takes Dawid–Skene where people have enough annotations each, else the majority."""

    method: ConsensusMethod = "auto"


class LabelIssueOut(BaseModel):
    """A label that is probably wrong; `score` as `LabelIssue.score`."""

    task_id: int
    name: str
    image: str
    value: dict[str, Any]
    reason: str
    suggested_label: str
    duplicate_task_id: int | None
    score: float


AnnotationReference = Annotated[
    str,
    StringConstraints(pattern=r"^(prediction|[1-9][0-9]{0,17})$"),
    Field(description="The id of an annotation of the task, or `prediction`: what the model said"),
]


class DifferenceQuery(QueryModel):
    """Which two annotations of a task are compared."""

    first: AnnotationReference
    second: AnnotationReference


class PartDifferenceOut(BaseModel):
    """The item, or one region, span or relation, in two annotations."""

    part: str
    state: Literal["same", "changed", "only_first", "only_second"]
    changes: list[Literal["label", "geometry", "attributes", "value"]]
    similarity: float | None = Field(description="Of the geometry, 0 to 1; null where one has none")
    first: dict[str, Any] | None = Field(description="As it is drawn small: few points, coarse masks")
    second: dict[str, Any] | None


class AnnotationDifferenceOut(BaseModel):
    """Two annotations of a task set against each other; `parts` begins with what differs, 500 at most."""

    similarity: float = Field(description="As agreement is measured, 0 to 1")
    same_count: int
    changed_count: int
    only_first_count: int
    only_second_count: int
    parts: list[PartDifferenceOut]


class TaskEventOut(BaseModel):
    """An event of a task; `type` is `annotation:<source>`, `review:<verdict>`, `skip` or `comment`."""

    created_at: datetime
    actor: str
    type: str
    value: dict[str, Any] | None = None
    text: str = ""
    annotation_id: int | None = Field(default=None, description="Of the annotation that this event is")
    schema_version: int | None = None
    guideline_version: int | None = None


class ReturnedTaskOut(BaseModel):
    """A task that a reviewer sent back to the caller, who has not annotated it again yet."""

    task_id: int
    name: str
    project_id: int
    project: str
    reviewer: str
    reason: str
    created_at: datetime


class EffectIntervalOut(BaseModel):
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float


class PreAnnotationEffectOut(BaseModel):
    """Effect of pre-annotations on people, against those that were hidden; null where a group has too few.

    `time_ratio`: median seconds, shown over hidden. `agreement_difference`: fraction of annotations equal to the
    pre-annotation, shown minus hidden; `copied_error_difference`: the same over the pre-annotations that review,
    consensus or gold showed to be wrong (`wrong_count`).
    """

    shown_count: int
    hidden_count: int
    wrong_count: int
    time_ratio: EffectIntervalOut | None
    agreement_difference: EffectIntervalOut | None
    copied_error_difference: EffectIntervalOut | None
