"""App config."""

from django.apps import AppConfig


class LabelingConfig(AppConfig):
    """Label: `labeling`."""

    name = "annotation.labeling"
    label = "labeling"

    def ready(self) -> None:
        """New items become tasks of every project on their dataset."""
        from plateau.datalake.hooks import after_ingest

        from annotation.labeling.services import sync_tasks

        after_ingest.append(sync_tasks)
