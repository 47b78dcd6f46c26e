"""What comes in and goes out."""

from datetime import datetime
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, Field

from annotation.projects.schemas import Id
from plateau.http.etags import Editable
from plateau.http.validation import Strict
from plateau.jobs.api import JobOut

Money = Annotated[float, Field(ge=0, le=1e12)]
Score = Annotated[float, Field(ge=-1e12, le=1e12)]


class StudyIn(Strict):
    """What curve to measure."""

    snapshot_id: Id
    recipe: str = Field(max_length=40)
    params: dict[str, float | str] = Field(default_factory=dict, max_length=50)
    budget: float | None = Field(
        default=None, gt=0, le=200, description="Compute, in trainings on all labels; the recipe's own where left out"
    )


class PointOut(BaseModel):
    """One training; `reused` where an earlier study measured it."""

    n: int
    seed: int
    accuracy: float
    macro_f1: float
    test_items: int
    seconds: float
    reused: bool


class PooledOut(BaseModel):
    """The mean over seeds at one size; `se` joins the spread of seeds and of the sealed split."""

    n: int
    score: float
    se: float
    seeds: int


class QuantilesOut(BaseModel):
    """Quantiles of a distribution; null means: never."""

    p10: float | None
    p25: float | None
    p50: float | None
    p75: float | None
    p90: float | None


class EnoughOut(BaseModel):
    """The chance that `times` the present labels, `labels` in all, are enough."""

    times: float
    labels: int
    chance: float


class BandOut(BaseModel):
    """Forecast score at one size: quantiles."""

    n: float
    p2_5: float
    p10: float
    p50: float
    p90: float
    p97_5: float


class ForecastOut(BaseModel):
    """What the curve says of the target. p10 to p90 is the 80 % interval."""

    target: float
    labels_now: int
    score_now: float
    reached: bool
    needed: QuantilesOut
    enough: list[EnoughOut]
    probability_never: float
    next_purchase: int
    flags: list[str]
    gets_worse: float
    band: list[BandOut]


class StudyOut(BaseModel):
    """A learning curve. `cost` is what was spent on it, in trainings on all labels; null until one is done."""

    id: int
    project_id: int
    snapshot_id: int
    snapshot_version: int
    recipe: str
    params: dict[str, Any]
    sizes: list[int]
    seeds: list[int]
    plan: list[list[int]]
    budget: float | None
    cost: float | None
    live: bool
    metrics: list[str]
    created_at: datetime
    job: JobOut
    points: list[PointOut]
    pooled: list[PooledOut]
    forecast: ForecastOut | None


class HeldOut(BaseModel):
    """How often a range held, with an interval that is valid at all times."""

    held: int
    low: float
    high: float


class RecordOut(BaseModel):
    """Past forecasts of the organization against what came; `widen` is what new ranges are multiplied by."""

    scored: int
    widen: float
    held80: HeldOut
    held95: HeldOut


class DatesOut(BaseModel):
    """Quantiles of a date, ISO 8601; null: never, or not within a hundred years."""

    p10: str | None
    p25: str | None
    p50: str | None
    p75: str | None
    p90: str | None


class MoneyOut(BaseModel):
    """What the target costs and when it comes. `labels` are those still to be made, sealed ones included."""

    labels: QuantilesOut
    price: float | None
    price_from: str
    money: QuantilesOut | None
    per_day: float | None
    per_day_days: int
    dates: DatesOut | None


class WorthOut(BaseModel):
    """Whether labeling on pays."""

    break_even: float | None
    pays_now: bool
    chance_to_pay: float
    stop_at: int
    gain_at_stop: float
    next_hundred_value: float
    next_hundred_cost: float


class PartOut(BaseModel):
    """A class or a slice of the curve. `next_hundred`: gain of the whole by 100 labels of it; null once it is there."""

    key: str
    title: str
    sealed: int
    share: float
    pooled: list[PooledOut]
    needed: QuantilesOut | None
    probability_never: float | None
    next_hundred: float | None


class EconomicsIn(Strict):
    """What labels and mistakes cost, in any one currency; null: not entered."""

    price: Money | None = Field(default=None, description="Of one accepted label; the queue's own figure where null")
    miss: Money | None = None
    false_alarm: Money | None = None
    miss_share: float = Field(default=0.5, ge=0, le=1, description="Share of mistakes that are misses")
    decisions: Money | None = Field(default=None, description="A month")
    months: float = Field(default=12, gt=0, le=600, description="That the system will run")
    today: Money | None = Field(default=None, description="What the same decisions cost a month without the system")
    running: Money = Field(default=0, description="What the system costs a month")


