"""Service areas, their events and weather, reports, and forecasts on schedule."""

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

from labelkit.messages import Message
from plateau.access.scopes import Actor, Scope
from plateau.audit.services import record
from plateau.identity.authentication import actor_of_membership
from plateau.identity.models import Membership
from plateau.jobs import services as jobs
from plateau.jobs.queries import find_unfinished_jobs
from workers.applications.demand.errors import (
    InvalidDataFile,
    NoEvents,
    NoWeather,
    ReportInProgress,
    ServiceAreaNameTaken,
)
from workers.applications.demand.events import MAX_BYTES, read_events, read_weather
from workers.applications.demand.job_kinds import REFRESH, REPORT, RefreshPayload, ReportPayload
from workers.applications.demand.models import DemandReport, EventFile, ServiceArea, WeatherFile


@transaction.atomic
def create_area(*, actor: Actor, values: dict[str, Any]) -> ServiceArea:
    """Create a service area without events.

    Raises:
        ServiceAreaNameTaken: there is one of this name.
    """
    if ServiceArea.objects.filter(organization_id=actor.organization_id, name=values["name"]).exists():
        raise ServiceAreaNameTaken(values["name"])
    area = ServiceArea.objects.create(
        organization_id=actor.organization_id, created_by_id=actor.user_id or None, **values
    )
    record(actor=actor, action="service_area.created", subject=area, name=area.name)
    return area


def _store_table(area: ServiceArea, prefix: str, sha256: str, table: pa.Table) -> tuple[str, datetime, datetime]:
    """Write a table to the storage; its key, and its first and last time."""
    span = pc.min_max(table["time"]).as_py()
    out = io.BytesIO()
    pq.write_table(table, out, compression="zstd")
    key = default_storage.save(
        f"demand/{area.organization_id}/{area.pk}/{prefix}-{sha256[:16]}.parquet", ContentFile(out.getvalue())
    )
    return key, span["min"].replace(tzinfo=UTC), span["max"].replace(tzinfo=UTC)


def _read_tables(files: Any) -> pa.Table | None:
    """The tables of an area's files as one, in the order in which they came; None where there are none."""
    tables = []
    for key in files.order_by("pk").values_list("storage_key", flat=True):
        with default_storage.open(key) as file:
            tables.append(pq.read_table(io.BytesIO(file.read())))
    return pa.concat_tables(tables, promote_options="default") if tables else None


def _read_upload(file: Any) -> tuple[bytes, str]:
    if file is None or file.size > MAX_BYTES:
        raise InvalidDataFile(
            "is missing" if file is None else Message("is larger than {limit} MiB", limit=MAX_BYTES >> 20)
        )
    data: bytes = file.read()
    return data, hashlib.sha256(data).hexdigest()


def add_events(*, actor: Actor, area: ServiceArea, file: object) -> EventFile:
    """Store a file of events; the same file again is the same row.

    Raises:
        InvalidDataFile: it is missing, too large, or a row is wrong.
    """
    data, sha256 = _read_upload(file)
    duplicate = area.event_files.filter(sha256=sha256).first()
    if duplicate is not None:
        return duplicate
    table = read_events(data)
    key, first, last = _store_table(area, "events", sha256, table)
    with transaction.atomic():
        row = EventFile.objects.create(
            area=area,
            storage_key=key,
            sha256=sha256,
            event_count=table.num_rows,
            first_event_at=first,
            last_event_at=last,
        )
        record(actor=actor, action="service_area.events_added", subject=area, events=row.event_count)
    return row


