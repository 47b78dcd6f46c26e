"""App config."""

from django.apps import AppConfig


class SnapshotsConfig(AppConfig):
    """Label: `snapshots`."""

    name = "annotation.snapshots"
    label = "snapshots"

    def ready(self) -> None:
        """Name the handler of freezing."""
        from plateau.jobs.handlers import register

        from annotation.snapshots.services import build

        register("snapshot", build)
