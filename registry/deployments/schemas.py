"""What the routes of deployments take and give."""

from datetime import datetime

from pydantic import BaseModel, Field

from plateau.http.validation import Strict
from plateau.jobs.api import JobOut

NAME = r"^[a-z0-9][a-z0-9-]*$"


class DeploymentIn(Strict):
    """What to serve, and as what. With `alias`, whatever it points at from now on."""

    name: str = Field(min_length=2, max_length=60, pattern=NAME)
    version_id: int = Field(ge=1, le=2**63 - 1)
    alias: str = Field(default="", max_length=255)
    threshold: float | None = Field(default=None, ge=0, le=1)
    sample_share: float = Field(default=0.0, ge=0, le=1)


class DeploymentChange(Strict):
    """What to change; what is left out stays. `shadow_id` 0 ends the shadow, `threshold` −1 the threshold."""

    version_id: int | None = Field(default=None, ge=1, le=2**63 - 1)
    alias: str | None = Field(default=None, min_length=1, max_length=255)
    shadow_id: int | None = Field(default=None, ge=0, le=2**63 - 1)
    threshold: float | None = Field(default=None, ge=-1, le=1)
    sample_share: float | None = Field(default=None, ge=0, le=1)
    running: bool | None = None


class ReplicaOut(BaseModel):
    """A serving process."""

    process: str
    version: int | None
    problem: str
    seen_at: datetime


class DeploymentOut(BaseModel):
    """A deployment: what it is to answer with, and whether it does (`state`: answering, loading, failing, stopped,
    away)."""

    id: int
    project_id: int
    project: str
    name: str
    model: str
    alias: str
    version_id: int | None
    version: int | None
    shadow_id: int | None
    shadow: str
    threshold: float | None
    sample_share: float
    running: bool
    state: str
    problem: str
    replicas: list[ReplicaOut]
    answered_today: int
    created_at: datetime


class HourOut(BaseModel):
    """What was answered in one hour."""

    hour: datetime
    version: int
    answered: int
    refused: int
    failed: int
    milliseconds: float | None


class DriftOut(BaseModel):
    """A histogram of the last seven days against that of the sealed split; `chance` is what chance alone makes of the
    distance 95 % of the time."""

    what: str
    seen: list[int]
    reference: list[int]
    distance: float
    chance: float
    drifted: bool


class ShadowOut(BaseModel):
    """How often the shadow gave the same answer, with its 95 % interval."""

    version: int
    answered: int
    agreed: int
    low: float
    high: float


class FeedbackOut(BaseModel):
    """How many pictures went back to people, and how those that they answered turned out."""

    waiting: int
    taken: int
    problems: int
    answered: int
    right: int
    low: float
    high: float


class DeploymentDetail(DeploymentOut):
    """A deployment with what was seen."""

    hours: list[HourOut]
    drifts: list[DriftOut]
    shadowing: ShadowOut | None
    feedback: FeedbackOut
    labels: dict[str, int]


class TopOut(BaseModel):
    """One of the likeliest labels."""

    label: str
    probability: float


class PredictedRegion(BaseModel):
    """A region in pixels of the upright picture: a box, keypoints (x, y, 2), or a mask as runs, background first."""

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


class Prediction(BaseModel):
    """An answer. `top` for classes, `regions` for other kinds; `label` and `confidence` are then the surest region's,
    and empty and that of the best candidate where no region is sure enough to be shown."""

    model: str
    version: int
    kind: str
    label: str
    confidence: float
    top: list[TopOut]
    width: int
    height: int
    regions: list[PredictedRegion] | None
    milliseconds: float


class BatchIn(Strict):
    """Predict over a dataset (`dataset_id`), or propose labels for the project's open tasks (`hidden_share` of them
    kept back, as the control)."""

    dataset_id: int | None = Field(default=None, ge=1, le=2**63 - 1)
    hidden_share: float | None = Field(default=None, ge=0, le=0.9)


class BatchRunOut(BaseModel):
    """A batch and how far it is."""

    id: int
    version_id: int
    model: str
    version: int
    dataset_id: int | None
    hidden_share: float | None
    done: int
    skipped: int
    ready: bool
    created_at: datetime
    job: JobOut
