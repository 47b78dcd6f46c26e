"""Events come in whole or not at all; a report is made once; forecasts meet what came."""

import io
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from plateau.http.errors import Conflict, InvalidInput
from plateau.jobs.models import Job
from workers.applications.demand import services
from workers.applications.demand.models import ServiceArea, TimeBinForecast
from workers.applications.demand.recipes.tests.test_demand import events
from workers.runtime.job_run import JobRun

pytestmark = pytest.mark.django_db


def parquet(days: int, begin: int = 0) -> bytes:
    times, latitude, longitude, _ = events(days)
    is_later = times >= times.min() + np.timedelta64(begin, "D")
    table = pa.table({"time": times[is_later], "latitude": latitude[is_later], "longitude": longitude[is_later]})
    out = io.BytesIO()
    pq.write_table(table, out)
    return out.getvalue()


def upload(data: bytes, name: str = "trips.parquet") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


@pytest.fixture
def area(people) -> ServiceArea:
    values = {"name": "City", "cell_size_m": 500, "bin_minutes": 30, "min_events_per_cell": 200, "max_cells": 50}
    return services.create_area(actor=people.actor("scientist"), values=values)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("when,latitude,longitude\n2026-03-01 08:00:00,1,2\n", "no column `time`"),
        ("time,latitude,longitude\nsoon,1,2\n", "`time` must contain times"),
        ("time,latitude,longitude\n2026-03-01 08:00:00,1,2\n2026-03-01 08:00:00,99,2\n", "row 2: `latitude` is 99"),
        ("time,latitude,longitude\n2026-03-01 08:00:00,,2\n", "row 1: `latitude` is empty"),
        ("time,latitude,longitude\n", "has no rows"),
        ("\x00\x01", "neither Parquet nor CSV"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "neither Parquet nor CSV"),
    ],
)
def test_wrong_events_are_refused_by_row_and_column(people, area, text, message):
    with pytest.raises(InvalidInput, match=message):
        services.add_events(
            actor=people.actor("scientist"),
            area=area,
            file=upload(text if isinstance(text, bytes) else text.encode(), "a.csv"),
        )
    assert not area.event_files.exists()


def test_the_same_file_counts_once(people, area):
    data = b"time,latitude,longitude\n2026-03-01 08:00:00,35.6,139.7\n2026-03-01T09:30:00,35.6,139.7\n"
    actor = people.actor("scientist")
    first = services.add_events(actor=actor, area=area, file=upload(data, "a.csv"))
    assert services.add_events(actor=actor, area=area, file=upload(data, "b.csv")).pk == first.pk
    assert (first.event_count, area.event_files.count()) == (2, 1)
    assert first.last_event_at == datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


def test_a_report_needs_events_and_is_made_once_at_a_time(people, area):
    actor = people.actor("scientist")
    with pytest.raises(Conflict, match="no events"):
        services.submit_report(actor=actor, area=area)
    services.add_events(actor=actor, area=area, file=upload(parquet(2)))
    services.submit_report(actor=actor, area=area)
    with pytest.raises(Conflict, match="being created"):
        services.submit_report(actor=actor, area=area)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("when,rain\n2026-03-01 08:00:00,1\n", "no column `time`"),
        ("time\n2026-03-01 08:00:00\n", "needs 1 to 20 numeric columns"),
        ("time,rain\n2026-03-01 08:00:00,wet\n", "`rain` must contain numbers"),
        ("time,rain\nsoon,1\n", "`time` must contain times"),
        ("time,rain,wind\n2026-03-01 08:00:00,1,\n2026-03-01 09:00:00,1,\n", "`wind`"),
    ],
)
def test_wrong_weather_is_refused_by_row_and_column(people, area, text, message):
    with pytest.raises(InvalidInput, match=message):
        services.add_weather(actor=people.actor("scientist"), area=area, file=upload(text.encode(), "w.csv"))
    assert not area.weather_files.exists()


def test_weather_adds_up_with_the_same_columns_and_can_be_deleted(people, area):
    actor = people.actor("scientist")
    readings = b"time,rain,wind\n2026-03-01 08:00:00,1,3\n2026-03-01 09:00:00,,4\n"
    row = services.add_weather(actor=actor, area=area, file=upload(readings))
    assert (row.reading_count, row.columns) == (2, ["rain", "wind"])
    assert services.add_weather(actor=actor, area=area, file=upload(readings)).pk == row.pk
    with pytest.raises(InvalidInput, match="earlier files have rain, wind"):
        services.add_weather(actor=actor, area=area, file=upload(b"time,rain\n2026-03-02 08:00:00,1\n"))
    client = people.client("scientist")
    weather = client.get(f"/api/v1/demand/areas/{area.pk}/").json()["weather"]
    assert (weather["reading_count"], weather["columns"], weather["first_reading_at"][:10]) == (
        2,
        ["rain", "wind"],
        "2026-03-01",
    )
    assert client.delete(f"/api/v1/demand/areas/{area.pk}/weather/").status_code == 204
    assert client.get(f"/api/v1/demand/areas/{area.pk}/").json()["weather"] is None
    assert client.delete(f"/api/v1/demand/areas/{area.pk}/weather/").status_code == 409


