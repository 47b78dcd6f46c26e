"""App config."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Label: `demo`."""

    name = "workers.demo"
    label = "demo"

    def ready(self) -> None:
        """Name the handlers that fill the demo organization."""
        from plateau.jobs.kinds import JOB_KINDS
        from workers.demo.job_kinds import DEMO, DEMO_RUN

        JOB_KINDS.register(DEMO, handler="workers.demo.services.fill")
        JOB_KINDS.register(DEMO_RUN, handler="workers.demo.running.run_it")
