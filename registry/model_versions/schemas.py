"""What the routes of models take and give."""

from datetime import datetime
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, Field

from plateau.http.etags import Editable
from plateau.http.validation import RequestModel

VersionStateName = Literal["ready", "archived", "deleted", "all"]


class MetricSpecOut(BaseModel):
    """A metric: a `fraction` from 0 to 1, or in the unit of what is annotated (`max` null: no highest value)."""

    key: str
    title: str
    description: str
    unit: Literal["fraction", "annotation"]
    min: float
    max: float | None
    higher_is_better: bool
    annotation_types: list[str]


class MetricOut(BaseModel):
    """A metric on the held-out test set with its 95 % interval (null where none is known)."""

    value: float
    low: float | None = None
    high: float | None = None


class ClassOut(BaseModel):
    """One class of the held-out test set: how many items of it were `correct`, or the `value` of its own metric."""

    label: str
    items: int
    correct: int | None = None
    value: float | None = None
    low: float
    high: float


class ModelOut(BaseModel):
    """A registered model, with its newest version and where its aliases point."""

    id: int
    project_id: int
    project: str
    name: str
    description: str
    latest_version: int
    latest_version_id: int | None
    version_count: int
    aliases: dict[str, int]
    deployments: list[str]
    metrics: dict[str, MetricOut]
    created_at: datetime


class VersionOut(BaseModel):
    """A model version and where it comes from."""

    id: int
    project_id: int
    project: str
    name: str
    version: int
    state: str
    origin: str
    aliases: list[str]
    snapshot_id: int | None
    snapshot_version: int | None
    snapshot_hash: str
    erased_items: int
    train_items: int | None
    held_out_items: int | None
    recipe: str
    params: dict[str, Any]
    seed: int | None
    code_version: str
    mlflow_run_id: str
    flavors: list[str]
    size_bytes: int | None
    metrics: dict[str, MetricOut]
    created_by: str
    created_at: datetime


class EvaluationOut(BaseModel):
    """An evaluation on a snapshot's held-out test set; `predicted_by` says who ran the version."""

    id: int
    snapshot_id: int
    snapshot_version: int
    predicted_by: str
    items: int
    labels: list[str]
    names: list[str]
    confusion: list[list[int]]
    metrics: dict[str, MetricOut]
    per_class: list[ClassOut]
    created_at: datetime


class AliasChangeOut(BaseModel):
    """A change of an alias."""

    id: int
    alias: str
    version: int | None
    previous_version: int | None
    protected: bool
    contract_id: int | None
    reason: str
    is_rollback: bool
    changed_by: str
    changed_at: datetime


class UseOut(BaseModel):
    """Something that needs a version; `blocks` where it must be taken away before the version can go."""

    kind: str
    name: str
    blocks: bool


class VersionDetail(VersionOut, Editable):
    """A version with everything that its page shows; `model_id` is null where the model was deleted."""

    edited: ClassVar[tuple[str, ...]] = ("description",)

    model_id: int | None
    description: str
    problem: str
    signature: dict[str, str]
    output_kind: str
    browser_output_kind: str
    is_evaluable: bool
    protected_aliases: list[str]
    is_approved: bool
    evaluation: EvaluationOut | None
    alias_changes: list[AliasChangeOut]
    uses: list[UseOut]


class HeldOutPredictionOut(BaseModel):
    """What a version predicted for a held-out item."""

    item_id: int
    task_id: int | None
    name: str
    image: str
    true_label: str
    predicted_label: str
    confidence: float | None


class AnnotatorLabels(BaseModel):
    """How many labels of a model came from one person (or from what is no person: see `source`)."""

    user_id: int | None
    name: str
    source: str
    labels: int


class GuidelineLabels(BaseModel):
    """How many labels were given by one version of the guideline."""

    version: int
    labels: int


class LineageOut(BaseModel):
    """What a version learned from; not `is_known` where nobody said which snapshot made it."""

    is_known: bool
    labels: int = 0
    first_label_at: datetime | None = None
    last_label_at: datetime | None = None
    pre_annotation_shown: int = 0
    annotators: list[AnnotatorLabels] = []
    guidelines: list[GuidelineLabels] = []


class TrainingLabelOut(BaseModel):
    """One label version that a model learned from."""

    entry_id: int
    item_id: int
    item: str
    task_id: int
    annotation_id: int
    value: Any
    annotator: str
    source: str
    guideline_version: int
    annotated_at: datetime
    pre_annotation_shown: bool
    is_superseded: bool


class DerivedModelOut(BaseModel):
    """A version that learned from a label or an item, and where it runs."""

    id: int
    project_id: int
    name: str
    version: int
    snapshot_version: int
    aliases: list[str]
    deployments: list[str]


class DifferenceOut(BaseModel):
    """B minus A with its 95 % interval."""

    value: float
    low: float
    high: float


class MetricDifference(BaseModel):
    """A metric of both, and its paired difference."""

    metric: str
    a: MetricOut
    b: MetricOut
    difference: DifferenceOut


class ClassDifference(BaseModel):
    """The share of a class that each of two models got right, or the kind's own metric on it (null: not there)."""

    label: str
    name: str
    items: int
    a: float | None
    b: float | None
    difference: DifferenceOut


class PairCounts(BaseModel):
    """Of items with one label: which of both got how many right, and McNemar's mid-p value."""

    both_correct: int
    only_a_correct: int
    only_b_correct: int
    neither_correct: int
    p_value: float


class DisagreementOut(BaseModel):
    """A held-out item that two versions predict differently; `confidence` is that of B."""

    item_id: int
    task_id: int | None
    name: str
    image: str
    true_label: str
    predicted_label_a: str
    predicted_label_b: str
    confidence: float | None


class VersionComparisonOut(BaseModel):
    """Two versions on the held-out items that both predicted; the metric that their kind goes by comes first."""

    a: VersionOut
    b: VersionOut
    evaluation_a: EvaluationOut
    evaluation_b: EvaluationOut
    items: int
    metrics: list[MetricDifference]
    counts: PairCounts | None
    per_class: list[ClassDifference]
    disagreements: list[DisagreementOut]


class DescriptionIn(RequestModel):
    """A version's description, in Markdown."""

    description: str = Field(max_length=5000)


class AliasIn(RequestModel):
    """Where to point an alias; `reason` where a protected one is pointed at what no contract passed."""

    alias: str = Field(min_length=1, max_length=255, pattern=r"^[\w.-]+$")
    reason: str = Field(default="", max_length=500)


class ModelPolicyIn(RequestModel):
    """A project's rules for its models."""

    protected_aliases: list[str] = Field(max_length=50)
    quota_bytes: int = Field(ge=1024**2, le=2**50)


class ModelPolicyOut(Editable):
    """A project's rules for its models, and how much its artifacts weigh now."""

    edited: ClassVar[tuple[str, ...]] = ("protected_aliases", "quota_bytes")

    protected_aliases: list[str]
    quota_bytes: int
    used_bytes: int
