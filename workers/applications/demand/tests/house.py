"""What tests of the whole house need of demand forecasts."""

from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from plateau.jobs.models import Job
from tests.roles import SEEING, STAFF
from workers.applications.demand.models import Area, EventFile, Report, SlotForecast
from workers.applications.demand.services import refresh_all

PERMISSIONS = {
    ("GET", "areas/"): SEEING,
    ("POST", "areas/"): STAFF,
    ("GET", "areas/<int:area_id>/"): SEEING,
    ("POST", "areas/<int:area_id>/events/"): STAFF,
    ("POST", "areas/<int:area_id>/weather/"): STAFF,
    ("DELETE", "areas/<int:area_id>/weather/"): STAFF,
    ("POST", "areas/<int:area_id>/report/"): STAFF,
    ("GET", "areas/<int:area_id>/day/"): SEEING,
    ("GET", "areas/<int:area_id>/cells/<int:cell>/"): SEEING,
}
BODIES = {("POST", "areas/"): {"name": "Town"}}
QUERY = {"areas/{area_id}/day/": "?day=2026-03-01"}
FIXED_LISTS = {"areas/{area_id}/ outline": "the border of the area"}


def rows_of_another_organization(organization_id: int, job: Any) -> dict[str, int | str]:
    """A row of everything: what the parameters of routes are called, and its number."""
    return {"area_id": Area.objects.create(organization_id=organization_id, name="City").pk, "cell": 0}


def grow(growing: Any, step: int) -> None:
    """One more of everything, and one more below the first."""
    from tests.growing import MOMENT

    area = Area.objects.create(
        organization_id=growing.actor.organization_id, name=f"Town {step}", grid={"corner": [35.0, 139.0],
        "metres": 500, "places": [[0, 0]]}, created_by=growing.newest_member,
    )  # fmt: skip
    first = growing.first.setdefault("area", area)
    last = MOMENT + timedelta(days=2)
    EventFile.objects.create(area=area, storage_key="none", sha256="0" * 64, events=1, first=MOMENT, last=last)
    Report.objects.create(area=area, job=growing.job("demand-report"))
    SlotForecast.objects.create(area=area, begins=MOMENT, mean=[1.0], low=[0.0], high=[2.0])
    if step > 1:
        begins = MOMENT + timedelta(minutes=30 * step)
        SlotForecast.objects.create(area=first, begins=begins, mean=[1.0], low=[0.0], high=[2.0])


def ids(growing: Any) -> dict[str, int | str]:
    """What stands for the parameters of addresses."""
    return {"area_id": growing.first["area"].pk, "cell": 0}


def area_of(place: Any) -> int:
    """An area with events."""

    def make() -> int:
        number = int(place.post("areas/", {"name": "City"})["id"])
        text = b"time,latitude,longitude\n2026-03-01 08:00:00,40.7,-74.0\n2026-03-02 08:00:00,40.7,-74.0\n"
        place.post(f"areas/{number}/events/", file=SimpleUploadedFile("trips.csv", text))
        return number

    return int(place.once("area", make))


def order_refresh(place: Any) -> int:
    """What the scheduler orders for an area whose next slot is whole."""
    Area.objects.filter(pk=area_of(place)).update(model_key="demand/net")
    assert refresh_all() == 1
    return Job.objects.filter(kind="demand-refresh").latest("pk").pk


JOB_ORDERS = {
    "demand-refresh": order_refresh,
    "demand-report": lambda place: place.job_of(f"areas/{area_of(place)}/report/"),
}
STORED_PAYLOADS = {"demand-refresh": {"area_id": 1}, "demand-report": {"area_id": 1, "report_id": 2}}