def add_weather(*, actor: Actor, area: ServiceArea, file: object) -> WeatherFile:
    """Store a file of readings; the same file again is the same row.

    Raises:
        InvalidDataFile: it is missing, too large, a row is wrong, or its columns are not those of the files before.
    """
    data, sha256 = _read_upload(file)
    duplicate = area.weather_files.filter(sha256=sha256).first()
    if duplicate is not None:
        return duplicate
    table = read_weather(data)
    columns = table.column_names[1:]
    before = area.weather_files.order_by("pk").values_list("columns", flat=True).first()
    if before is not None and before != columns:
        raise InvalidDataFile(
            Message(
                "has the columns {columns}; earlier files have {earlier}",
                columns=", ".join(columns),
                earlier=", ".join(before),
            )
        )
    key, first, last = _store_table(area, "weather", sha256, table)
    with transaction.atomic():
        row = WeatherFile.objects.create(
            area=area,
            storage_key=key,
            sha256=sha256,
            reading_count=table.num_rows,
            columns=columns,
            first_reading_at=first,
            last_reading_at=last,
        )
        record(actor=actor, action="service_area.weather_added", subject=area, rows=row.reading_count, columns=columns)
    return row


@transaction.atomic
def delete_weather(*, actor: Actor, area: ServiceArea) -> None:
    """Delete all readings; a network that learned from them forecasts nothing more until the next report.

    Raises:
        NoWeather: there are none.
    """
    keys = list(area.weather_files.values_list("storage_key", flat=True))
    if not keys:
        raise NoWeather
    area.weather_files.all().delete()
    record(actor=actor, action="service_area.weather_deleted", subject=area, files=len(keys))
    for key in keys:
        transaction.on_commit(partial(default_storage.delete, key))


def read_all_weather(area: ServiceArea) -> pa.Table | None:
    """Every reading of an area; None where there is none."""
    return _read_tables(area.weather_files)


def read_all_events(area: ServiceArea) -> pa.Table:
    """Every event of an area.

    Raises:
        NoEvents: there is none.
    """
    table = _read_tables(area.event_files)
    if table is None:
        raise NoEvents
    return table


@transaction.atomic
def submit_report(*, actor: Actor, area: ServiceArea) -> DemandReport:
    """Enqueue a backtest of every model on the last weeks, and forecasts by the network from now on.

    Raises:
        NoEvents: there are no events.
        ReportInProgress: a report is queued or running.
    """
    ServiceArea.objects.select_for_update().get(pk=area.pk)
    if not area.event_files.exists():
        raise NoEvents
    if find_unfinished_jobs(REPORT, area=area.pk).exists():
        raise ReportInProgress
    report = jobs.submit_with(
        REPORT,
        row=lambda job: DemandReport.objects.create(area=area, job=job),
        payload=lambda report: ReportPayload(area_id=area.pk, report_id=report.pk),
        actor=actor,
    )
    record(actor=actor, action="service_area.report_submitted", subject=area)
    return report


def submit_due_refreshes() -> int:
    """Enqueue a forecast of the next time bin where new events came since the last one; how many areas.

    An area without a network waits for its first report.
    """
    submitted = 0
    for area in ServiceArea.objects.exclude(model_key=""):
        last = area.event_files.order_by("-last_event_at").values_list("last_event_at", flat=True).first()
        newest = area.forecasts.order_by("-starts_at").values_list("starts_at", flat=True).first()
        busy = find_unfinished_jobs(REPORT, REFRESH, area=area.pk)
        if last is None or (newest is not None and next_bin_start(area, last) <= newest) or busy.exists():
            continue
        members = Membership.objects.filter(organization_id=area.organization_id, is_active=True)
        owner = members.filter(user_id=area.created_by_id or 0).first() or members.granted(Scope.MEMBERS_WRITE).first()
        if owner is None:
            continue
        jobs.submit(REFRESH, RefreshPayload(area_id=area.pk), actor=actor_of_membership(owner))
        submitted += 1
    return submitted


def next_bin_start(area: ServiceArea, last_event_at: datetime) -> datetime:
    """The start of the time bin of the last event: every bin before it is complete, so it is the next to forecast."""
    minute_of_day = last_event_at.hour * 60 + last_event_at.minute
    start = minute_of_day - minute_of_day % area.bin_minutes
    return last_event_at.replace(hour=start // 60, minute=start % 60, second=0, microsecond=0)
