"""Learning curves, forecasts, cost models and comparisons on the wire."""

from datetime import datetime
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, Field

from annotation.projects.schemas import Id
from plateau.http.etags import Editable
from plateau.http.validation import RequestModel
from plateau.jobs.api import JobOut

Money = Annotated[float, Field(ge=0, le=1e12)]
Score = Annotated[float, Field(ge=-1e12, le=1e12)]


class LearningCurveIn(RequestModel):
    """A learning curve to measure."""

    snapshot_id: Id
    recipe: str = Field(max_length=40)
    params: dict[str, float | str] = Field(default_factory=dict, max_length=50)
    compute_budget: float | None = Field(
        default=None, gt=0, le=200, description="Compute, in trainings on all labels; the recipe's own where left out"
    )


class CurvePointOut(BaseModel):
    """One training; `is_reused` where an earlier curve measured it."""

    n: int
    seed: int
    accuracy: float
    macro_f1: float
    test_items: int
    training_seconds: float
    is_reused: bool


class PooledPointOut(BaseModel):
    """The mean over seeds at one size; `se` joins the spread of seeds and of the test set."""

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


class SufficiencyOut(BaseModel):
    """The probability that `multiple` times the present labels, `labels` in all, suffice."""

    multiple: float
    labels: int
    probability: float


class ForecastBandOut(BaseModel):
    """Forecast score at one size: quantiles_as_json."""

    n: float
    p2_5: float
    p10: float
    p50: float
    p90: float
    p97_5: float


class ForecastOut(BaseModel):
    """The forecast of a target; p10 to p90 is the 80 % interval.

    `next_batch_size` labels are to be made before measuring again. `warnings`: `few_sizes`, `non_monotone`, `flat`.
    """

    target: float
    current_labels: int
    current_score: float
    is_reached: bool
    labels_needed: QuantilesOut
    sufficiency: list[SufficiencyOut]
    probability_never: float
    next_batch_size: int
    warnings: list[str]
    non_monotone_probability: float
    band: list[ForecastBandOut]


class LearningCurveOut(BaseModel):
    """A learning curve. `compute_cost` was spent on it, in trainings on all labels; null until one is done."""

    id: int
    project_id: int
    snapshot_id: int
    snapshot_version: int
    recipe: str
    params: dict[str, Any]
    sizes: list[int]
    seeds: list[int]
    training_plan: list[list[int]]
    compute_budget: float | None
    compute_cost: float | None
    is_scheduled: bool
    metrics: list[str]
    created_at: datetime
    job: JobOut
    points: list[CurvePointOut]
    pooled: list[PooledPointOut]
    forecast: ForecastOut | None


class CoverageOut(BaseModel):
    """How often an interval covered what was measured, with an interval that is valid at all times."""

    covered: int
    low: float
    high: float


class CalibrationHistoryOut(BaseModel):
    """Backtests of the organization's forecasts; the width of new intervals is multiplied by `interval_scale`."""

    backtest_count: int
    interval_scale: float
    coverage_80: CoverageOut
    coverage_95: CoverageOut


class DatesOut(BaseModel):
    """Quantiles of a date, ISO 8601; null: never, or not within a hundred years."""

    p10: str | None
    p25: str | None
    p50: str | None
    p75: str | None
    p90: str | None


class CostForecastOut(BaseModel):
    """What the target costs and when it is reached; `additional_labels` include those of the held-out test set.

    `cost_source` of the cost per label: `query`, `cost_model`, or `queue` (measured).
    """

    additional_labels: QuantilesOut
    cost_per_label: float | None
    cost_source: str
    cost: QuantilesOut | None
    labels_per_day: float | None
    observed_days: int
    dates: DatesOut | None


class LabelingValueOut(BaseModel):
    """Whether labeling on pays, over the whole time that the system will run."""

    break_even_accuracy: float | None
    is_profitable: bool
    break_even_probability: float
    optimal_labels: int
    net_gain_at_optimum: float
    next_100_labels_value: float
    next_100_labels_cost: float


class SubgroupOut(BaseModel):
    """A class or a slice. `next_100_labels_gain`: of the whole by 100 labels of it; null once its target is reached."""

    key: str
    title: str
    test_items: int
    fraction: float
    pooled: list[PooledPointOut]
    labels_needed: QuantilesOut | None
    probability_never: float | None
    next_100_labels_gain: float | None


class CostModelIn(RequestModel):
    """What labels and errors cost, in any one currency; null: not entered."""

    cost_per_label: Money | None = Field(default=None, description="Of an accepted label; as measured where null")
    fn_cost: Money | None = Field(default=None, description="Of a false negative")
    fp_cost: Money | None = Field(default=None, description="Of a false positive")
    fn_fraction: float = Field(default=0.5, ge=0, le=1, description="Of the errors that are false negatives")
    decisions_per_month: Money | None = None
    months: float = Field(default=12, gt=0, le=600, description="That the system will run")
    baseline_cost: Money | None = Field(default=None, description="Of the same decisions a month without the system")
    operating_cost: Money = Field(default=0, description="Of the system a month")


