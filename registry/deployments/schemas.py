"""Request and response bodies of deployments and batch predictions."""

from datetime import datetime
from typing import ClassVar

from pydantic import BaseModel, Field

from plateau.http.etags import Editable
from plateau.http.validation import RequestModel
from plateau.jobs.api import JobOut

NAME = r"^[a-z0-9][a-z0-9-]*$"


class DeploymentIn(RequestModel):
    """A version to serve and the name to serve it under. With `alias`, whatever that points at from now on."""

    name: str = Field(min_length=2, max_length=60, pattern=NAME)
    version_id: int = Field(ge=1, le=2**63 - 1)
    alias: str = Field(default="", max_length=255)
    confidence_threshold: float | None = Field(default=None, ge=0, le=1)
    sample_fraction: float = Field(default=0.0, ge=0, le=1)


class DeploymentChange(RequestModel):
    """What to change; what is left out stays. `shadow_version_id` 0 ends the shadow, `confidence_threshold` −1 the
    threshold."""

    version_id: int | None = Field(default=None, ge=1, le=2**63 - 1)
    alias: str | None = Field(default=None, min_length=1, max_length=255)
    shadow_version_id: int | None = Field(default=None, ge=0, le=2**63 - 1)
    confidence_threshold: float | None = Field(default=None, ge=-1, le=1)
    sample_fraction: float | None = Field(default=None, ge=0, le=1)
    is_running: bool | None = None


class ReplicaOut(BaseModel):
    """A serving process."""

    process: str
    version: int | None
    error: str
    heartbeat_at: datetime


class DeploymentOut(Editable):
    """A deployment: the version it should serve, and whether it does (`state`: starting, loading, serving, failing,
    stopped, unavailable)."""

    edited: ClassVar[tuple[str, ...]] = (
        "alias",
        "version_id",
        "shadow_version_id",
        "confidence_threshold",
        "sample_fraction",
        "is_running",
    )

    id: int
    project_id: int
    project_name: str
    name: str
    model_name: str
    alias: str
    version_id: int | None
    version: int | None
    shadow_version_id: int | None
    shadow_version_name: str
    confidence_threshold: float | None
    sample_fraction: float
    is_running: bool
    state: str
    error: str
    replicas: list[ReplicaOut]
    prediction_count_24h: int
    created_at: datetime
    deleted_at: datetime | None
    purged_at: datetime | None = Field(description="When a deleted one goes for good")


class DeploymentStatsOut(BaseModel):
    """Requests of one hour that one version handled; `mean_latency_ms` is null where nothing was predicted."""

    hour: datetime
    version: int
    prediction_count: int
    rejected_count: int
    failed_count: int
    mean_latency_ms: float | None


class DriftOut(BaseModel):
    """A histogram of the last seven days against that of the test set; `critical_distance` is what chance alone
    makes of the distance 95 % of the time."""

    feature: str
    observed: list[int]
    reference: list[int]
    distance: float
    critical_distance: float
    is_drifted: bool


class ShadowComparisonOut(BaseModel):
    """How often the shadow version predicted the same label, with the 95 % interval of that share."""

    version: int
    prediction_count: int
    agreement_count: int
    low: float
    high: float


class FeedbackOut(BaseModel):
    """How many images went back to people, and how often the model was right on those that people annotated."""

    pending_count: int
    imported_count: int
    failed_count: int
    annotated_count: int
    correct_count: int
    low: float
    high: float


class DeploymentDetail(DeploymentOut):
    """A deployment with its traffic, drift, shadow and feedback of the last seven days."""

    hourly_stats: list[DeploymentStatsOut]
    drift: list[DriftOut]
    shadow_comparison: ShadowComparisonOut | None
    feedback: FeedbackOut
    label_counts: dict[str, int]


class LabelProbability(BaseModel):
    """A label and its probability."""

    label: str
    probability: float


class PredictedRegion(BaseModel):
    """A region in pixels of the upright image: a box, keypoints (x, y, 2), or a mask as runs, background first."""

    id: str
    label: str
    shape: str
    score: float
    x: float | None = None
    y: float | None = None
    w: float | None = None
    h: float | None = None
    points: list[tuple[float, float, int]] | None = None
    rle: list[int] | None = None


class PredictionOut(BaseModel):
    """A prediction. `top_labels` for classes, `regions` for other kinds; `label` and `confidence` are then those of
    the most confident region, and empty and that of the best candidate where no region is confident enough."""

    model_name: str
    version: int
    kind: str
    label: str
    confidence: float
    top_labels: list[LabelProbability]
    width: int
    height: int
    regions: list[PredictedRegion] | None
    latency_ms: float


class BatchPredictionIn(RequestModel):
    """Predict over a dataset (`dataset_id`), or pre-annotate the project's open tasks (`hidden_fraction` of them
    hidden, as the control)."""

    dataset_id: int | None = Field(default=None, ge=1, le=2**63 - 1)
    hidden_fraction: float | None = Field(default=None, ge=0, le=0.9)


class BatchPredictionOut(BaseModel):
    """A batch prediction and its progress."""

    id: int
    version_id: int
    model_name: str
    version: int
    dataset_id: int | None
    hidden_fraction: float | None
    predicted_count: int
    skipped_count: int
    has_result: bool
    created_at: datetime
    job: JobOut
