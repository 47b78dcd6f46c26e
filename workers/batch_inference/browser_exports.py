"""Exports for the browser in smaller number formats, each with what it costs on the held-out test set."""

import base64
import hashlib
import io
from typing import Any

import numpy as np
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from numpy.typing import NDArray
from PIL import Image

from labelkit.annotations import ANNOTATION_TYPES
from labelkit.metrics import score
from labelkit.metrics.scores import bootstrap_difference
from labelkit.model_outputs import GRAPHS, IN_BROWSER
from plateau.jobs import services as jobs
from plateau.jobs.models import Job
from plateau.sandbox.process import GIB, call
from registry.model_versions.files import fetch_onnx, local_folder
from registry.model_versions.job_kinds import ExportPayload
from registry.model_versions.models import BrowserExport, ModelVersion, Variant
from statkit.proportions import paired_proportion_difference
from workers.recipes.base import read_rgb
from workers.runtime.dataset import SnapshotDataset, fetch_dataset
from workers.runtime.image_predictor import ImagePredictor
from workers.runtime.job_run import JobRun

SAMPLE_COUNT = 4
MAX_SAMPLE_VALUES = 2000


def export_for_browser(job: Job, run: JobRun, payload: ExportPayload) -> dict[str, object]:
    """Handler of job kind `export`: an export in each number format, or the error for which there is none."""
    _, dataset = fetch_dataset(payload.snapshot_id, run)
    version = ModelVersion.objects.get(pk=payload.version_id)
    source = fetch_onnx(version, run.cache)
    kind, labels, side = (
        version.browser_output_kind,
        list(version.facts.get("labels", [])),
        int(version.facts["image_size"]),
    )
    run.message, run.share = "predicting the held-out test set", 300
    original = ImagePredictor(source, kind, labels, side)
    is_evaluable = kind in GRAPHS
    reference = original.predict(dataset.test, run) if is_evaluable else None
    inputs = [read_rgb(example.path, side) for example in dataset.train[:SAMPLE_COUNT]]
    expected = [_sample_outputs(original, pixels) for pixels in inputs]
    samples = [{"png": _png(pixels), "outputs": outputs} for pixels, outputs in zip(inputs, expected, strict=True)]
    for number, variant in enumerate(Variant):
        run.raise_if_stopped()
        run.begin, run.share, run.message = 300 + 200 * number, 180, f"converting and evaluating {variant}"
        jobs.report(claim=run.claim, done=run.begin, total=1000, message=run.message)
        path = run.workdir / f"{variant}.onnx"
        try:
            arguments = {"source": str(source.resolve()), "target": str(path.resolve()), "variant": str(variant)}
            call(
                "workers.batch_inference.quantization:convert", arguments, read=[local_folder(version, run.cache)],
                write=[run.workdir], file_bytes=2 * GIB, seconds=600,
            )  # fmt: skip
            model = ImagePredictor(path, kind, labels, side)
            facts: dict[str, Any] = {
                "samples": samples,
                "max_abs_difference": _largest_difference(inputs, expected, model),
            }
            if is_evaluable:
                facts |= measure_cost(kind, labels, reference, model.predict(dataset.test, run), dataset)
        except Exception as error:
            if type(error).__name__ == "RunStopped":
                raise
            BrowserExport.objects.update_or_create(
                version=version, variant=variant, defaults={"error": f"{type(error).__name__}: {error}"[:300]}
            )
            continue
        content = path.read_bytes()
        key = default_storage.save(f"exports/{version.pk}/{variant}.onnx", ContentFile(content))
        old = BrowserExport.objects.filter(version=version, variant=variant).first()
        BrowserExport.objects.update_or_create(
            version=version,
            variant=variant,
            defaults={
                "storage_key": key,
                "size_bytes": len(content),
                "sha256": hashlib.sha256(content).hexdigest(),
                "error": "",
                "facts": facts,
            },
        )
        if old is not None and old.storage_key:
            default_storage.delete(old.storage_key)
    return {"version_id": version.pk}


def measure_cost(
    kind: str, labels: list[str], reference: Any, predictions: Any, dataset: SnapshotDataset
) -> dict[str, object]:
    """The primary `metric` on the held-out test set, its `value`, and its paired `difference` from the reference."""
    items = len(dataset.test)
    if ANNOTATION_TYPES[kind].is_single_class:
        truth = np.array([labels.index(example.target) if example.target in labels else -1 for example in dataset.test])
        after, before = (outputs.argmax(axis=1) == truth for outputs in (predictions, reference))
        cells = (before & after, before & ~after, ~before & after, ~before & ~after)
        counts = [int(cell.sum()) for cell in cells]
        value = float(after.mean()) if items else None
        return {
            "items": items,
            "metric": "accuracy",
            "value": value,
            "difference": paired_proportion_difference(*counts).as_json(),
        }
    scores, reference_scores = (
        score(kind, outputs, dataset.test, dataset.labels) for outputs in (predictions, reference)
    )
    metric = scores.keys[0]
    value = scores.values(np.arange(items))[metric] if items else None
    difference = bootstrap_difference(scores, reference_scores).as_json() if items else None
    return {"items": items, "metric": metric, "value": value, "difference": difference}


def _png(pixels: NDArray[np.uint8]) -> str:
    """A PNG file in base64."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def _sample_outputs(model: ImagePredictor, pixels: NDArray[np.uint8]) -> dict[str, list[float]]:
    """Outputs by name, flat and thinned, by which a browser checks its own for the same image."""
    outputs = model.run_graph(pixels[None].astype(np.float32))
    flat = {name: tensor[0].ravel() for name, tensor in outputs.items()}
    return {
        name: [round(float(number), 6) for number in values[:: -(-values.size // MAX_SAMPLE_VALUES)]]
        for name, values in flat.items()
    }


def _largest_difference(
    inputs: list[NDArray[np.uint8]], expected: list[dict[str, list[float]]], model: ImagePredictor
) -> float:
    """The largest absolute difference in the first output (probabilities or scores) over the samples."""
    name = IN_BROWSER[model.kind][0]
    gaps = [
        np.abs(np.array(outputs[name]) - np.array(_sample_outputs(model, pixels)[name])).max(initial=0.0)
        for pixels, outputs in zip(inputs, expected, strict=True)
    ]
    return float(max(gaps, default=0.0))
