"""A version answers the sealed items of a snapshot, in the trainer's process."""

from typing import Any

import numpy as np

from labelkit import metrics
from plateau.jobs import services as jobs
from plateau.jobs.models import Job
from registry.model_versions.job_kinds import EvaluatePayload
from registry.model_versions.models import ModelVersion
from workers.runtime.dataset import fetch_material
from workers.runtime.evaluation import in_order, save_report
from workers.runtime.job_run import JobRun
from workers.runtime.model_loading import open_model


def evaluate(job: Job, run: JobRun, order: EvaluatePayload) -> dict[str, Any]:
    """Handler of job kind `evaluate`, in the trainer's process."""
    snapshot, material = fetch_material(order.snapshot_id, run)
    version = ModelVersion.objects.get(pk=order.version_id)
    jobs.report(claim=run.claim, done=100, total=1000, message="fetching the model")
    model = open_model(version, run.cache)
    run.message, run.total = "answering sealed items", len(material.sealed)
    found = model.predict(material.sealed, run)
    if isinstance(found, np.ndarray) and found.ndim == 2:
        found = in_order(found, model.labels, material.labels)
    report = metrics.evaluate(
        snapshot.kind, found, material.sealed, material.labels,
        training_mean=material.training_mean, slices=material.sealed_slices,
    )  # fmt: skip
    row = save_report(
        version=version, snapshot=snapshot, material=material, found=found, report=report,
        created_by_id=job.created_by_id,
    )  # fmt: skip
    return {"evaluation_id": row.pk, "version_id": version.pk, "metrics": row.metrics}
