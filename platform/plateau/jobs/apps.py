"""App config."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Label: `jobs`."""

    name = "plateau.jobs"
    label = "jobs"

    def ready(self) -> None:
        """Jobs are watched; who ordered one is told how it ended; their broker must ask for a password."""
        from plateau.jobs.gauges import OF_JOBS
        from plateau.jobs.notification_kinds import JOB_DONE, JOB_FAILED, ROWS_REJECTED
        from plateau.notifications.kinds import NOTIFICATION_KINDS
        from plateau.secrets import checks  # noqa: F401  # registers itself
        from plateau.telemetry.gauges import GAUGES

        GAUGES.extend(OF_JOBS)
        NOTIFICATION_KINDS.add(JOB_DONE, JOB_FAILED, ROWS_REJECTED)
