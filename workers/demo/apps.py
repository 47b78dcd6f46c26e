"""App config."""

from typing import TYPE_CHECKING, Any

from django.apps import AppConfig

if TYPE_CHECKING:
    from plateau.jobs.handlers import Running


class DemoConfig(AppConfig):
    """Label: `demo`."""

    name = "workers.demo"
    label = "demo"

    def ready(self) -> None:
        """Name the handler that fills the demo organization."""
        from plateau.jobs.handlers import register

        register("demo", _fill)
        register("demo-run", _run)


def _fill(running: "Running") -> dict[str, Any]:
    from workers.demo.services import fill  # half the product, which no other process needs

    return fill(running)


def _run(running: "Running") -> dict[str, Any]:
    from workers.demo.running import run_it

    return run_it(running)
