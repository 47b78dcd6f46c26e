"""What the routes of models take and give."""

from datetime import datetime
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, Field

from plateau.http.etags import Editable
from plateau.http.validation import Strict

StateName = Literal["ready", "archived", "deleted", "all"]


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
    """A metric on the sealed split with its 95 % interval (null where none is known)."""

    value: float
    low: float | None = None
    high: float | None = None


class ClassOut(BaseModel):
    """One class on the sealed split: how many items of it were `right`, or the `value` of the kind's own metric."""

    label: str
    items: int
    right: int | None = None
    value: float | None = None
    low: float
    high: float


class ModelOut(BaseModel):
    """A registered model, with its newest version and where its aliases point."""

    id: int
    project_id: int
    project: str
    name: str
    note: str
    newest: int
    newest_id: int | None
    versions: int
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
    erased: int
    trained_on: int | None
    judged_on: int | None
    recipe: str
    params: dict[str, Any]
    seed: int | None
    code_version: str
    mlflow_run_id: str
    flavors: list[str]
    size: int | None
    metrics: dict[str, MetricOut]
    created_by: str
    created_at: datetime


class EvaluationOut(BaseModel):
    """What a version answered on a snapshot's sealed split; `answered_by` says who ran it."""

    id: int
    snapshot_id: int
    snapshot_version: int
    answered_by: str
    items: int
    labels: list[str]
    names: list[str]
    confusion: list[list[int]]
    metrics: dict[str, MetricOut]
    per_class: list[ClassOut]
    created_at: datetime


class MoveOut(BaseModel):
    """An alias was pointed at a version or away from it."""

    id: int
    alias: str
    version: int | None
    before: int | None
    protected: bool
    contract_id: int | None
    reason: str
    rollback: bool
    by: str
    at: datetime


class UseOut(BaseModel):
    """Something that needs a version; `blocks` where it must be taken away before the version can go."""

    kind: str
    name: str
    blocks: bool


class VersionDetail(VersionOut, Editable):
    """A version with everything that its page shows."""

    edited: ClassVar[tuple[str, ...]] = ("note",)

    note: str
    problem: str
    signature: dict[str, str]
    graph: str
    in_browser: str
    judgeable: bool
    protected: list[str]
    approved: bool
    evaluation: EvaluationOut | None
    moves: list[MoveOut]
    uses: list[UseOut]


class MistakeOut(BaseModel):
    """A sealed item that a version got wrong."""

    item_id: int
    task_id: int | None
    name: str
    image: str
    truth: str
    answered: str
    confidence: float | None


class PersonShare(BaseModel):
    """How many labels of a model came from one person (or from what is no person: see `source`)."""

    user_id: int | None
    name: str
    source: str
    labels: int


class GuidelineShare(BaseModel):
    """How many labels were given by one version of the guideline."""

    version: int
    labels: int


class LineageOut(BaseModel):
    """What a version learned from; not `known` where nobody said which snapshot made it."""

    known: bool
    labels: int = 0
    first: datetime | None = None
    last: datetime | None = None
    pre_annotation_shown: int = 0
    people: list[PersonShare] = []
    guidelines: list[GuidelineShare] = []


class LabelOfModel(BaseModel):
    """One label version that a model learned from."""

    entry_id: int
    item_id: int
    item: str
    task_id: int
    annotation_id: int
    value: Any
    person: str
    source: str
    guideline_version: int
    annotated_at: datetime
    pre_annotation_shown: bool
    superseded: bool


class AteIt(BaseModel):
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

    both: int
    only_a: int
    only_b: int
    neither: int
    p: float


class Comparison(BaseModel):
    """Two versions on the sealed items that both answered; the metric that their kind goes by comes first."""

    a: VersionOut
    b: VersionOut
    evaluation_a: EvaluationOut
    evaluation_b: EvaluationOut
    items: int
    metrics: list[MetricDifference]
    counts: PairCounts | None
    per_class: list[ClassDifference]
    rows: list[MistakeOut]


class NoteIn(Strict):
    """A version's card, in Markdown."""

    note: str = Field(max_length=5000)


class AliasIn(Strict):
    """Where to point an alias; `reason` where a protected one is pointed at what no contract passed."""

    alias: str = Field(min_length=1, max_length=255, pattern=r"^[\w.-]+$")
    reason: str = Field(default="", max_length=500)


class RollbackIn(Strict):
    """Which alias to point back."""

    project_id: int = Field(ge=1, le=2**63 - 1)
    name: str = Field(min_length=1, max_length=256)
    alias: str = Field(min_length=1, max_length=255)


class PolicyIn(Strict):
    """A project's rules for its models."""

    protected: list[str] = Field(max_length=50)
    quota_bytes: int = Field(ge=1024**2, le=2**50)


class PolicyOut(Editable):
    """A project's rules for its models, and how much its artifacts weigh now."""

    edited: ClassVar[tuple[str, ...]] = ("protected", "quota_bytes")

    protected: list[str]
    quota_bytes: int
    used_bytes: int
