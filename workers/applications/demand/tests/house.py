"""What tests of the whole house need of demand forecasts."""

from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from plateau.jobs.models import Job
from tests.roles import SEEING, STAFF
from workers.applications.demand.models import DemandReport, EventFile, ServiceArea, TimeBinForecast
from workers.applications.demand.services import submit_due_refreshes

PERMISSIONS = {
    ("GET", "demand/areas/"): SEEING,
    ("POST", "demand/areas/"): STAFF,
    ("GET", "demand/areas/<int:area_id>/"): SEEING,
    ("POST", "demand/areas/<int:area_id>/events/"): STAFF,
    ("POST", "demand/areas/<int:area_id>/weather/"): STAFF,
    ("DELETE", "demand/areas/<int:area_id>/weather/"): STAFF,
    ("POST", "demand/areas/<int:area_id>/reports/"): STAFF,
    ("GET", "demand/areas/<int:area_id>/forecasts/"): SEEING,
    ("GET", "demand/areas/<int:area_id>/cells/<int:cell>/"): SEEING,
}
BODIES = {("POST", "demand/areas/"): {"name": "Town"}}
QUERY = {"demand/areas/{area_id}/forecasts/": "?date=2026-03-01"}
FIXED_LISTS = {"demand/areas/{area_id}/ cells": "the grid of the area"}


def rows_of_another_organization(organization_id: int, job: Any) -> dict[str, int | str]:
    """A row of everything: what the parameters of routes are called, and its number."""
    return {"area_id": ServiceArea.objects.create(organization_id=organization_id, name="City").pk, "cell": 0}


def grow(growing: Any, step: int) -> None:
    """One more of everything, and one more below the first."""
    from tests.growing import MOMENT

    area = ServiceArea.objects.create(
        organization_id=growing.actor.organization_id, name=f"Town {step}", grid={"origin": [35.0, 139.0],
        "cell_size_m": 500, "cells": [[0, 0]]}, created_by=growing.newest_member,
    )  # fmt: skip
    first = growing.first.setdefault("area", area)
    last = MOMENT + timedelta(days=2)
    EventFile.objects.create(
        area=area, storage_key="none", sha256="0" * 64, event_count=1, first_event_at=MOMENT, last_event_at=last
    )
    DemandReport.objects.create(area=area, job=growing.job("demand-report"))
    TimeBinForecast.objects.create(area=area, starts_at=MOMENT, mean=[1.0], low=[0.0], high=[2.0])
    if step > 1:
        starts_at = MOMENT + timedelta(minutes=30 * step)
        TimeBinForecast.objects.create(area=first, starts_at=starts_at, mean=[1.0], low=[0.0], high=[2.0])


def ids(growing: Any) -> dict[str, int | str]:
    """What stands for the parameters of addresses."""
    return {"area_id": growing.first["area"].pk, "cell": 0}


def area_of(place: Any) -> int:
    """An area with events."""

    def make() -> int:
        number = int(place.post("demand/areas/", {"name": "City"})["id"])
        text = b"time,latitude,longitude\n2026-03-01 08:00:00,40.7,-74.0\n2026-03-02 08:00:00,40.7,-74.0\n"
        place.post(f"demand/areas/{number}/events/", file=SimpleUploadedFile("trips.csv", text))
        return number

    return int(place.once("area", make))


def order_refresh(place: Any) -> int:
    """What the scheduler orders for an area whose next time bin is whole."""
    ServiceArea.objects.filter(pk=area_of(place)).update(model_key="demand/net")
    assert submit_due_refreshes() == 1
    return Job.objects.filter(kind="demand-refresh").latest("pk").pk


JOB_ORDERS = {
    "demand-refresh": order_refresh,
    "demand-report": lambda place: place.job_of(f"demand/areas/{area_of(place)}/reports/"),
}
STORED_PAYLOADS = {"demand-refresh": {"area_id": 1}, "demand-report": {"area_id": 1, "report_id": 2}}
