"""Reads of service areas."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import numpy as np
from django.db.models import Count, Max, Min, Sum
from django.db.models.functions import TruncDate

from plateau.jobs.api import job_out
from plateau.jobs.models import ENDED, JobState
from workers.applications.demand.models import EventFile, ServiceArea, TimeBinForecast
from workers.applications.demand.recipes.grid import Grid
from workers.applications.demand.schemas import (
    CellBoundsOut,
    CellForecastOut,
    ServiceAreaDetailOut,
    ServiceAreaOut,
    TimeBinForecastOut,
    WeatherOut,
)

HISTORY = 7 * 48


def service_areas_out(areas: Sequence[ServiceArea]) -> list[ServiceAreaOut]:
    """Service areas on the wire, in a constant number of queries."""
    files = EventFile.objects.filter(area__in=areas).values("area_id")
    spans = {
        row["area_id"]: row
        for row in files.annotate(
            event_total=Sum("event_count"), first_at=Min("first_event_at"), last_at=Max("last_event_at")
        )
    }
    bins = TimeBinForecast.objects.filter(area__in=areas).values("area_id").annotate(bin_count=Count("id"))
    forecast_counts = {row["area_id"]: row["bin_count"] for row in bins}
    return [
        ServiceAreaOut(
            id=area.pk,
            name=area.name,
            cell_size_m=area.cell_size_m,
            bin_minutes=area.bin_minutes,
            min_events_per_cell=area.min_events_per_cell,
            max_cells=area.max_cells,
            event_count=spans[area.pk]["event_total"] if area.pk in spans else 0,
            first_event_at=spans[area.pk]["first_at"] if area.pk in spans else None,
            last_event_at=spans[area.pk]["last_at"] if area.pk in spans else None,
            cell_count=len(area.grid.get("cells", [])),
            forecast_count=forecast_counts.get(area.pk, 0),
            created_at=area.created_at,
        )
        for area in areas
    ]


def service_area_detail(area: ServiceArea) -> ServiceAreaDetailOut:
    """One service area; `job` is that of the newest report until it is done."""
    reports = area.reports.select_related("job").order_by("-pk")
    newest_done = reports.filter(job__state=JobState.DONE).first()
    newest = reports.first()
    days = area.forecasts.annotate(day=TruncDate("starts_at", tzinfo=UTC)).values_list("day", flat=True)
    return ServiceAreaDetailOut(
        **service_areas_out([area])[0].model_dump(),
        cells=cell_bounds(area),
        weather=weather_summary(area),
        days=[day.isoformat() for day in days.distinct().order_by("day")],
        report=newest_done.results if newest_done else None,
        reported_at=newest_done.job.ended_at if newest_done else None,
        job=job_out(newest.job) if newest and (newest.job.state not in ENDED or newest != newest_done) else None,
    )


def weather_summary(area: ServiceArea) -> WeatherOut | None:
    """All readings of an area together; None where there is none."""
    totals = area.weather_files.aggregate(
        reading_total=Sum("reading_count"), first_at=Min("first_reading_at"), last_at=Max("last_reading_at")
    )
    columns = area.weather_files.order_by("pk").values_list("columns", flat=True).first()
    if columns is None:
        return None
    return WeatherOut(
        reading_count=totals["reading_total"],
        columns=columns,
        first_reading_at=totals["first_at"],
        last_reading_at=totals["last_at"],
    )


def grid_of(area: ServiceArea) -> Grid:
    """The grid of the newest report; the area must have one."""
    latitude, longitude = area.grid["origin"]
    return Grid((latitude, longitude), area.grid["cell_size_m"], np.array(area.grid["cells"], dtype=np.int64))


def cell_bounds(area: ServiceArea) -> list[CellBoundsOut]:
    """The borders of every cell; empty before the first report."""
    if not area.grid:
        return []
    grid = grid_of(area)
    bounds = [grid.bounds(cell) for cell in range(len(grid.cells))]
    return [CellBoundsOut(south=south, west=west, north=north, east=east) for south, west, north, east in bounds]


def forecasts_of_day(area: ServiceArea, day: date) -> list[TimeBinForecastOut]:
    """The time bins of a day, the earliest first."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    bins = area.forecasts.filter(starts_at__gte=midnight, starts_at__lt=midnight + timedelta(days=1))
    return [TimeBinForecastOut.model_validate(row, from_attributes=True) for row in bins.order_by("starts_at")]


def cell_history(area: ServiceArea, cell: int) -> list[CellForecastOut]:
    """The newest time bins of one cell; only its own numbers leave the database."""
    bins = area.forecasts.order_by("-starts_at").values_list(
        "starts_at", f"mean__{cell}", f"low__{cell}", f"high__{cell}", f"actual__{cell}"
    )[:HISTORY]
    return [
        CellForecastOut(starts_at=starts_at, mean=mean, low=low, high=high, actual=actual)
        for starts_at, mean, low, high, actual in reversed(list(bins))
    ]
