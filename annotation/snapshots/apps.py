"""App config."""

from django.apps import AppConfig


class SnapshotsConfig(AppConfig):
    """Label: `snapshots`."""

    name = "annotation.snapshots"
    label = "snapshots"

    def ready(self) -> None:
        """Name the handler of freezing."""
        from annotation.snapshots.services import build
        from plateau.jobs.handlers import register

        register("snapshot", build)
