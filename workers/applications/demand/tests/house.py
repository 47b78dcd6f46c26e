"""What tests of the whole house need of demand forecasts."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from plateau.jobs.models import Job
from tests.roles import SEEING, STAFF
from workers.applications.demand.models import ServiceArea
from workers.applications.demand.services import submit_due_refreshes
from workers.applications.demand.tests.factories import (
    DemandReportFactory,
    EventFileFactory,
    ServiceAreaFactory,
    TimeBinForecastFactory,
)

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
ROUTE_PARAMETERS = {"area_id": ServiceAreaFactory, "cell": 0}
FIXED_LISTS = {"demand/areas/{area_id}/ cells": "the grid of the area"}


def grow(growing: Any, step: int) -> None:
    """One more of everything, and one more below the first."""
    area = ServiceAreaFactory(organization=growing.organization, created_by=growing.newest_member)
    first = growing.first.setdefault("area", area)
    EventFileFactory(area=area)
    DemandReportFactory(area=area, job=growing.job("demand-report"))
    TimeBinForecastFactory(area=area)
    if step > 1:
        TimeBinForecastFactory(area=first)


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