class CostModelOut(Editable):
    """The cost model as entered."""

    edited: ClassVar[tuple[str, ...]] = tuple(CostModelIn.model_fields)

    cost_per_label: float | None
    fn_cost: float | None
    fp_cost: float | None
    fn_fraction: float
    decisions_per_month: float | None
    months: float
    baseline_cost: float | None
    operating_cost: float


class DiagnosisOut(BaseModel):
    """Why a target may not be reached; see `queries.diagnose` for codes and their evidence."""

    code: str
    evidence: dict[str, Any]


class LearningCurveForecastOut(BaseModel):
    """What a curve says of a target: labels, cost, dates, value, subgroups, and how far to trust it."""

    learning_curve_id: int
    metric: str
    forecast: ForecastOut | None
    cost_forecast: CostForecastOut | None
    labeling_value: LabelingValueOut | None
    cost_model: CostModelOut
    subgroups: list[SubgroupOut]
    calibration_history: CalibrationHistoryOut
    agreement: float | None
    diagnosis: list[DiagnosisOut]


class ForecastSummaryOut(BaseModel):
    """One project at a glance. `target_status`: reached, likely, unsure, unlikely, or unknown without a curve."""

    project_id: int
    name: str
    kind: str
    target: float
    done_tasks: int
    open_tasks: int
    target_status: str
    learning_curve_id: int | None
    forecast: ForecastOut | None
    pooled: list[PooledPointOut]
    cost_forecast: CostForecastOut | None
    diagnosis: list[DiagnosisOut]
    contracts: dict[str, int]


class ForecastBacktestOut(BaseModel):
    """A forecast of a size, and the score that was measured there; `forecast_labels` were there when it was made."""

    n: int
    score: float
    low_80: float
    median: float
    high_80: float
    is_in_80: bool
    is_in_95: bool
    forecast_at: datetime
    forecast_labels: int
    created_at: datetime


class LearningCurveScheduleIn(RequestModel):
    """When the curve is measured again by itself."""

    recipe: str = Field(max_length=40)
    every_labels: int = Field(ge=10, le=1_000_000)
    every_hours: int | None = Field(default=None, ge=1, le=24 * 90)
    enabled: bool = True


class ScoreGainOut(BaseModel):
    """The gain in score by the last labels, with its 80 % interval."""

    labels: int
    value: float
    low: float
    high: float


class LearningCurveScheduleOut(Editable):
    """A schedule, and what annotators see of it."""

    edited: ClassVar[tuple[str, ...]] = ("schedule",)

    schedule: LearningCurveScheduleIn | None
    last_error: str
    labels_until_next: int | None
    is_measuring: bool
    last_gain: ScoreGainOut | None


class SimulationIn(RequestModel):
    """The labels on which strategies are simulated."""

    snapshot_id: Id


class SimulationOut(BaseModel):
    """A simulation of query strategies; `job.result` holds the comparison once it is done."""

    id: int
    snapshot_version: int
    created_at: datetime
    job: JobOut


class AblationIn(RequestModel):
    """A recipe's parameter whose options are compared, at the last three sizes of the curve's grid with so many seeds.

    `params` are the recipe's other parameters.
    """

    snapshot_id: Id
    recipe: str = Field(max_length=40)
    parameter: str = Field(max_length=40)
    params: dict[str, Any] = Field(default_factory=dict)
    seeds: int = Field(default=5, ge=2, le=20)


class SeedIntervalOut(BaseModel):
    """A mean over seeds with its interval."""

    value: float
    low: float
    high: float


class AblationVariantOut(BaseModel):
    """A variant. `errors` and `error_reductions` (against the baseline, paired) by size, with 95 % intervals.

    `label_savings` is the fraction of the labels that it saves, with an 80 % interval; null for the baseline.
    """

    variant: str
    errors: list[SeedIntervalOut]
    error_reductions: list[SeedIntervalOut]
    label_savings: SeedIntervalOut | None


class AblationOut(BaseModel):
    """An ablation; seeds are completed once every variant was trained with them at every size."""

    id: int
    snapshot_version: int
    recipe: str
    parameter: str
    baseline: str
    params: dict[str, Any]
    sizes: list[int]
    completed_seeds: int
    planned_seeds: int
    completed_trainings: int
    planned_trainings: int
    variants: list[AblationVariantOut]
    created_at: datetime
    jobs: list[JobOut]


class ExternalPointIn(RequestModel):
    """A point of a curve that was measured elsewhere."""

    n: int = Field(ge=1, le=10**12)
    score: Score
    se: float | None = Field(default=None, ge=0, le=1e12)
    seed: int | None = None


class ExternalCurveIn(RequestModel):
    """A curve that was measured elsewhere. `best_score` lies below `worst_score` where less is better."""

    points: list[ExternalPointIn] = Field(min_length=3, max_length=2000)
    target: Score
    worst_score: Score = 0.0
    best_score: Score = 1.0
    cost_per_label: Money | None = None


class ExternalForecastOut(BaseModel):
    """The forecast of a curve that was measured elsewhere."""

    pooled: list[PooledPointOut]
    forecast: ForecastOut
    cost: QuantilesOut | None
