"""What the scheduler does for demand forecasts. Settings read it before Django starts, so nothing is imported here."""

from typing import Any

BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "refresh-areas": {"task": "workers.applications.demand.tasks.refresh_areas", "schedule": 60.0},
}
