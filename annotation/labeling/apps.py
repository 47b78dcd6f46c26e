"""App config."""

from django.apps import AppConfig


class LabelingConfig(AppConfig):
    """Label: `labeling`."""

    name = "annotation.labeling"
    label = "labeling"

    def ready(self) -> None:
        """Say who reaches what. New items become tasks of every project on their dataset.

        Erased persons and items leave nothing behind. Backups count tasks and annotations.
        """
        from annotation.labeling import erasure
        from annotation.labeling.job_kinds import AGGREGATION
        from annotation.labeling.memberships import hand_over
        from annotation.labeling.notification_kinds import COMMENTED, CONFLICT, MENTIONED, SENT_BACK
        from annotation.labeling.reach import RULES
        from annotation.labeling.services import erase_person, sync_tasks
        from plateau.access.visibility import reach_rules
        from plateau.backups.backup import COUNTED_TABLES
        from plateau.datalake.hooks import DataHolder, after_ingest, data_holders
        from plateau.identity.hooks import invitation_handlers, person_erasure_handlers
        from plateau.jobs.kinds import JOB_KINDS
        from plateau.notifications.kinds import NOTIFICATION_KINDS

        JOB_KINDS.register(AGGREGATION, handler="annotation.labeling.aggregation.run_aggregation")
        reach_rules.append(RULES)
        invitation_handlers.append(hand_over)
        after_ingest.append(sync_tasks)
        person_erasure_handlers.append(erase_person)
        NOTIFICATION_KINDS.add(COMMENTED, CONFLICT, MENTIONED, SENT_BACK)
        data_holders.append(DataHolder(erasure.impact_of, erasure.erase))
        COUNTED_TABLES.extend(["labeling_task", "labeling_annotation"])
