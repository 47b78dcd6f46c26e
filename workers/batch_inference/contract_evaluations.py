"""Taking a look: a registered model answers the sealed items, and the contract says what that shows.

The model is ONNX from the registry and runs in this process of its own; nothing of it is unpickled.
"""

import hashlib
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotation.quality.queries import agreement_report
from annotation.snapshots.models import Snapshot
from plateau.http.errors import Invalid
from plateau.jobs import services as jobs
from plateau.jobs.models import Job
from registry.contracts.job_kinds import LookPayload
from registry.contracts.models import Contract, Look
from registry.contracts.schemas import TermsIn, terms_of
from registry.contracts.services import keep_verdict
from registry.contracts.verdicts import Outcome, judge
from statkit.sampling import neyman_allocation, prediction_powered_estimate, stratified_estimate, stratify_by_confidence
from workers.runtime.context import JobRun
from workers.runtime.material import example_of, manifest_of, slices_of
from workers.runtime.opening import Opened, open_model
from workers.training.material import examples_of, is_sealed, rows_of

SHOWN = 12  # mistakes on the report
MOST_UNLABELED = 2000  # sealed items without a label that the prediction-powered estimate looks at


def sealed_rows(snapshot: Snapshot, contract: Contract) -> list[dict[str, Any]]:
    """The sealed items that count, in the secret order of the project's key; fresh ones only where agreed."""
    table = manifest_of(snapshot).select(
        ["item_id", "name", "sha256", "display_key", "meta", "text", "side", "label", "annotated_at"]
    )
    rows = [row for row in table.to_pylist() if row["side"] == "sealed"]
    if contract.terms["fresh"] and contract.signed_at is not None:
        signed: datetime = contract.signed_at
        rows = [row for row in rows if row["annotated_at"] > signed]
    key = contract.project.split_seed
    return sorted(rows, key=lambda row: hashlib.sha256(f"{key}:order:{row['item_id']}".encode()).digest())


def run_evaluation(job: Job, run: JobRun, order: LookPayload) -> dict[str, Any]:
    """Handler of job kind `judge`: judge, and keep what was seen.

    Items that an earlier look at the same model counted keep their place and their outcome, since a label that is
    corrected because the model disagreed would tilt the test; new items follow.
    """
    look = Look.objects.select_related("contract__project", "model_version", "snapshot").get(pk=order.look_id)
    contract, cache = look.contract, run.cache
    jobs.report(claim=run.claim, done=0, total=1000, message="fetching the model")
    model = open_model(look.model_version, cache)
    rows = sealed_rows(look.snapshot, contract)
    run.message, run.total = "answering sealed items", 1000
    kind = look.snapshot.kind
    shares = np.asarray(model.predict([example_of(row, kind, cache) for row in rows], run))
    if shares.ndim != 2:
        raise Invalid("Contracts judge models that give one label to each item.")
    chosen, confidence = [model.labels[index] for index in shares.argmax(axis=1)], shares.max(axis=1, initial=0.0)
    now = {
        row["item_id"]: [
            row["item_id"],
            row["label"] == label,
            round(float(sure), 4),
            row["label"],
            label,
            look.snapshot.version,
        ]
        for row, label, sure in zip(rows, chosen, confidence, strict=True)
    }
    earlier = Look.objects.filter(contract=contract, model_version=look.model_version).exclude(verdict="")
    before: list[list[Any]] = list(earlier.order_by("-pk").values_list("outcomes", flat=True).first() or [])
    counted = {one[0] for one in before}
    outcomes = before + [one for item, one in now.items() if item not in counted]
    slices = {row["item_id"]: slices_of(row["meta"]) | {f"class:{row['label']}"} for row in rows}
    parts = [Outcome(one[0], bool(one[1]), slices.get(one[0], frozenset({f"class:{one[3]}"}))) for one in outcomes]
    result = judge(terms_of(TermsIn.model_validate(contract.terms)), parts)
    names = {label["id"]: label["name"] for label in look.snapshot.labels}
    wrong = sorted((one for one in now.values() if not one[1]), key=lambda one: -one[2])[:SHOWN]
    titles = {row["item_id"]: row["name"] for row in rows}
    result |= {
        "run": look.model_version.mlflow_run_id,
        "mistakes": [
            {
                "item_id": one[0],
                "name": titles[one[0]],
                "truth": names.get(one[3], one[3]),
                "answered": names.get(one[4], one[4]),
                "confidence": one[2],
            }
            for one in wrong
        ],
        "agreement": agreement_report(contract.project).similarity.model_dump(),
        **_with_unlabeled(contract, model, outcomes, run),
    }
    keep_verdict(look=look, outcomes=outcomes, result=result)
    return {"look_id": look.pk, "verdict": result["verdict"], "items": len(outcomes)}


def _with_unlabeled(
    contract: Contract, model: Opened, outcomes: list[list[Any]], run: JobRun
) -> dict[str, dict[str, Any] | None]:
    """Estimates that also use sealed items without a label; None where there are too few of either.

    Beside the prediction-powered one, one by strata of confidence, with how a hundred more labels would best be spread
    over the strata that are still unlabeled (Neyman).
    """
    waiting = [row for row in rows_of(contract.project, states=("open",)) if is_sealed(contract.project, row)]
    waiting = waiting[:MOST_UNLABELED]
    if len(outcomes) < 20 or len(waiting) < 20:
        return {"prediction_powered": None, "stratified": None}
    examples = examples_of(waiting, run.cache)
    run.message = "answering sealed items without a label"
    unlabeled = np.asarray(model.predict(examples, run)).max(axis=1)
    right, confidence = np.array([float(one[1]) for one in outcomes]), np.array([float(one[2]) for one in outcomes])
    powered = prediction_powered_estimate(right, confidence, unlabeled)
    return {
        "prediction_powered": powered.as_json() | {"unlabeled": len(waiting)},
        "stratified": _by_strata(right, confidence, unlabeled),
    }


def _by_strata(
    right: NDArray[np.float64], confidence: NDArray[np.float64], unlabeled: NDArray[np.float64]
) -> dict[str, Any] | None:
    """The stratified estimate over labeled and unlabeled items; None where a stratum has no label."""
    strata = stratify_by_confidence(np.concatenate([confidence, unlabeled]))
    labeled, waiting = strata[: len(right)], strata[len(right) :]
    count = int(strata.max()) + 1
    sizes, given = np.bincount(strata, minlength=count), np.bincount(labeled, minlength=count)
    if given.min() < 1:
        return None
    hits = np.bincount(labeled, weights=right, minlength=count).astype(int)
    found = stratified_estimate(sizes.tolist(), hits.tolist(), given.tolist())
    spread = neyman_allocation(unlabeled, waiting, min(100, len(unlabeled)), min_per_stratum=0)
    return found.as_json() | {"next_hundred": spread}