def hourly(days: int) -> bytes:
    """Rain that says nothing, every hour."""
    begin = np.datetime64("2026-03-02T00:00:00")
    lines = [f"{begin + np.timedelta64(hour, 'h')},{hour % 5}".replace("T", " ") for hour in range(24 * days)]
    return ("time,rain\n" + "\n".join(lines)).encode()


class SilentRun(JobRun):
    """A run without a job's lease."""

    def log(self, step: int, total: int, **values: float) -> None:
        """Keep nothing."""


def test_a_report_then_new_events_then_the_next_forecast(people, area, tmp_path, monkeypatch):
    """The work of a trainer, in this process: evaluated, forecast, met by what came, forecast again."""
    import threading

    from plateau.jobs import services as jobs
    from plateau.jobs.services import Claim
    from workers.applications.demand import handlers as demand
    from workers.applications.demand.job_kinds import REFRESH, REPORT

    monkeypatch.setattr(demand, "SEARCH_TRIALS", 1)
    monkeypatch.setattr(demand, "FOLDS", 1)
    monkeypatch.setattr(jobs, "report", lambda **_: None)
    actor = people.actor("scientist")
    services.add_events(actor=actor, area=area, file=upload(parquet(28)))
    services.add_weather(actor=actor, area=area, file=upload(hourly(30), "w.csv"))
    report = services.submit_report(actor=actor, area=area)
    claim = Claim(job_id=report.job_id, attempt=1)
    run = SilentRun(claim=claim, workdir=tmp_path, cache=tmp_path, stop=threading.Event())
    demand.create_report(report.job, run, REPORT.parse(report.job.payload))
    Job.objects.update(state="done")
    report.refresh_from_db()
    area.refresh_from_db()
    names = [row["name"] for row in report.results["models"]]
    assert {"last", "last_week", "ridge", "poisson", "boosting", "sdae", "no_pretraining"} <= set(names)
    assert report.results["drivers"]["rows"][0]["name"] == "last"
    assert [row["group"] for row in report.results["input_value"]] == ["neighborhood", "weather"]
    assert report.results["weather_coverage"] == 1.0
    assert [row["weeks"] for row in report.results["weeks"]][:1] == [1.0]
    backtest = TimeBinForecast.objects.filter(area=area, is_backtest=True)
    assert backtest.exists()
    assert all(row.actual is not None for row in backtest)
    waiting = TimeBinForecast.objects.get(area=area, actual__isnull=True)
    assert len(waiting.mean) == len(area.grid["cells"])

    assert services.submit_due_refreshes() == 0  # nothing new came
    services.add_events(actor=actor, area=area, file=upload(parquet(30, begin=28)))
    assert services.submit_due_refreshes() == 1
    assert services.submit_due_refreshes() == 0  # it is under way
    job = Job.objects.get(kind="demand-refresh")
    with monkeypatch.context() as patch:
        patch.setattr(demand, "read_all_weather", lambda _: None)
        with pytest.raises(ValueError, match="Create the report again"):
            demand.refresh(job, run, REFRESH.parse(job.payload))
    demand.refresh(job, run, REFRESH.parse(job.payload))
    waiting.refresh_from_db()
    assert waiting.actual is not None
    following = TimeBinForecast.objects.get(area=area, actual__isnull=True)
    assert following.starts_at > waiting.starts_at
    client = people.client("scientist")
    day = following.starts_at.date().isoformat()
    assert client.get(f"/api/v1/demand/areas/{area.pk}/forecasts/?date={day}").json()["results"][-1]["actual"] is None
    cell = client.get(f"/api/v1/demand/areas/{area.pk}/cells/0/").json()["results"]
    assert cell[-1]["actual"] is None
    assert cell[-2]["actual"] is not None
    assert client.get(f"/api/v1/demand/areas/{area.pk}/cells/999/").status_code == 404
    assert client.get(f"/api/v1/demand/areas/{area.pk}/forecasts/?date=soon").status_code == 400
    detail = client.get(f"/api/v1/demand/areas/{area.pk}/").json()
    assert len(detail["cells"]) == detail["cell_count"] == len(area.grid["cells"])
    assert day in detail["days"]
