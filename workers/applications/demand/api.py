"""Routes of areas and their forecasts."""

from datetime import date
from typing import ClassVar

from django.utils import timezone
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from plateau.access.endpoint import Endpoint
from plateau.access.scopes import Scope
from plateau.http.errors import Conflict, Invalid, NotFound
from plateau.http.openapi import document
from plateau.http.paging import FixedListing, Page
from plateau.http.validation import parse
from plateau.jobs.api import JobOut, job_out
from workers.applications.demand import queries, services
from workers.applications.demand.filters import AREAS, HISTORY
from workers.applications.demand.models import Area
from workers.applications.demand.schemas import AreaDetail, AreaIn, AreaOut, CellSlot, EventsOut, SlotOut, WeatherOut

FILE = {
    "multipart/form-data": {
        "type": "object",
        "properties": {
            "file": {
                "type": "string",
                "format": "binary",
                "description": "CSV or Parquet: time, latitude, longitude; to_time, to_latitude, to_longitude if known",
            }
        },
        "required": ["file"],
    }
}
WEATHER = {
    "multipart/form-data": {
        "type": "object",
        "properties": {
            "file": {
                "type": "string",
                "format": "binary",
                "description": "CSV or Parquet: time, and columns of numbers such as temperature and rain",
            }
        },
        "required": ["file"],
    }
}
SLOTS = FixedListing(ordering=("begins",), parameters={"day": (date, "The day, in UTC; today if not given")})


class AreaList(Endpoint):
    """Areas whose demand is forecast."""

    scopes: ClassVar = {"GET": Scope.RUNS_READ, "POST": Scope.RUNS_WRITE}

    @document(summary="Areas, newest first", out=Page[AreaOut], query=AREAS)
    def get(self, request: Request) -> Response:
        """One page."""
        found = AREAS.rows(request, Area.objects.visible_to(self.actor))
        return Response(found.page(queries.areas_out(found.rows)))

    @document(summary="Make an area", body=AreaIn, out=AreaDetail, status=201, refusals=[Conflict])
    def post(self, request: Request) -> Response:
        """Without events yet."""
        area = services.create_area(actor=self.actor, values=parse(AreaIn, request.data).model_dump())
        return Response(queries.detail_of(area), status=201)


class AreaOne(Endpoint):
    """One area."""

    scopes: ClassVar = {"GET": Scope.RUNS_READ}

    @document(summary="An area, its cells and its newest report", out=AreaDetail, refusals=[NotFound])
    def get(self, request: Request, area_id: int) -> Response:
        """The area."""
        return Response(queries.detail_of(Area.objects.visible_to(self.actor).one(pk=area_id)))


class AreaEvents(Endpoint):
    """Events of an area."""

    scopes: ClassVar = {"POST": Scope.RUNS_WRITE}
    parser_classes = (MultiPartParser,)

    @document(summary="Send events", body=FILE, out=EventsOut, status=201, refusals=[NotFound])
    def post(self, request: Request, area_id: int) -> Response:
        """All rows or none; the same file twice counts once.

        Raises:
            Invalid: naming the column or row that is wrong.
        """
        area = Area.objects.visible_to(self.actor).one(pk=area_id)
        row = services.add_events(actor=self.actor, area=area, file=request.FILES.get("file"))
        return Response(EventsOut(events=row.events, first=row.first, last=row.last), status=201)


class AreaWeather(Endpoint):
    """Readings that hold for a whole area."""

    scopes: ClassVar = {"POST": Scope.RUNS_WRITE, "DELETE": Scope.RUNS_WRITE}
    parser_classes = (MultiPartParser,)

    @document(summary="Send weather", body=WEATHER, out=WeatherOut, status=201, refusals=[NotFound])
    def post(self, request: Request, area_id: int) -> Response:
        """All rows or none; the same file twice counts once.

        Raises:
            Invalid: naming the column or row that is wrong.
        """
        area = Area.objects.visible_to(self.actor).one(pk=area_id)
        row = services.add_weather(actor=self.actor, area=area, file=request.FILES.get("file"))
        return Response(WeatherOut.model_validate(row, from_attributes=True), status=201)

    @document(summary="Take the weather away", status=204, refusals=[NotFound, Conflict])
    def delete(self, request: Request, area_id: int) -> Response:
        """All of it.

        Raises:
            Conflict: there is none.
        """
        services.forget_weather(actor=self.actor, area=Area.objects.visible_to(self.actor).one(pk=area_id))
        return Response(status=204)


class AreaReport(Endpoint):
    """Judging the forecasts of an area."""

    scopes: ClassVar = {"POST": Scope.RUNS_WRITE}

    @document(
        summary="Judge every model, and forecast from now on", out=JobOut, status=201, refusals=[NotFound, Conflict]
    )
    def post(self, request: Request, area_id: int) -> Response:
        """A worker does it."""
        area = Area.objects.visible_to(self.actor).one(pk=area_id)
        return Response(job_out(services.order_report(actor=self.actor, area=area).job), status=201)


class AreaDay(Endpoint):
    """Forecasts and counts of a day."""

    scopes: ClassVar = {"GET": Scope.RUNS_READ}

    @document(summary="A day, slot by slot", out=Page[SlotOut], query=SLOTS, refusals=[NotFound, Invalid])
    def get(self, request: Request, area_id: int) -> Response:
        """The slots that were forecast."""
        area = Area.objects.visible_to(self.actor).one(pk=area_id)
        day = SLOTS.parse(request).day or timezone.now().date()
        return Response(SLOTS.page(request, queries.day_of(area, day)))


class AreaCell(Endpoint):
    """One cell of an area."""

    scopes: ClassVar = {"GET": Scope.RUNS_READ}

    @document(summary="A cell's newest slots", out=Page[CellSlot], query=HISTORY, refusals=[NotFound])
    def get(self, request: Request, area_id: int, cell: int) -> Response:
        """A week of them.

        Raises:
            NotFound: the area has no such cell.
        """
        area = Area.objects.visible_to(self.actor).one(pk=area_id)
        if cell >= len(area.grid.get("places", [])):
            raise NotFound("The area has no such cell.")
        return Response(HISTORY.page(request, queries.cell_of(area, cell)))
