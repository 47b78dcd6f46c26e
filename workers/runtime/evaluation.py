"""Saving a version's predictions on the held-out test set, so that versions are compared and errors looked at."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotation.snapshots.manifests import read_manifest
from annotation.snapshots.models import Snapshot
from labelkit.media.image import ImageMedia
from labelkit.messages import Message
from labelkit.metrics import EvaluationReport
from labelkit.metrics.classification import classification_report
from plateau.http.errors import InvalidInput
from registry.deployments.models import HISTOGRAM_BINS
from registry.deployments.serving.images import image_statistics
from registry.model_versions.models import Evaluation, ModelVersion, PredictionSource
from registry.model_versions.services import create_evaluation
from workers.recipes.base import Example, read_rgb
from workers.runtime.dataset import SnapshotDataset

STATISTICS_SIDE = 96  # pixels


def prediction_rows(
    probabilities: NDArray[np.float64], truth: Sequence[str], labels: list[str], items: Sequence[int]
) -> list[list[Any]]:
    """[item, true label, predicted label, confidence] of each item, labels by their index."""
    index = {label: number for number, label in enumerate(labels)}
    return [
        [item, index[label], int(row.argmax()), round(float(row.max()), 5)]
        for item, label, row in zip(items, truth, probabilities, strict=True)
    ]


def input_profile(examples: Sequence[Example], confidence: NDArray[np.float64]) -> dict[str, list[int]]:
    """Counts of confidence, brightness and contrast in equal bins of 0 to 1."""
    statistics = [image_statistics(read_rgb(example.path, STATISTICS_SIDE).astype(np.float32)) for example in examples]
    columns = {
        "confidence": list(confidence),
        "brightness": [brightness for brightness, _ in statistics],
        "contrast": [contrast for _, contrast in statistics],
    }
    return {
        key: np.histogram(np.clip(values, 0, 1), bins=HISTOGRAM_BINS, range=(0, 1))[0].tolist()
        for key, values in columns.items()
    }


def save_evaluation_report(
    *,
    version: ModelVersion,
    snapshot: Snapshot,
    dataset: SnapshotDataset,
    predictions: Any,
    report: EvaluationReport,
    created_by_id: int | None,
) -> Evaluation:
    """Save what a worker measured: metrics, those of each label and, for classification, every prediction."""
    classification, summary = report.classification, report.summary
    item_predictions, profile = [], {}
    if classification is not None:
        truth = [example.target for example in dataset.test]
        item_predictions = prediction_rows(predictions, truth, classification.labels, dataset.test_item_ids)
        if isinstance(snapshot.media_type, ImageMedia):
            profile = input_profile(dataset.test, predictions.max(axis=1, initial=0.0))
    return create_evaluation(
        version=version,
        created_by_id=created_by_id,
        snapshot=snapshot,
        predicted_by=PredictionSource.WORKER,
        items=report.item_count,
        labels=dataset.labels,
        confusion=classification.confusion.tolist() if classification else [],
        metrics=summary.metrics,
        per_class=summary.per_class,
        predictions=item_predictions,
        draws=summary.resamples,
        profile=profile,
    )


def align_columns(
    probabilities: NDArray[np.float64], model_labels: list[str], labels: list[str]
) -> NDArray[np.float64]:
    """Reorder the columns from the model's labels to the snapshot's; labels that the model does not know get 0.

    Raises:
        InvalidInput: the model predicts labels that the snapshot does not have.
    """
    if foreign := sorted(set(model_labels) - set(labels)):
        raise InvalidInput(
            Message("The model predicts labels that the snapshot does not have: {names}", names=", ".join(foreign[:5]))
        )
    out = np.zeros((len(probabilities), len(labels)))
    out[:, [labels.index(label) for label in model_labels]] = probabilities
    return out


def save_author_evaluation(
    *,
    version: ModelVersion,
    snapshot: Snapshot,
    predictions: dict[int, tuple[str, float | None]],
    created_by_id: int | None,
) -> Evaluation:
    """Save an evaluation from predictions that the model's author sent, one for each item of the test set.

    Raises:
        InvalidInput: an item has no prediction, or a predicted label is not in the snapshot.
    """
    rows = read_manifest(snapshot).select(["item_id", "split", "label"]).to_pylist()
    held_out = [row for row in rows if row["split"] == "test"]
    labels = [label["id"] for label in snapshot.labels]
    index = {label: number for number, label in enumerate(labels)}
    missing = [row["item_id"] for row in held_out if row["item_id"] not in predictions]
    if missing:
        raise InvalidInput(
            Message(
                "file: items of the test set without a row: {count}, such as item {missing}",
                count=len(missing),
                missing=missing[0],
            )
        )
    unknown = next((item for item, (label, _) in predictions.items() if label not in index), None)
    if unknown is not None:
        raise InvalidInput(
            Message(
                "file: item {unknown}: “{label}” is not a label of the snapshot",
                unknown=unknown,
                label=predictions[unknown][0][:60],
            )
        )
    hard = np.zeros((len(held_out), len(labels)))
    for number, row in enumerate(held_out):
        hard[number, index[predictions[row["item_id"]][0]]] = 1.0
    classification = classification_report(hard, [row["label"] for row in held_out], labels)
    item_predictions = [
        [row["item_id"], index[row["label"]], index[predictions[row["item_id"]][0]], predictions[row["item_id"]][1]]
        for row in held_out
    ]
    return create_evaluation(
        version=version,
        created_by_id=created_by_id,
        snapshot=snapshot,
        predicted_by=PredictionSource.AUTHOR,
        items=classification.items,
        labels=labels,
        confusion=classification.confusion.tolist(),
        metrics={name: interval.as_json() for name, interval in classification.metrics().items()},
        per_class=classification.per_class(),
        predictions=item_predictions,
    )
