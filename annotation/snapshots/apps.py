"""App config."""

from django.apps import AppConfig


class SnapshotsConfig(AppConfig):
    """Label: `snapshots`."""

    name = "annotation.snapshots"
    label = "snapshots"

    def ready(self) -> None:
        """Name the handler of freezing; erased items leave their snapshots; tasks can be filtered by split."""
        from annotation.labeling.hooks import split_expressions
        from annotation.snapshots import erasure
        from annotation.snapshots.job_kinds import SNAPSHOT
        from annotation.snapshots.notification_kinds import SNAPSHOT_CREATED
        from annotation.snapshots.split_of_task import assigned_split
        from plateau.datalake.hooks import DataHolder, data_holders
        from plateau.jobs.kinds import JOB_KINDS
        from plateau.jobs.notification_kinds import END_KINDS
        from plateau.notifications.kinds import NOTIFICATION_KINDS

        JOB_KINDS.register(SNAPSHOT, handler="annotation.snapshots.services.build_snapshot")
        split_expressions.append(assigned_split)
        data_holders.append(DataHolder(erasure.impact_of, erasure.erase))
        NOTIFICATION_KINDS.add(SNAPSHOT_CREATED)
        END_KINDS[SNAPSHOT.key] = SNAPSHOT_CREATED
