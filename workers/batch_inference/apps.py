"""App config."""

from django.apps import AppConfig


class ServingConfig(AppConfig):
    """Label: `batch_inference`. What models do with items: batches, proposals, feedback."""

    name = "workers.batch_inference"
    label = "batch_inference"

    def ready(self) -> None:
        """Name what lets versions answer; feedback is taken in by the clock; erased items leave both."""
        from plateau.datalake.hooks import Follower, followers
        from plateau.jobs.kinds import JOB_KINDS
        from registry.contracts.job_kinds import JUDGE
        from registry.deployments.job_kinds import PREDICT
        from registry.model_versions.job_kinds import EVALUATE, EXPORT
        from workers.batch_inference import erasure
        from workers.runtime import TRAINER

        JOB_KINDS.add(PREDICT, handler="workers.batch_inference.batches.run_batch", runs_in=TRAINER)
        JOB_KINDS.add(EXPORT, handler="workers.batch_inference.exports.export", runs_in=TRAINER)
        JOB_KINDS.add(EVALUATE, handler="workers.batch_inference.evaluating.evaluate", runs_in=TRAINER)
        JOB_KINDS.add(JUDGE, handler="workers.batch_inference.looks.take_look", runs_in=TRAINER)
        followers.append(Follower(erasure.reach, erasure.erase))
