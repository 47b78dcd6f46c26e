"""Making a model ready for the browser: smaller number formats, each with what it costs on the sealed split."""

import base64
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
from workers.recipes.base import check_run, read_rgb
from workers.runtime.dataset import Material, fetch_material
from workers.runtime.image_model import ImageModel
from workers.runtime.job_run import JobRun

SAMPLES = 4
MOST_CHECKED = 2000


def export_for_browser(job: Job, run: JobRun, order: ExportPayload) -> dict[str, Any]:
    """Handler of job kind `export`, in the trainer's process. A format that cannot be made says why."""
    _, material = fetch_material(order.snapshot_id, run)
    version = ModelVersion.objects.get(pk=order.version_id)
    source = fetch_onnx(version, run.cache)
    kind, labels, side = (
        version.browser_output_kind,
        list(version.facts.get("labels", [])),
        int(version.facts["input_side"]),
    )
    run.message, run.share = "answering sealed items", 300
    whole = ImageModel(source, kind, labels, side)
    judged = kind in GRAPHS
    reference = whole.predict(material.sealed, run) if judged else None
    inputs = [read_rgb(one.path, side) for one in material.train[:SAMPLES]]
    expected = [_checked(whole, pixels) for pixels in inputs]
    samples = [{"png": _png(pixels), "outputs": outputs} for pixels, outputs in zip(inputs, expected, strict=True)]
    for number, variant in enumerate(Variant):
        check_run(run)
        run.begin, run.share, run.message = 300 + 200 * number, 180, f"converting and evaluating {variant}"
        jobs.report(claim=run.claim, done=run.begin, total=1000, message=run.message)
        path = run.workdir / f"{variant}.onnx"
        try:
            given = {"source": str(source.resolve()), "target": str(path.resolve()), "variant": str(variant)}
            call(
                "workers.batch_inference.quantization:make", given, read=[local_folder(version, run.cache)],
                write=[run.workdir], file_bytes=2 * GIB, seconds=600,
            )  # fmt: skip
            model = ImageModel(path, kind, labels, side)
            facts: dict[str, Any] = {"samples": samples, "max_abs_difference": _largest(inputs, expected, model)}
            if judged:
                facts |= cost(kind, labels, reference, model.predict(material.sealed, run), material)
        except Exception as error:
            if type(error).__name__ == "Stopped":
                raise
            BrowserExport.objects.update_or_create(
                version=version, variant=variant, defaults={"error": f"{type(error).__name__}: {error}"[:300]}
            )
            continue
        key = default_storage.save(f"exports/{version.pk}/{variant}.onnx", ContentFile(path.read_bytes()))
        old = BrowserExport.objects.filter(version=version, variant=variant).first()
        BrowserExport.objects.update_or_create(
            version=version,
            variant=variant,
            defaults={
                "storage_key": key,
                "size_bytes": path.stat().st_size,
                "error": "",
                "facts": facts,
            },
        )
        if old is not None and old.storage_key:
            default_storage.delete(old.storage_key)
    return {"version_id": version.pk}


def cost(kind: str, labels: list[str], reference: Any, found: Any, material: Material) -> dict[str, Any]:
    """The kind's own `metric` on the sealed items, its `value`, and its paired `difference` from the reference."""
    items = len(material.sealed)
    if ANNOTATION_TYPES[kind].is_single_class:
        truth = np.array(
            [labels.index(example.target) if example.target in labels else -1 for example in material.sealed]
        )
        b, a = (answers.argmax(axis=1) == truth for answers in (found, reference))
        counts = [int(part.sum()) for part in (a & b, a & ~b, ~a & b, ~a & ~b)]
        value = float(b.mean()) if items else None
        return {
            "items": items,
            "metric": "accuracy",
            "value": value,
            "difference": paired_proportion_difference(*counts).as_json(),
        }
    one, other = (score(kind, answers, material.sealed, material.labels) for answers in (found, reference))
    value = one.values(np.arange(items))[one.keys[0]] if items else None
    difference = bootstrap_difference(one, other).as_json() if items else None
    return {"items": items, "metric": one.keys[0], "value": value, "difference": difference}


def _png(pixels: NDArray[np.uint8]) -> str:
    """As base64."""
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return base64.b64encode(out.getvalue()).decode()


def _checked(model: ImageModel, pixels: NDArray[np.uint8]) -> dict[str, list[float]]:
    """What a browser checks itself against: every output for a picture, flat, thinned to a few thousand numbers."""
    said = {key: one[0].ravel() for key, one in model.said(pixels[None].astype(np.float32)).items()}
    return {key: [round(float(v), 6) for v in one[:: -(-one.size // MOST_CHECKED)]] for key, one in said.items()}


def _largest(inputs: list[NDArray[np.uint8]], expected: list[dict[str, list[float]]], model: ImageModel) -> float:
    """The largest difference of a probability, score or share over the samples."""
    name = IN_BROWSER[model.kind][0]
    gaps = [
        np.abs(np.array(said[name]) - np.array(_checked(model, pixels)[name])).max(initial=0.0)
        for pixels, said in zip(inputs, expected, strict=True)
    ]
    return float(max(gaps, default=0.0))
