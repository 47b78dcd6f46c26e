"""What pages show of areas."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import numpy as np
from django.db.models import Count, Max, Min, Sum
from django.db.models.functions import TruncDate

from plateau.jobs.api import job_out
from plateau.jobs.models import ENDED, JobState
from workers.applications.demand.models import Area, EventFile, SlotForecast
from workers.applications.demand.recipes.grid import Grid
from workers.applications.demand.schemas import AreaDetail, AreaOut, CellOut, CellSlot, SlotOut, WeatherOut

HISTORY = 7 * 48


def areas_out(rows: Sequence[Area]) -> list[AreaOut]:
    """Areas on the wire, in a constant number of queries."""
    files = EventFile.objects.filter(area__in=rows).values("area_id")
    sums = {one["area_id"]: one for one in files.annotate(n=Sum("events"), a=Min("first"), b=Max("last"))}
    slots = SlotForecast.objects.filter(area__in=rows).values("area_id").annotate(n=Count("id"))
    forecasts = {one["area_id"]: one["n"] for one in slots}
    return [
        AreaOut(
            id=row.pk,
            name=row.name,
            metres=row.metres,
            minutes=row.minutes,
            least_events=row.least_events,
            most_cells=row.most_cells,
            events=sums[row.pk]["n"] if row.pk in sums else 0,
            first=sums[row.pk]["a"] if row.pk in sums else None,
            last=sums[row.pk]["b"] if row.pk in sums else None,
            cells=len(row.grid.get("places", [])),
            forecasts=forecasts.get(row.pk, 0),
            created_at=row.created_at,
        )
        for row in rows
    ]


def detail_of(area: Area) -> AreaDetail:
    """One area."""
    reports = area.reports.select_related("job").order_by("-pk")
    done = reports.filter(job__state=JobState.DONE).first()
    newest = reports.first()
    days = area.forecasts.annotate(day=TruncDate("begins", tzinfo=UTC)).values_list("day", flat=True)
    return AreaDetail(
        **areas_out([area])[0].model_dump(),
        outline=outline_of(area),
        weather=weather_of(area),
        days=[one.isoformat() for one in days.distinct().order_by("day")],
        report=done.body if done else None,
        reported_at=done.job.ended_at if done else None,
        job=job_out(newest.job) if newest and (newest.job.state not in ENDED or newest != done) else None,
    )


def weather_of(area: Area) -> WeatherOut | None:
    """All readings of an area together; None where there is none."""
    found = area.weather_files.aggregate(rows=Sum("rows"), first=Min("first"), last=Max("last"))
    columns = area.weather_files.order_by("pk").values_list("columns", flat=True).first()
    return WeatherOut(**found, columns=columns) if columns is not None else None


def outline_of(area: Area) -> list[CellOut]:
    """Where the cells lie."""
    if not area.grid:
        return []
    corner = area.grid["corner"]
    grid = Grid((corner[0], corner[1]), area.grid["metres"], np.array(area.grid["places"], dtype=np.int64))
    sides = [grid.outline(cell) for cell in range(len(grid.places))]
    return [CellOut(south=s, west=w, north=n, east=e) for s, w, n, e in sides]


def day_of(area: Area, day: date) -> list[SlotOut]:
    """The slots of a day, the earliest first."""
    begin = datetime(day.year, day.month, day.day, tzinfo=UTC)
    rows = area.forecasts.filter(begins__gte=begin, begins__lt=begin + timedelta(days=1)).order_by("begins")
    return [SlotOut.model_validate(row, from_attributes=True) for row in rows]


def cell_of(area: Area, cell: int) -> list[CellSlot]:
    """The newest slots of one cell; only its own numbers leave the database."""
    rows = area.forecasts.order_by("-begins").values_list(
        "begins", f"mean__{cell}", f"low__{cell}", f"high__{cell}", f"actual__{cell}"
    )[:HISTORY]
    return [CellSlot(begins=b, mean=m, low=lo, high=hi, actual=a) for b, m, lo, hi, a in reversed(list(rows))]
