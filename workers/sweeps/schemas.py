"""Sweeps on the wire."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from annotation.projects.schemas import Id
from plateau.http.validation import RequestModel


class RangeIn(RequestModel):
    """The range of a parameter, from `min` to `max`, or its `options`; the recipe's own where left out."""

    min: float | None = None
    max: float | None = None
    options: list[str] = Field(default_factory=list, max_length=50)


class SweepIn(RequestModel):
    """A sweep to submit; parameters without a range in `space` keep the value in `fixed`."""

    snapshot_id: Id
    recipe: str = Field(max_length=40)
    method: Literal["random", "tpe"] = "tpe"
    trial_count: int = Field(default=20, ge=2, le=200)
    pruning_enabled: bool = True
    seed: int = Field(default=0, ge=0, le=2**20)
    space: dict[str, RangeIn] = Field(default_factory=dict, max_length=50)
    fixed: dict[str, float | str] = Field(default_factory=dict, max_length=50)


class RungOut(BaseModel):
    """A trial's score on the validation labels with so many training labels."""

    label_count: int
    score: float


class TrialOut(BaseModel):
    """A trial; `state` is `failed` or `cancelled` where its job ended so, `value` the score with all labels."""

    number: int
    state: str
    params: dict[str, float | str]
    rungs: list[RungOut]
    value: float | None
    seconds: float
    error: str


class SweepOut(BaseModel):
    """A sweep and its progress; `best_trial` is the number of the trial with `best_value`."""

    id: int
    snapshot_id: int
    snapshot_version: int
    recipe: str
    method: str
    pruning_enabled: bool
    seed: int
    metric: str
    space: dict[str, Any]
    trial_count: int
    ended_count: int
    best_trial: int | None
    best_value: float | None
    created_at: datetime


class SweepDetail(SweepOut):
    """With its trials, and the fraction of the scores' variance that each parameter explains."""

    trials: list[TrialOut]
    importance: dict[str, float]


class SweepStopOut(BaseModel):
    """How many trials were cancelled."""

    cancelled_count: int
