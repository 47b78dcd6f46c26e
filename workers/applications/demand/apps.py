"""App config."""

from plateau.applications import Application


class DemandConfig(Application):
    """Label: `demand`."""

    name = "workers.applications.demand"
    label = "demand"

    def ready(self) -> None:
        """Name what runs the jobs, what the demo shows, and what events of 0.2.0 call their actions."""
        from plateau.audit.renamed_actions import register_renames
        from plateau.jobs.kinds import JOB_KINDS
        from workers.applications.demand.job_kinds import REFRESH, REPORT
        from workers.demo import additions
        from workers.runtime import TRAINER

        JOB_KINDS.register(REPORT, handler="workers.applications.demand.handlers.create_report", runs_in=TRAINER)
        JOB_KINDS.register(REFRESH, handler="workers.applications.demand.handlers.refresh", runs_in=TRAINER)
        additions.register("demand", _add_to_demo)
        register_renames(
            actions={
                "area.created": "service_area.created",
                "area.events": "service_area.events_added",
                "area.report": "service_area.report_submitted",
                "area.weather": "service_area.weather_added",
                "area.weather_forgotten": "service_area.weather_deleted",
            },
            subjects={"demand.area": "demand.servicearea"},
        )


def _add_to_demo() -> None:
    from workers.applications.demand.demo import add_taxi_area  # no other process needs it

    add_taxi_area()
