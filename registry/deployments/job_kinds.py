"""Job kinds of batch predictions."""

from dataclasses import dataclass

from plateau.jobs.kinds import JobKind


@dataclass(frozen=True)
class BatchPredictionPayload:
    """The `BatchPrediction` to carry out."""

    batch_prediction_id: int


PREDICT = JobKind(
    "predict", BatchPredictionPayload, queue="cpu",
    subject={
        "project": "project_id", "version": "batchprediction__version_id", "dataset": "batchprediction__dataset_id",
    }, title="Batch prediction")  # fmt: skip
