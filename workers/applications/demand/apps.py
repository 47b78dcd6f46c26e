"""App config."""

from django.apps import AppConfig


class DemandConfig(AppConfig):
    """Label: `demand`."""

    name = "workers.applications.demand"
    label = "demand"

    def ready(self) -> None:
        """Name what runs the jobs."""
        from plateau.jobs.handlers import register
        from workers.runtime.supervise import run_trainer

        register("demand-report", run_trainer)
        register("demand-refresh", run_trainer)
