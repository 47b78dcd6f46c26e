"""Sweeps on the wire."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from annotation.projects.schemas import Id
from plateau.http.validation import RequestModel


class RangeIn(RequestModel):
    """Where to sweep a parameter: from `min` to `max`, or among `options`; what is left out is the recipe's own."""

    min: float | None = None
    max: float | None = None
    options: list[str] = Field(default_factory=list, max_length=50)


class SweepIn(RequestModel):
    """What to sweep."""

    snapshot_id: Id
    recipe: str = Field(max_length=40)
    method: Literal["random", "tpe"] = "tpe"
    trials: int = Field(default=20, ge=2, le=200)
    pruning_enabled: bool = True
    seed: int = Field(default=0, ge=0, le=2**20)
    space: dict[str, RangeIn] = Field(default_factory=dict, max_length=50)
    fixed: dict[str, float | str] = Field(default_factory=dict, max_length=50)


class TrialOut(BaseModel):
    """One trial; `state` is `failed` or `stopped` where its job ended so."""

    number: int
    state: str
    params: dict[str, Any]
    rungs: list[list[float]]
    value: float | None
    seconds: float
    problem: str


class SweepOut(BaseModel):
    """A sweep and how far it is; `best` is the number of the best trial."""

    id: int
    snapshot_id: int
    snapshot_version: int
    recipe: str
    method: str
    pruning_enabled: bool
    seed: int
    metric: str
    space: dict[str, Any]
    trials: int
    over: int
    best: int | None
    value: float | None
    created_at: datetime


class SweepDetail(SweepOut):
    """With its trials, and the share of the spread that each parameter explains."""

    rows: list[TrialOut]
    importance: dict[str, float]


class Stopped(BaseModel):
    """How many trials were stopped."""

    trials: int
