"""Evaluating a registered model by a contract, on the held-out test set.

The model is ONNX from the registry and runs in this process of its own; nothing of it is unpickled.
"""

import hashlib
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotation.quality.queries import agreement_report
from annotation.snapshots.manifests import read_manifest
from annotation.snapshots.models import Snapshot
from plateau.http.errors import InvalidInput
from plateau.jobs import services as jobs
from plateau.jobs.models import Job
from registry.contracts.evaluation import ItemResult, StoredItemResult, evaluate_terms
from registry.contracts.job_kinds import EvaluateContractPayload
from registry.contracts.models import Contract, ContractEvaluation
from registry.contracts.schemas import contract_terms
from registry.contracts.services import save_evaluation
from registry.contracts.terms import read_terms
from statkit.sampling import neyman_allocation, prediction_powered_estimate, stratified_estimate, stratify_by_confidence
from workers.runtime.dataset import build_example, metadata_slices
from workers.runtime.job_run import JobRun
from workers.runtime.model_loading import Predictor, load_predictor
from workers.training.image_features import fetch_task_rows, image_examples, is_held_out

MAX_ERRORS_SHOWN = 12  # errors on the report
MOST_UNLABELED = 2000  # held-out items without a label for the prediction-powered estimate


def held_out_rows(snapshot: Snapshot, contract: Contract) -> list[dict[str, Any]]:
    """The held-out items that count, in the secret order of the project's key; new labels only where agreed."""
    table = read_manifest(snapshot).select(
        ["item_id", "name", "sha256", "display_key", "meta", "text", "split", "label", "annotated_at"]
    )
    rows = [row for row in table.to_pylist() if row["split"] == "test"]
    if read_terms(contract.terms).new_labels_only and contract.signed_at is not None:
        signed: datetime = contract.signed_at
        rows = [row for row in rows if row["annotated_at"] > signed]
    key = contract.project.split_seed
    return sorted(rows, key=lambda row: hashlib.sha256(f"{key}:order:{row['item_id']}".encode()).digest())


def run_evaluation(job: Job, run: JobRun, payload: EvaluateContractPayload) -> dict[str, Any]:
    """Handler of job kind `evaluate_contract`: evaluate the model, and save the result.

    Items that an earlier evaluation of the same model counted keep their place and their result, since a label that is
    corrected because the model disagreed would bias the test; new items follow.
    """
    rows = ContractEvaluation.objects.select_related("contract__project", "model_version", "snapshot")
    evaluation = rows.get(pk=payload.evaluation_id)
    contract, version, snapshot, cache = evaluation.contract, evaluation.model_version, evaluation.snapshot, run.cache
    jobs.report(claim=run.claim, done=0, total=1000, message="fetching the model")
    model = load_predictor(version, cache)
    items = held_out_rows(snapshot, contract)
    run.message, run.total = "predicting the held-out test set", 1000
    probabilities = np.asarray(model.predict([build_example(row, snapshot.project_type, cache) for row in items], run))
    if probabilities.ndim != 2:
        raise InvalidInput("Contracts evaluate models that give one label to each item.")
    predicted = [model.labels[index] for index in probabilities.argmax(axis=1)]
    results = {
        row["item_id"]: StoredItemResult(
            row["item_id"], row["label"] == label, round(float(confidence), 4), row["label"], label, snapshot.version
        )
        for row, label, confidence in zip(items, predicted, probabilities.max(axis=1, initial=0.0), strict=True)
    }
    earlier = ContractEvaluation.objects.filter(contract=contract, model_version=version).exclude(verdict="")
    stored = earlier.order_by("-pk").values_list("item_results", flat=True).first() or []
    counted = [StoredItemResult(*row) for row in stored]
    counted_ids = {result.item_id for result in counted}
    counted += [result for item_id, result in results.items() if item_id not in counted_ids]
    slices = {row["item_id"]: metadata_slices(row["meta"]) | {f"class:{row['label']}"} for row in items}
    verdict = evaluate_terms(
        contract_terms(read_terms(contract.terms)),
        [
            ItemResult(
                result.item_id,
                bool(result.correct),
                slices.get(result.item_id, frozenset({f"class:{result.true_label}"})),
            )
            for result in counted
        ],
    )
    names = {label["id"]: label["name"] for label in snapshot.labels}
    errors = sorted((result for result in results.values() if not result.correct), key=lambda error: -error.confidence)
    item_names = {row["item_id"]: row["name"] for row in items}
    verdict |= {
        "run": version.mlflow_run_id,
        "errors": [
            {
                "item_id": error.item_id,
                "name": item_names[error.item_id],
                "true_label": names.get(error.true_label, error.true_label),
                "predicted_label": names.get(error.predicted_label, error.predicted_label),
                "confidence": error.confidence,
            }
            for error in errors[:MAX_ERRORS_SHOWN]
        ],
        "agreement": agreement_report(contract.project).similarity.model_dump(),
        **_with_unlabeled(contract, model, counted, run),
    }
    save_evaluation(evaluation=evaluation, item_results=counted, result=verdict)
    return {"evaluation_id": evaluation.pk, "verdict": verdict["verdict"], "items": len(counted)}


def _with_unlabeled(
    contract: Contract, model: Predictor, results: list[StoredItemResult], run: JobRun
) -> dict[str, dict[str, Any] | None]:
    """Estimates that also use held-out items without a label; None where there are too few of either.

    Beside the prediction-powered one, one by strata of confidence, with how a hundred more labels would best be spread
    over the strata that are still unlabeled (Neyman).
    """
    waiting = [row for row in fetch_task_rows(contract.project, states=("open",)) if is_held_out(contract.project, row)]
    waiting = waiting[:MOST_UNLABELED]
    if len(results) < 20 or len(waiting) < 20:
        return {"prediction_powered": None, "stratified": None}
    examples = image_examples(waiting, run.cache)
    run.message = "predicting unlabeled held-out items"
    unlabeled = np.asarray(model.predict(examples, run)).max(axis=1)
    correct = np.array([float(result.correct) for result in results])
    confidence = np.array([float(result.confidence) for result in results])
    powered = prediction_powered_estimate(correct, confidence, unlabeled)
    return {
        "prediction_powered": powered.as_json() | {"unlabeled": len(waiting)},
        "stratified": _by_strata(correct, confidence, unlabeled),
    }


def _by_strata(
    correct: NDArray[np.float64], confidence: NDArray[np.float64], unlabeled: NDArray[np.float64]
) -> dict[str, object] | None:
    """The stratified estimate over labeled and unlabeled items; None where a stratum has no label."""
    strata = stratify_by_confidence(np.concatenate([confidence, unlabeled]))
    labeled, waiting = strata[: len(correct)], strata[len(correct) :]
    count = int(strata.max()) + 1
    sizes, labeled_counts = np.bincount(strata, minlength=count), np.bincount(labeled, minlength=count)
    if labeled_counts.min() < 1:
        return None
    hits = np.bincount(labeled, weights=correct, minlength=count).astype(int)
    estimate = stratified_estimate(sizes.tolist(), hits.tolist(), labeled_counts.tolist())
    spread = neyman_allocation(unlabeled, waiting, min(100, len(unlabeled)), min_per_stratum=0)
    return estimate.as_json() | {"next_hundred": spread}
