"""Tables and columns of 0.2.0 get the names of service areas and time bins."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("demand", "0002_weatherfile")]

    operations = [
        migrations.RemoveConstraint("area", "area_name_once"),
        migrations.RemoveConstraint("area", "area_slots_fill_days"),
        migrations.RemoveConstraint("area", "area_cells_have_a_size"),
        migrations.RemoveConstraint("slotforecast", "slot_forecast_once"),
        migrations.RenameModel("Area", "ServiceArea"),
        migrations.RenameModel("Report", "DemandReport"),
        migrations.RenameModel("SlotForecast", "TimeBinForecast"),
        migrations.RenameField("servicearea", "metres", "cell_size_m"),
        migrations.RenameField("servicearea", "minutes", "bin_minutes"),
        migrations.RenameField("servicearea", "least_events", "min_events_per_cell"),
        migrations.RenameField("servicearea", "most_cells", "max_cells"),
        migrations.RenameField("eventfile", "events", "event_count"),
        migrations.RenameField("eventfile", "first", "first_event_at"),
        migrations.RenameField("eventfile", "last", "last_event_at"),
        migrations.RenameField("weatherfile", "rows", "reading_count"),
        migrations.RenameField("weatherfile", "first", "first_reading_at"),
        migrations.RenameField("weatherfile", "last", "last_reading_at"),
        migrations.RenameField("demandreport", "body", "results"),
        migrations.RenameField("timebinforecast", "begins", "starts_at"),
        migrations.RenameField("timebinforecast", "judged", "is_backtest"),
        migrations.AlterModelOptions("servicearea", {"verbose_name": "service area"}),
        migrations.AlterField(
            "eventfile",
            "area",
            models.ForeignKey("demand.ServiceArea", on_delete=models.CASCADE, related_name="event_files"),
        ),
        migrations.AddConstraint(
            "servicearea", models.UniqueConstraint(fields=["organization", "name"], name="service_area_name_once")
        ),
        migrations.AddConstraint(
            "servicearea",
            models.CheckConstraint(
                condition=models.Q(bin_minutes__in=[10, 15, 20, 30, 60]), name="service_area_bins_fill_days"
            ),
        ),
        migrations.AddConstraint(
            "servicearea",
            models.CheckConstraint(condition=models.Q(cell_size_m__gte=50), name="service_area_cells_have_a_size"),
        ),
        migrations.AddConstraint(
            "timebinforecast", models.UniqueConstraint(fields=["area", "starts_at"], name="time_bin_forecast_once")
        ),
    ]
