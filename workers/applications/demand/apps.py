"""App config."""

from plateau.applications import Application


class DemandConfig(Application):
    """Label: `demand`."""

    name = "workers.applications.demand"
    label = "demand"

    def ready(self) -> None:
        """Name what runs the jobs, and what the demo shows."""
        from plateau.jobs.handlers import register
        from workers.demo import additions
        from workers.runtime.supervise import run_trainer

        register("demand-report", run_trainer)
        register("demand-refresh", run_trainer)
        additions.register("demand", _add_to_demo)


def _add_to_demo() -> None:
    from workers.applications.demand.demo import add_taxi_area  # no other process needs it

    add_taxi_area()
