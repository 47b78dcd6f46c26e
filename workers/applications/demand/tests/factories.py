"""Service areas, what was uploaded for them, reports and forecasts, without files."""

from datetime import UTC, datetime, timedelta

import factory
from factory.django import DjangoModelFactory

from plateau.identity.tests.factories import OrganizationFactory
from plateau.jobs.tests.factories import JobFactory
from workers.applications.demand.models import DemandReport, EventFile, ServiceArea, TimeBinForecast

MIDNIGHT = datetime(2026, 3, 1, tzinfo=UTC)


class ServiceAreaFactory(DjangoModelFactory):
    """An area of one cell."""

    class Meta:
        model = ServiceArea

    organization = factory.SubFactory(OrganizationFactory)
    name = factory.Sequence(lambda number: f"City {number}")
    grid = factory.LazyFunction(lambda: {"origin": [35.0, 139.0], "cell_size_m": 500, "cells": [[0, 0]]})


class EventFileFactory(DjangoModelFactory):
    class Meta:
        model = EventFile

    area = factory.SubFactory(ServiceAreaFactory)
    storage_key = "demand/none"
    sha256 = factory.Sequence(lambda number: f"{number:064x}")
    event_count = 1
    first_event_at = MIDNIGHT
    last_event_at = factory.LazyAttribute(lambda file: file.first_event_at + timedelta(days=2))


class DemandReportFactory(DjangoModelFactory):
    class Meta:
        model = DemandReport

    area = factory.SubFactory(ServiceAreaFactory)
    job = factory.SubFactory(
        JobFactory, kind="demand-report", organization=factory.SelfAttribute("..area.organization")
    )


class TimeBinForecastFactory(DjangoModelFactory):
    class Meta:
        model = TimeBinForecast

    area = factory.SubFactory(ServiceAreaFactory)
    starts_at = factory.Sequence(lambda number: MIDNIGHT + timedelta(minutes=30 * number))
    mean = factory.LazyFunction(lambda: [1.0])
    low = factory.LazyFunction(lambda: [0.0])
    high = factory.LazyFunction(lambda: [2.0])
