"""Keeping what a version answered to the sealed items, so that versions can be compared and mistakes looked at."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotation.snapshots.models import Snapshot
from labelkit.annotations import ANNOTATION_TYPES
from labelkit.metrics import EvaluationReport
from labelkit.metrics.classification import classification_report
from plateau.http.errors import InvalidInput
from registry.deployments.models import HISTOGRAM_BINS
from registry.deployments.serving.images import image_statistics
from registry.model_versions.models import Evaluation, ModelVersion, PredictionSource
from registry.model_versions.services import create_evaluation
from workers.recipes.base import Example, read_rgb
from workers.runtime.dataset import Material, manifest_of

LOOK_SIDE = 96


def predictions_of(
    probabilities: NDArray[np.float64], truth: Sequence[str], labels: list[str], items: Sequence[int]
) -> list[list[Any]]:
    """[item, true label, predicted label, confidence] of each item, labels by their index."""
    index = {label: number for number, label in enumerate(labels)}
    return [
        [item, index[label], int(row.argmax()), round(float(row.max()), 5)]
        for item, label, row in zip(items, truth, probabilities, strict=True)
    ]


def profile_of(examples: Sequence[Example], confidence: NDArray[np.float64]) -> dict[str, list[int]]:
    """Counts of confidence, brightness and contrast in equal bins of 0 to 1."""
    seen = [image_statistics(read_rgb(one.path, LOOK_SIDE).astype(np.float32)) for one in examples]
    columns = {
        "confidence": list(confidence),
        "brightness": [one[0] for one in seen],
        "contrast": [one[1] for one in seen],
    }
    return {
        key: np.histogram(np.clip(values, 0, 1), bins=HISTOGRAM_BINS, range=(0, 1))[0].tolist()
        for key, values in columns.items()
    }


def save_report(
    *,
    version: ModelVersion,
    snapshot: Snapshot,
    material: Material,
    found: Any,
    report: EvaluationReport,
    created_by_id: int | None,
) -> Evaluation:
    """Write what a worker measured: of classes, item by item; of other kinds, the metrics and those of each label."""
    classification, summary = report.classification, report.summary
    predictions, profile = [], {}
    if classification is not None:
        truth = [example.target for example in material.sealed]
        predictions = predictions_of(found, truth, classification.labels, material.sealed_items)
        if ANNOTATION_TYPES[snapshot.kind].media_type == "image":
            profile = profile_of(material.sealed, found.max(axis=1, initial=0.0))
    return create_evaluation(
        version=version,
        created_by_id=created_by_id,
        snapshot=snapshot,
        predicted_by=PredictionSource.WORKER,
        items=report.item_count,
        labels=material.labels,
        confusion=classification.confusion.tolist() if classification else [],
        metrics=summary.metrics,
        per_class=summary.per_class,
        predictions=predictions,
        draws=summary.resamples,
        profile=profile,
    )


def in_order(found: NDArray[np.float64], mine: list[str], labels: list[str]) -> NDArray[np.float64]:
    """Columns of a model's own labels in the order of the snapshot's; what it does not know gets nothing.

    Raises:
        InvalidInput: the model answers with labels that the snapshot does not have.
    """
    if foreign := sorted(set(mine) - set(labels)):
        raise InvalidInput(f"The model answers with labels that the snapshot does not have: {', '.join(foreign[:5])}")
    out = np.zeros((len(found), len(labels)))
    out[:, [labels.index(label) for label in mine]] = found
    return out


def save_predictions(
    *,
    version: ModelVersion,
    snapshot: Snapshot,
    answers: dict[int, tuple[str, float | None]],
    created_by_id: int | None,
) -> Evaluation:
    """Write what a model's author says that it answered; every sealed item must have an answer.

    Raises:
        InvalidInput: an item has no answer, or an answer is no label of the snapshot.
    """
    rows = manifest_of(snapshot).select(["item_id", "side", "label"]).to_pylist()
    sealed = [row for row in rows if row["side"] == "sealed"]
    labels = [label["id"] for label in snapshot.labels]
    index = {label: number for number, label in enumerate(labels)}
    missing = [row["item_id"] for row in sealed if row["item_id"] not in answers]
    if missing:
        raise InvalidInput(f"answers: {len(missing)} sealed items have no answer, such as item {missing[0]}")
    unknown = next((item for item, (label, _) in answers.items() if label not in index), None)
    if unknown is not None:
        raise InvalidInput(f"answers: item {unknown}: “{answers[unknown][0][:60]}” is no label of the snapshot")
    hard = np.zeros((len(sealed), len(labels)))
    for number, row in enumerate(sealed):
        hard[number, index[answers[row["item_id"]][0]]] = 1.0
    classification = classification_report(hard, [row["label"] for row in sealed], labels)
    predictions = [
        [row["item_id"], index[row["label"]], index[answers[row["item_id"]][0]], answers[row["item_id"]][1]]
        for row in sealed
    ]
    return create_evaluation(
        version=version,
        created_by_id=created_by_id,
        snapshot=snapshot,
        predicted_by=PredictionSource.AUTHOR,
        items=classification.items,
        labels=labels,
        confusion=classification.confusion.tolist(),
        metrics={name: one.as_json() for name, one in classification.metrics().items()},
        per_class=classification.per_class(),
        predictions=predictions,
    )
