"""App config."""

from django.apps import AppConfig


class LabelingConfig(AppConfig):
    """Label: `labeling`."""

    name = "annotation.labeling"
    label = "labeling"

    def ready(self) -> None:
        """New items become tasks of every project on their dataset; erased persons and items leave nothing behind.

        Backups count tasks and annotations.
        """
        from annotation.labeling import erasure
        from annotation.labeling.services import erase_person, sync_tasks
        from plateau.backups.backup import COUNTED
        from plateau.datalake.hooks import Follower, after_ingest, followers
        from plateau.identity.hooks import when_erased

        after_ingest.append(sync_tasks)
        when_erased.append(erase_person)
        followers.append(Follower(erasure.reach, erasure.erase))
        COUNTED.extend(["labeling_task", "labeling_annotation"])
