"""Areas and their events; ordering reports; forecasting on schedule."""

import hashlib
import io
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from plateau.access.scopes import Actor, Scope
from plateau.audit.services import record
from plateau.http.errors import Conflict
from plateau.identity.authentication import actor_of_membership
from plateau.identity.models import Membership
from plateau.jobs import services as jobs
from plateau.jobs.queries import under_way
from workers.applications.demand.events import MOST_BYTES, read_events, read_weather, wrong
from workers.applications.demand.job_kinds import REFRESH, REPORT, RefreshOrder, ReportOrder
from workers.applications.demand.models import Area, EventFile, Report, WeatherFile


@transaction.atomic
def create_area(*, actor: Actor, values: dict[str, Any]) -> Area:
    """Make an area.

    Raises:
        Conflict: there is one of this name.
    """
    if Area.objects.filter(organization_id=actor.organization_id, name=values["name"]).exists():
        raise Conflict(f"There is an area “{values['name']}” already.")
    area = Area.objects.create(organization_id=actor.organization_id, created_by_id=actor.user_id or None, **values)
    record(actor=actor, action="area.created", subject=area, name=area.name)
    return area


def _kept(area: Area, what: str, sha256: str, table: pa.Table) -> tuple[str, dict[str, datetime]]:
    """Write a table to the storage; where it lies, and its first and last moment."""
    span = pc.min_max(table["time"]).as_py()
    out = io.BytesIO()
    pq.write_table(table, out, compression="zstd")
    key = default_storage.save(
        f"demand/{area.organization_id}/{area.pk}/{what}-{sha256[:16]}.parquet", ContentFile(out.getvalue())
    )
    return key, {"first": span["min"].replace(tzinfo=UTC), "last": span["max"].replace(tzinfo=UTC)}


def _together(files: Any) -> pa.Table | None:
    """The tables of an area's files as one, in the order in which they came; None where there are none."""
    tables = []
    for key in files.order_by("pk").values_list("storage_key", flat=True):
        with default_storage.open(key) as file:
            tables.append(pq.read_table(io.BytesIO(file.read())))
    return pa.concat_tables(tables, promote_options="default") if tables else None


def _bytes_of(file: Any) -> tuple[bytes, str]:
    if file is None or file.size > MOST_BYTES:
        raise wrong("is missing" if file is None else f"is larger than {MOST_BYTES >> 20} MiB")
    data: bytes = file.read()
    return data, hashlib.sha256(data).hexdigest()


def add_events(*, actor: Actor, area: Area, file: Any) -> EventFile:
    """Take a file of events; the same file again is the same row.

    Raises:
        Invalid: it is missing, too large, or a row is wrong.
    """
    data, sha256 = _bytes_of(file)
    known = area.files.filter(sha256=sha256).first()
    if known is not None:
        return known
    table = read_events(data)
    key, span = _kept(area, "events", sha256, table)
    with transaction.atomic():
        row = EventFile.objects.create(area=area, storage_key=key, sha256=sha256, events=table.num_rows, **span)
        record(actor=actor, action="area.events", subject=area, events=row.events)
    return row


def add_weather(*, actor: Actor, area: Area, file: Any) -> WeatherFile:
    """Take a file of readings; the same file again is the same row.

    Raises:
        Invalid: it is missing, too large, a row is wrong, or its columns are not those of the files before.
    """
    data, sha256 = _bytes_of(file)
    known = area.weather_files.filter(sha256=sha256).first()
    if known is not None:
        return known
    table = read_weather(data)
    columns = table.column_names[1:]
    before = area.weather_files.order_by("pk").values_list("columns", flat=True).first()
    if before is not None and before != columns:
        raise wrong(f"has the columns {', '.join(columns)}; the files before it have {', '.join(before)}")
    key, span = _kept(area, "weather", sha256, table)
    with transaction.atomic():
        row = WeatherFile.objects.create(
            area=area, storage_key=key, sha256=sha256, rows=table.num_rows, columns=columns, **span
        )
        record(actor=actor, action="area.weather", subject=area, rows=row.rows, columns=columns)
    return row


@transaction.atomic
def forget_weather(*, actor: Actor, area: Area) -> None:
    """Take all readings away; a network that learned from them forecasts nothing more until the area is judged again.

    Raises:
        Conflict: there are none.
    """
    keys = list(area.weather_files.values_list("storage_key", flat=True))
    if not keys:
        raise Conflict("The area has no weather.")
    area.weather_files.all().delete()
    record(actor=actor, action="area.weather_forgotten", subject=area, files=len(keys))
    for key in keys:
        transaction.on_commit(partial(default_storage.delete, key))


def weather_of(area: Area) -> pa.Table | None:
    """Every reading of an area; None where there is none."""
    return _together(area.weather_files)


def events_of(area: Area) -> pa.Table:
    """Every event of an area.

    Raises:
        Conflict: there is none.
    """
    table = _together(area.files)
    if table is None:
        raise Conflict("The area has no events yet. Send a file of them first.")
    return table


@transaction.atomic
def order_report(*, actor: Actor, area: Area) -> Report:
    """Judge every model on the last weeks, and forecast from now on by the network; a worker does it.

    Raises:
        Conflict: there are no events, or a report is being made.
    """
    Area.objects.select_for_update().get(pk=area.pk)
    if not area.files.exists():
        raise Conflict("The area has no events yet. Send a file of them first.")
    if under_way(REPORT, area=area.pk).exists():
        raise Conflict("A report is being made. Wait for it.")
    report = jobs.submit_with(
        REPORT,
        row=lambda job: Report.objects.create(area=area, job=job),
        payload=lambda made: ReportOrder(area_id=area.pk, report_id=made.pk),
        actor=actor,
    )
    record(actor=actor, action="area.report", subject=area)
    return report


def refresh_all() -> int:
    """Forecast the next slot where new events came since the last forecast; how many areas.

    Called on schedule. An area without a network waits for its first report.
    """
    ordered = 0
    for area in Area.objects.exclude(model_key=""):
        last = area.files.order_by("-last").values_list("last", flat=True).first()
        newest = area.forecasts.order_by("-begins").values_list("begins", flat=True).first()
        busy = under_way(REPORT, REFRESH, area=area.pk)
        if last is None or (newest is not None and whole_slots_end(area, last) <= newest) or busy.exists():
            continue
        members = Membership.objects.filter(organization_id=area.organization_id, is_active=True)
        owner = members.filter(user_id=area.created_by_id or 0).first() or members.granted(Scope.MEMBERS_WRITE).first()
        if owner is None:
            continue
        jobs.submit(REFRESH, RefreshOrder(area_id=area.pk), actor=actor_of_membership(owner))
        ordered += 1
    return ordered


def whole_slots_end(area: Area, last: datetime) -> datetime:
    """The beginning of the slot that an event at `last` lies in: every slot before it is whole, and it is the next."""
    minutes = last.hour * 60 + last.minute
    begin = minutes - minutes % area.minutes
    return last.replace(hour=begin // 60, minute=begin % 60, second=0, microsecond=0)
