"""App config."""

from django.apps import AppConfig


class TrainingConfig(AppConfig):
    """Label: `training`."""

    name = "workers.training"
    label = "training"

    def ready(self) -> None:
        """Name what runs the jobs that need a trainer process."""
        from plateau.jobs.handlers import register

        from workers.runtime.supervise import run_trainer

        register("train", run_trainer)
        register("study", run_trainer)
