"""App config."""

from django.apps import AppConfig


class ServingConfig(AppConfig):
    """Label: `serving`. What models do with items: batches, proposals, feedback."""

    name = "workers.batch_inference"
    label = "serving"

    def ready(self) -> None:
        """Name what runs batches; feedback is taken in by the clock; erased items leave both."""
        from plateau.datalake.hooks import Follower, followers
        from plateau.jobs.handlers import register
        from workers.batch_inference import erasure
        from workers.runtime.supervise import run_trainer

        register("predict", run_trainer)
        register("export", run_trainer)
        register("evaluate", run_trainer)
        followers.append(Follower(erasure.reach, erasure.erase))
