"""Areas whose demand is forecast, the events that came, and what was forecast for each slot."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from plateau.access.visibility import ScopedQuerySet


class Area(models.Model):
    """A city, or any set of places. `zone` says in words which clock the events' times are from.

    `grid` holds `corner`, `metres` and `places` once counts were made, and whether the network learned from the
    `weather`; `model_key` is the folder of the network that forecasts now.
    """

    organization_path: ClassVar[str] = "organization_id"

    organization = models.ForeignKey("identity.Organization", on_delete=models.CASCADE)
    name = models.CharField(max_length=120)
    metres = models.IntegerField(default=500)
    minutes = models.IntegerField(default=30)
    least_events = models.IntegerField(default=100)
    most_cells = models.IntegerField(default=200)
    grid = models.JSONField(default=dict)
    model_key = models.CharField(max_length=200, default="", blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedQuerySet["Area"].as_manager()

    class Meta:
        verbose_name = "area"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "name"], name="area_name_once"),
            models.CheckConstraint(condition=models.Q(minutes__in=[10, 15, 20, 30, 60]), name="area_slots_fill_days"),
            models.CheckConstraint(condition=models.Q(metres__gte=50), name="area_cells_have_a_size"),
        ]


class EventFile(models.Model):
    """Events that came together, as Parquet: time, latitude, longitude, and the same of arrivals where known."""

    area = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="files")
    storage_key = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    events = models.IntegerField()
    first = models.DateTimeField()
    last = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["area", "sha256"], name="events_once")]


class WeatherFile(models.Model):
    """Readings that hold for the whole area, as Parquet: time, and `columns` of numbers."""

    area = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="weather_files")
    storage_key = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    rows = models.IntegerField()
    columns = models.JSONField()
    first = models.DateTimeField()
    last = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["area", "sha256"], name="weather_once")]


class Report(models.Model):
    """How well every model would have forecast; never changed."""

    organization_path: ClassVar[str] = "area__organization_id"

    area = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="reports")
    job = models.OneToOneField("jobs.Job", on_delete=models.PROTECT)
    body = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedQuerySet["Report"].as_manager()


class SlotForecast(models.Model):
    """What was forecast for a slot before it began, by cell, and what came; `actual` is null until it is over.

    `judged` slots were forecast after the fact, by a network that had not seen them.
    """

    area = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="forecasts")
    begins = models.DateTimeField()
    mean = models.JSONField()
    low = models.JSONField()
    high = models.JSONField()
    actual = models.JSONField(null=True)
    judged = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["area", "begins"], name="slot_forecast_once")]
