"""Areas and forecasts on the wire."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StringConstraints

from plateau.http.validation import Strict
from plateau.jobs.api import JobOut


class AreaIn(Strict):
    """A new area."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=r"^[^\x00]*$")]
    metres: int = Field(default=500, ge=50, le=100_000, description="Side of a cell")
    minutes: Literal[10, 15, 20, 30, 60] = 30
    least_events: int = Field(default=100, ge=1, le=10_000_000, description="Cells with fewer are left out")
    most_cells: int = Field(default=200, ge=1, le=1000)


class AreaOut(BaseModel):
    """An area, how much came in, and when it was last judged."""

    id: int
    name: str
    metres: int
    minutes: int
    least_events: int
    most_cells: int
    events: int
    first: datetime | None
    last: datetime | None
    cells: int
    forecasts: int
    created_at: datetime


class CellOut(BaseModel):
    """Where a cell lies, in degrees."""

    south: float
    west: float
    north: float
    east: float


class WeatherOut(BaseModel):
    """Readings that were taken."""

    rows: int
    columns: list[str]
    first: datetime
    last: datetime


class AreaDetail(AreaOut):
    """With its cells, its weather, the days that can be looked at, the newest report and the one that is being made."""

    outline: list[CellOut]
    days: list[str]
    weather: WeatherOut | None
    report: dict[str, Any] | None
    reported_at: datetime | None
    job: JobOut | None


class EventsOut(BaseModel):
    """A file of events was taken."""

    events: int
    first: datetime
    last: datetime


class SlotOut(BaseModel):
    """One slot by cell: forecast with its 80 % range, and what came."""

    begins: datetime
    mean: list[float]
    low: list[float]
    high: list[float]
    actual: list[int] | None
    judged: bool


class CellSlot(BaseModel):
    """One slot of a cell."""

    begins: datetime
    mean: float
    low: float
    high: float
    actual: int | None
