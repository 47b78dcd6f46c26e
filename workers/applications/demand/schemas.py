"""Service areas and their forecasts on the wire."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StringConstraints

from plateau.http.validation import RequestModel
from plateau.jobs.api import JobOut


class ServiceAreaIn(RequestModel):
    """A new service area."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=r"^[^\x00]*$")]
    cell_size_m: int = Field(default=500, ge=50, le=100_000, description="Side of a cell in meters")
    bin_minutes: Literal[10, 15, 20, 30, 60] = 30
    min_events_per_cell: int = Field(default=100, ge=1, le=10_000_000, description="Cells with fewer are left out")
    max_cells: int = Field(default=200, ge=1, le=1000)


class ServiceAreaOut(BaseModel):
    """A service area and the span of its events."""

    id: int
    name: str
    cell_size_m: int
    bin_minutes: int
    min_events_per_cell: int
    max_cells: int
    event_count: int
    first_event_at: datetime | None
    last_event_at: datetime | None
    cell_count: int
    forecast_count: int
    created_at: datetime


class CellBoundsOut(BaseModel):
    """The borders of a cell, in degrees."""

    south: float
    west: float
    north: float
    east: float


class WeatherOut(BaseModel):
    """The readings of all weather files of an area together."""

    reading_count: int
    columns: list[str]
    first_reading_at: datetime
    last_reading_at: datetime


class ServiceAreaDetailOut(ServiceAreaOut):
    """With its cells, its weather, the days that have forecasts, the newest report and the job of the next one."""

    cells: list[CellBoundsOut]
    days: list[str]
    weather: WeatherOut | None
    report: dict[str, Any] | None
    reported_at: datetime | None
    job: JobOut | None


class EventFileOut(BaseModel):
    """A file of events that was stored."""

    event_count: int
    first_event_at: datetime
    last_event_at: datetime


class TimeBinForecastOut(BaseModel):
    """A time bin by cell: forecast with its 80 % interval, and the counts; null until it is over."""

    starts_at: datetime
    mean: list[float]
    low: list[float]
    high: list[float]
    actual: list[int] | None
    is_backtest: bool


class CellForecastOut(BaseModel):
    """A time bin of one cell."""

    starts_at: datetime
    mean: float
    low: float
    high: float
    actual: int | None
