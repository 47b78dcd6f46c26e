"""App config."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Label: `jobs`."""

    name = "plateau.jobs"
    label = "jobs"

    def ready(self) -> None:
        """Jobs are watched."""
        from plateau.jobs.gauges import OF_JOBS
        from plateau.telemetry.gauges import GAUGES

        GAUGES.extend(OF_JOBS)