class EconomicsOut(Editable):
    """What was entered."""

    edited: ClassVar[tuple[str, ...]] = tuple(EconomicsIn.model_fields)

    price: float | None
    miss: float | None
    false_alarm: float | None
    miss_share: float
    decisions: float | None
    months: float
    today: float | None
    running: float


class DiagnosisOut(BaseModel):
    """Why a target may not be reached; `evidence` holds the figures."""

    code: str
    evidence: dict[str, Any]


class BudgetOut(BaseModel):
    """Everything that the newest curve says of a target."""

    study_id: int
    metric: str
    forecast: ForecastOut | None
    money: MoneyOut | None
    worth: WorthOut | None
    economics: EconomicsOut
    parts: list[PartOut]
    record: RecordOut
    agreement: float | None
    diagnosis: list[DiagnosisOut]


class OutlookOut(BaseModel):
    """One project at a glance. `outlook`: reached, likely, unsure, unlikely, or unknown without a curve."""

    project_id: int
    name: str
    kind: str
    target: float
    done: int
    left: int
    outlook: str
    study_id: int | None
    forecast: ForecastOut | None
    pooled: list[PooledOut]
    money: MoneyOut | None
    diagnosis: list[DiagnosisOut]
    contracts: dict[str, int]


class OutcomeOut(BaseModel):
    """A scored forecast."""

    n: int
    score: float
    low: float
    middle: float
    high: float
    inside80: bool
    inside95: bool
    made_at: datetime
    made_with: int
    created_at: datetime


class LiveIn(Strict):
    """When the curve gets its next point by itself."""

    recipe: str = Field(max_length=40)
    every_labels: int = Field(ge=10, le=1_000_000)
    every_hours: int | None = Field(default=None, ge=1, le=24 * 90)
    enabled: bool = True


class GainOut(BaseModel):
    """What the last labels brought, with its 80 % interval."""

    labels: int
    value: float
    low: float
    high: float


class LiveOut(Editable):
    """A live plan, and what annotators see of it."""

    edited: ClassVar[tuple[str, ...]] = ("plan",)

    plan: LiveIn | None
    problem: str
    labels_until: int | None
    measuring: bool
    gain: GainOut | None


class ReplayIn(Strict):
    """On which labels to try the strategies."""

    snapshot_id: Id


class ReplayOut(BaseModel):
    """A comparison of query strategies; `job.result` holds it once it is done."""

    id: int
    snapshot_version: int
    created_at: datetime
    job: JobOut


class WaysIn(Strict):
    """Which choice of which recipe to try in every way. The last three sizes of the curve's grid are trained, each with
    so many seeds; `params` are the recipe's other parameters."""

    snapshot_id: Id
    recipe: str = Field(max_length=40)
    choice: str = Field(max_length=40)
    params: dict[str, Any] = Field(default_factory=dict)
    seeds: int = Field(default=5, ge=2, le=20)


class SeedEstimate(BaseModel):
    """A mean over seeds with its interval."""

    value: float
    low: float
    high: float


class WayOut(BaseModel):
    """One way. `errors` and `gains` (below the standard, paired) by size, with 95 % intervals; `saved` is the share of
    the labels that it saves, with an 80 % interval; null for the standard itself, and while too few seeds are through.
    """

    option: str
    errors: list[SeedEstimate]
    gains: list[SeedEstimate]
    saved: SeedEstimate | None


class WaysOut(BaseModel):
    """Ways of training beside each other; `seeds` are those that are through in every way at every size."""

    id: int
    snapshot_version: int
    recipe: str
    choice: str
    standard: str
    params: dict[str, Any]
    sizes: list[int]
    seeds: int
    wanted_seeds: int
    trained: int
    trainings: int
    rows: list[WayOut]
    created_at: datetime
    jobs: list[JobOut]


class CurveIn(Strict):
    """A measured point of a curve made elsewhere."""

    n: int = Field(ge=1, le=10**12)
    score: Score
    se: float | None = Field(default=None, ge=0, le=1e12)
    seed: int | None = None


class PastedIn(Strict):
    """A curve made elsewhere. `best` below `worst` where less is better."""

    points: list[CurveIn] = Field(min_length=3, max_length=2000)
    target: Score
    worst: Score = 0.0
    best: Score = 1.0
    price: Money | None = None


class PastedOut(BaseModel):
    """What a pasted curve says."""

    pooled: list[PooledOut]
    forecast: ForecastOut
    money: QuantilesOut | None
