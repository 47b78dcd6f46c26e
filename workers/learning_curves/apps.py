"""App config."""

from django.apps import AppConfig


class BudgetConfig(AppConfig):
    """Label: `learning_curves`."""

    name = "workers.learning_curves"
    label = "learning_curves"

    def ready(self) -> None:
        """Name what measures points and replays strategies."""
        from plateau.jobs.kinds import JOB_KINDS
        from workers.learning_curves.job_kinds import REPLAY, STUDY
        from workers.runtime import TRAINER

        JOB_KINDS.register(STUDY, handler="workers.learning_curves.points.study", runs_in=TRAINER)
        JOB_KINDS.register(REPLAY, handler="workers.learning_curves.replays.replay", runs_in=TRAINER)
