"""App config."""

from django.apps import AppConfig


class BatchInferenceConfig(AppConfig):
    """Label: `batch_inference`. Batch predictions, evaluations, exports and feedback."""

    name = "workers.batch_inference"
    label = "batch_inference"

    def ready(self) -> None:
        """Name the handlers of job kinds that run versions; erased items leave predictions and feedback."""
        from plateau.datalake.hooks import DataHolder, data_holders
        from plateau.jobs.kinds import JOB_KINDS
        from registry.contracts.job_kinds import EVALUATE_CONTRACT
        from registry.deployments.job_kinds import PREDICT
        from registry.model_versions.job_kinds import EVALUATE, EXPORT
        from workers.batch_inference import erasure
        from workers.runtime import TRAINER

        JOB_KINDS.register(
            PREDICT, handler="workers.batch_inference.batch_predictions.run_batch_prediction", runs_in=TRAINER
        )
        JOB_KINDS.register(
            EXPORT, handler="workers.batch_inference.browser_exports.export_for_browser", runs_in=TRAINER
        )
        JOB_KINDS.register(EVALUATE, handler="workers.batch_inference.evaluations.evaluate", runs_in=TRAINER)
        JOB_KINDS.register(
            EVALUATE_CONTRACT, handler="workers.batch_inference.contract_evaluations.run_evaluation", runs_in=TRAINER
        )
        data_holders.append(DataHolder(erasure.impact_of, erasure.erase))
