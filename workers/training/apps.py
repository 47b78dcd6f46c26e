"""App config."""

from django.apps import AppConfig


class TrainingConfig(AppConfig):
    """Label: `training`."""

    name = "workers.training"
    label = "training"

    def ready(self) -> None:
        """Name what trains, and what works on labels by a model; caches forget erased items."""
        from annotation.labeling.job_kinds import SELECTION
        from annotation.quality.job_kinds import LABEL_ISSUES
        from plateau.datalake.hooks import DataHolder, data_holders
        from plateau.jobs.kinds import JOB_KINDS
        from plateau.jobs.notification_kinds import END_KINDS
        from plateau.notifications.kinds import NOTIFICATION_KINDS
        from workers.runtime import RESUMABLE_TRAINER
        from workers.training import erasure
        from workers.training.job_kinds import TRAIN
        from workers.training.notification_kinds import RUN_FINISHED

        JOB_KINDS.register(TRAIN, handler="workers.training.handlers.train", runs_in=RESUMABLE_TRAINER)
        JOB_KINDS.register(SELECTION, handler="workers.training.active_learning.run_selection")
        JOB_KINDS.register(LABEL_ISSUES, handler="workers.training.label_issues.find_label_issues")
        data_holders.append(DataHolder(erasure.impact_of, erasure.erase))
        NOTIFICATION_KINDS.add(RUN_FINISHED)
        END_KINDS[TRAIN.key] = RUN_FINISHED
