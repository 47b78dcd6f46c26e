"""App config."""

from django.apps import AppConfig


class SearchConfig(AppConfig):
    """Label: `search`."""

    name = "workers.sweeps"
    label = "search"

    def ready(self) -> None:
        """Name what runs a trial."""
        from plateau.jobs.handlers import register
        from workers.runtime.supervise import run_trainer

        register("trial", run_trainer)
