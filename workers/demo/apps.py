"""App config."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Label: `demo`."""

    name = "workers.demo"
    label = "demo"

    def ready(self) -> None:
        """Name the handler that fills the demo organization."""
        from plateau.jobs.handlers import register

        from workers.demo.running import run_it
        from workers.demo.services import fill

        register("demo", fill)
        register("demo-run", run_it)
