"""App config."""

from django.apps import AppConfig


class DemandConfig(AppConfig):
    """Label: `demand`."""

    name = "workers.applications.demand"
    label = "demand"

    def ready(self) -> None:
        """Name what runs the jobs."""
        from plateau.jobs.kinds import JOB_KINDS
        from workers.applications.demand.job_kinds import REFRESH, REPORT
        from workers.runtime import TRAINER

        JOB_KINDS.add(REPORT, handler="workers.applications.demand.handlers.make_report", runs_in=TRAINER)
        JOB_KINDS.add(REFRESH, handler="workers.applications.demand.handlers.refresh", runs_in=TRAINER)
