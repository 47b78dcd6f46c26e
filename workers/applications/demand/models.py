"""Service areas, the events and weather uploaded for them, reports, and forecasts by time bin."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from plateau.access.visibility import ScopedQuerySet


class ServiceArea(models.Model):
    """A city, or any set of places whose demand is forecast on square cells and equal time bins.

    `grid` is `{origin: [latitude, longitude], cell_size_m, cells: [[column, row], …], uses_weather}` once a report
    counted the events; `model_key` is the storage folder of the network that forecasts now.
    """

    organization_path: ClassVar[str] = "organization_id"
    may_stand_alone: ClassVar[bool] = True

    organization = models.ForeignKey("identity.Organization", on_delete=models.CASCADE)
    name = models.CharField(max_length=120)
    cell_size_m = models.IntegerField(default=500)
    bin_minutes = models.IntegerField(default=30)
    min_events_per_cell = models.IntegerField(default=100)
    max_cells = models.IntegerField(default=200)
    grid = models.JSONField(default=dict)
    model_key = models.CharField(max_length=200, default="", blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedQuerySet["ServiceArea"].as_manager()

    class Meta:
        verbose_name = "service area"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "name"], name="service_area_name_once"),
            models.CheckConstraint(
                condition=models.Q(bin_minutes__in=[10, 15, 20, 30, 60]), name="service_area_bins_fill_days"
            ),
            models.CheckConstraint(condition=models.Q(cell_size_m__gte=50), name="service_area_cells_have_a_size"),
        ]


class EventFile(models.Model):
    """Events uploaded together, as Parquet: time, latitude, longitude, and the same of arrivals where known."""

    area = models.ForeignKey(ServiceArea, on_delete=models.CASCADE, related_name="event_files")
    storage_key = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    event_count = models.IntegerField()
    first_event_at = models.DateTimeField()
    last_event_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["area", "sha256"], name="events_once")]


class WeatherFile(models.Model):
    """Readings that hold for the whole area, as Parquet: time, and `columns` of numbers."""

    area = models.ForeignKey(ServiceArea, on_delete=models.CASCADE, related_name="weather_files")
    storage_key = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    reading_count = models.IntegerField()
    columns = models.JSONField()
    first_reading_at = models.DateTimeField()
    last_reading_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["area", "sha256"], name="weather_once")]


class DemandReport(models.Model):
    """Backtest of every model on an area; never changed. `results` are described in `handlers.report_as_json`."""

    organization_path: ClassVar[str] = "area__organization_id"
    may_stand_alone: ClassVar[bool] = True

    area = models.ForeignKey(ServiceArea, on_delete=models.CASCADE, related_name="reports")
    job = models.OneToOneField("jobs.Job", on_delete=models.PROTECT)
    results = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedQuerySet["DemandReport"].as_manager()


class TimeBinForecast(models.Model):
    """The forecast of a time bin by cell, with its 80 % interval, and the counts; `actual` is null until it is over.

    Bins of a backtest (`is_backtest`) were forecast afterwards, by a network that had not seen them.
    """

    area = models.ForeignKey(ServiceArea, on_delete=models.CASCADE, related_name="forecasts")
    starts_at = models.DateTimeField()
    mean = models.JSONField()
    low = models.JSONField()
    high = models.JSONField()
    actual = models.JSONField(null=True)
    is_backtest = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["area", "starts_at"], name="time_bin_forecast_once")]
