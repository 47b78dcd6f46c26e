"""App config."""

from django.apps import AppConfig


class BackupsConfig(AppConfig):
    """Label: `backups`."""

    name = "plateau.backups"
    label = "backups"

    def ready(self) -> None:
        """The age of the last backup is watched; where none ever ended there is no figure, which is an alert."""
        from plateau.telemetry.gauges import GAUGES, Gauge

        GAUGES.append(
            Gauge(
                "plateau_backup_age_seconds",
                "Time since the last backup that ended well, by kind",
                "kind",
                "SELECT kind, extract(epoch FROM now() - max(finished_at)) FROM backups_finishedbackup GROUP BY 1",
            )
        )
