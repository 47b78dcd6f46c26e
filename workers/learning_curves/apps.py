"""App config."""

from django.apps import AppConfig


class LearningCurvesConfig(AppConfig):
    """Label: `learning_curves`."""

    name = "workers.learning_curves"
    label = "learning_curves"

    def ready(self) -> None:
        """Register job kinds with their handlers."""
        from plateau.jobs.kinds import JOB_KINDS
        from workers.learning_curves.job_kinds import ACTIVE_LEARNING_SIMULATION, LEARNING_CURVE
        from workers.runtime import TRAINER

        JOB_KINDS.register(
            LEARNING_CURVE, handler="workers.learning_curves.measuring.measure_learning_curve", runs_in=TRAINER
        )
        JOB_KINDS.register(
            ACTIVE_LEARNING_SIMULATION,
            handler="workers.learning_curves.simulation.simulate_active_learning",
            runs_in=TRAINER,
        )
