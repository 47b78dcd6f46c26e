"""What the demo organization shows of demand forecasts."""

from pathlib import Path

from django.core.files.base import File

from plateau.access.scopes import Scope
from workers.applications.demand.models import ServiceArea
from workers.applications.demand.services import add_events, create_area, submit_report
from workers.demo.people import actor

TAXI = "New York taxis"
TRIPS = Path(__file__).parent / "data" / "nyc_taxi_2015_01.parquet"


def add_taxi_area() -> None:
    """A city with a month of taxi trips, and the report on its forecasts."""
    scientist = actor(Scope.MODELS_WRITE)
    area = ServiceArea.objects.filter(organization_id=scientist.organization_id, name=TAXI).first()
    if area is None:
        # A sample of the trips: cells of 1 km, where every trip of a city would fill cells of 500 m.
        values = {
            "name": TAXI,
            "cell_size_m": 1000,
            "bin_minutes": 30,
            "min_events_per_cell": 300,
            "max_cells": 60,
        }
        area = create_area(actor=scientist, values=values)
    if not area.event_files.exists():
        with TRIPS.open("rb") as stream:
            add_events(actor=scientist, area=area, file=File(stream, name=TRIPS.name))
    if not area.reports.exists():
        submit_report(actor=scientist, area=area)
