"""App config."""

from django.apps import AppConfig


class SweepsConfig(AppConfig):
    """Label: `sweeps`."""

    name = "workers.sweeps"
    label = "sweeps"

    def ready(self) -> None:
        """Name what runs a trial."""
        from plateau.jobs.kinds import JOB_KINDS
        from workers.runtime import TRAINER
        from workers.sweeps.job_kinds import TRIAL

        JOB_KINDS.register(TRIAL, handler="workers.sweeps.trials.run_trial", runs_in=TRAINER)
