"""Evaluating a version on a snapshot's held-out test set, in the trainer process."""

from typing import Any

import numpy as np

from labelkit import metrics
from plateau.jobs import services as jobs
from plateau.jobs.models import Job
from registry.model_versions.job_kinds import EvaluatePayload
from registry.model_versions.models import ModelVersion
from workers.runtime.dataset import fetch_dataset
from workers.runtime.evaluation import align_columns, save_evaluation_report
from workers.runtime.job_run import JobRun
from workers.runtime.model_loading import load_predictor


def evaluate(job: Job, run: JobRun, payload: EvaluatePayload) -> dict[str, Any]:
    """Handler of job kind `evaluate`."""
    snapshot, dataset = fetch_dataset(payload.snapshot_id, run)
    version = ModelVersion.objects.get(pk=payload.version_id)
    jobs.report(claim=run.claim, done=100, total=1000, message="fetching the model")
    model = load_predictor(version, run.cache)
    run.message, run.total = "predicting the held-out test set", len(dataset.test)
    predictions = model.predict(dataset.test, run)
    if isinstance(predictions, np.ndarray) and predictions.ndim == 2:
        predictions = align_columns(predictions, model.labels, dataset.labels)
    report = metrics.evaluate(
        snapshot.annotation_type.key, predictions, dataset.test, dataset.labels,
        training_mean=dataset.training_mean, slices=dataset.test_slices,
    )  # fmt: skip
    evaluation = save_evaluation_report(
        version=version, snapshot=snapshot, dataset=dataset, predictions=predictions, report=report,
        created_by_id=job.created_by_id,
    )  # fmt: skip
    return {"evaluation_id": evaluation.pk, "version_id": version.pk, "metrics": evaluation.metrics}
