"""Routes of service areas and their demand forecasts."""

from typing import ClassVar

from django.utils import timezone
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from plateau.access.endpoint import Endpoint
from plateau.access.scopes import Scope
from plateau.http.errors import InvalidInput, NotFound
from plateau.http.openapi import document
from plateau.http.paging import Page
from plateau.http.validation import parse
from plateau.jobs.api import JobOut, job_out
from workers.applications.demand import queries, services
from workers.applications.demand.errors import (
    CellNotFound,
    InvalidDataFile,
    NoEvents,
    NoWeather,
    ReportInProgress,
    ServiceAreaNameTaken,
)
from workers.applications.demand.filters import CELL_HISTORY, DAY_FORECASTS, SERVICE_AREAS
from workers.applications.demand.models import ServiceArea
from workers.applications.demand.schemas import (
    CellForecastOut,
    EventFileOut,
    ServiceAreaDetailOut,
    ServiceAreaIn,
    ServiceAreaOut,
    TimeBinForecastOut,
    WeatherOut,
)

EVENT_FILE = {
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
WEATHER_FILE = {
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


class ServiceAreaList(Endpoint):
    """Service areas of the organization."""

    scopes: ClassVar = {"GET": Scope.RUNS_READ, "POST": Scope.RUNS_WRITE}

    @document(summary="Service areas, newest first", out=Page[ServiceAreaOut], query=SERVICE_AREAS)
    def get(self, request: Request) -> Response:
        """One page."""
        listing = SERVICE_AREAS.rows(request, ServiceArea.objects.visible_to(self.actor))
        return Response(listing.page(queries.service_areas_out(listing.rows)))

    @document(
        summary="Create a service area",
        body=ServiceAreaIn,
        out=ServiceAreaDetailOut,
        status=201,
        errors=[ServiceAreaNameTaken],
    )
    def post(self, request: Request) -> Response:
        """Without events."""
        area = services.create_area(actor=self.actor, values=parse(ServiceAreaIn, request.data).model_dump())
        return Response(queries.service_area_detail(area), status=201)


class ServiceAreaDetail(Endpoint):
    """One service area."""

    scopes: ClassVar = {"GET": Scope.RUNS_READ}

    @document(summary="A service area, its cells and its newest report", out=ServiceAreaDetailOut, errors=[NotFound])
    def get(self, request: Request, area_id: int) -> Response:
        """The area."""
        return Response(queries.service_area_detail(ServiceArea.objects.visible_to(self.actor).get_or_404(pk=area_id)))


class ServiceAreaEvents(Endpoint):
    """Events of an area."""

    scopes: ClassVar = {"POST": Scope.RUNS_WRITE}
    parser_classes = (MultiPartParser,)

    @document(
        summary="Upload events", body=EVENT_FILE, out=EventFileOut, status=201, errors=[NotFound, InvalidDataFile]
    )
    def post(self, request: Request, area_id: int) -> Response:
        """All rows or none; the same file twice counts once.

        Raises:
            InvalidDataFile: naming the column or row that is wrong.
        """
        area = ServiceArea.objects.visible_to(self.actor).get_or_404(pk=area_id)
        row = services.add_events(actor=self.actor, area=area, file=request.FILES.get("file"))
        return Response(EventFileOut.model_validate(row, from_attributes=True), status=201)


class ServiceAreaWeather(Endpoint):
    """Readings that hold for a whole area."""

    scopes: ClassVar = {"POST": Scope.RUNS_WRITE, "DELETE": Scope.RUNS_WRITE}
    parser_classes = (MultiPartParser,)

    @document(
        summary="Upload weather", body=WEATHER_FILE, out=WeatherOut, status=201, errors=[NotFound, InvalidDataFile]
    )
    def post(self, request: Request, area_id: int) -> Response:
        """All rows or none; the same file twice counts once.

        Raises:
            InvalidDataFile: naming the column or row that is wrong.
        """
        area = ServiceArea.objects.visible_to(self.actor).get_or_404(pk=area_id)
        row = services.add_weather(actor=self.actor, area=area, file=request.FILES.get("file"))
        return Response(WeatherOut.model_validate(row, from_attributes=True), status=201)

    @document(summary="Delete the weather", status=204, errors=[NotFound, NoWeather])
    def delete(self, request: Request, area_id: int) -> Response:
        """All of it.

        Raises:
            NoWeather: there is none.
        """
        services.delete_weather(
            actor=self.actor, area=ServiceArea.objects.visible_to(self.actor).get_or_404(pk=area_id)
        )
        return Response(status=204)


class ServiceAreaReports(Endpoint):
    """Reports on the forecasts of a service area."""

    scopes: ClassVar = {"POST": Scope.RUNS_WRITE}

    @document(
        summary="Backtest every model, and forecast from now on",
        out=JobOut,
        status=201,
        errors=[NotFound, NoEvents, ReportInProgress],
    )
    def post(self, request: Request, area_id: int) -> Response:
        """A worker does it."""
        area = ServiceArea.objects.visible_to(self.actor).get_or_404(pk=area_id)
        return Response(job_out(services.submit_report(actor=self.actor, area=area).job), status=201)


class ServiceAreaForecasts(Endpoint):
    """Forecasts and counts of a day."""

    scopes: ClassVar = {"GET": Scope.RUNS_READ}

    @document(
        summary="Forecasts of a day by time bin", out=Page[TimeBinForecastOut], query=DAY_FORECASTS,
        errors=[NotFound, InvalidInput],
    )  # fmt: skip
    def get(self, request: Request, area_id: int) -> Response:
        """The time bins that were forecast."""
        area = ServiceArea.objects.visible_to(self.actor).get_or_404(pk=area_id)
        day = DAY_FORECASTS.parse(request).date or timezone.now().date()
        return Response(DAY_FORECASTS.page(request, queries.forecasts_of_day(area, day)))


class ServiceAreaCell(Endpoint):
    """One cell of a service area."""

    scopes: ClassVar = {"GET": Scope.RUNS_READ}

    @document(
        summary="A cell's newest time bins",
        out=Page[CellForecastOut],
        query=CELL_HISTORY,
        errors=[NotFound, CellNotFound],
    )
    def get(self, request: Request, area_id: int, cell: int) -> Response:
        """A week of them.

        Raises:
            CellNotFound: the area has no such cell.
        """
        area = ServiceArea.objects.visible_to(self.actor).get_or_404(pk=area_id)
        if cell >= len(area.grid.get("cells", [])):
            raise CellNotFound
        return Response(CELL_HISTORY.page(request, queries.cell_history(area, cell)))
