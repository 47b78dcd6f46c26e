"""Making a model ready for the browser: smaller number formats, each with what it costs on the sealed split."""

import base64
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from numpy.typing import NDArray
from PIL import Image
from plateau.jobs import services as jobs
from plateau.jobs.models import Job

from registry.versions.comparison import paired_difference
from registry.versions.files import fetch_onnx
from registry.versions.models import BrowserExport, ModelVersion, Variant
from workers.recipes.base import Example, check_run, read_rgb
from workers.runtime.context import JobRun
from workers.runtime.material import Material
from workers.runtime.onnx_model import OnnxModel

CALIBRATED_ON = 64
SAMPLES = 4


def export(job: Job, run: JobRun, material: Material) -> dict[str, Any]:
    """Handler of job kind `export`, in the trainer's process. A format that cannot be made says why."""
    version = ModelVersion.objects.get(pk=job.payload["version_id"])
    source = fetch_onnx(version, run.cache)
    labels, side = list(version.facts["labels"]), int(version.facts["input_side"])
    whole = OnnxModel(source, labels, side)
    reference = whole.answer(material.sealed, run, done=0, total=max(1, len(material.sealed))).probabilities
    truth = np.array([labels.index(one.label) if one.label in labels else -1 for one in material.sealed])
    samples = _samples(material.train[:SAMPLES], whole)
    for number, variant in enumerate(Variant):
        check_run(run)
        done = 300 + 200 * number
        jobs.report(claim=run.claim, done=done, total=1000, message=f"making and judging {variant}")
        path = run.workdir / f"{variant}.onnx"
        try:
            make(source, path, variant, material.train[:CALIBRATED_ON], side)
            found = OnnxModel(path, labels, side).answer(material.sealed, run, done=0, total=10**9).probabilities
        except Exception as error:
            if type(error).__name__ == "Stopped":
                raise
            BrowserExport.objects.update_or_create(
                version=version, variant=variant, defaults={"problem": f"{type(error).__name__}: {error}"[:300]}
            )
            continue
        key = default_storage.save(f"exports/{version.pk}/{variant}.onnx", ContentFile(path.read_bytes()))
        old = BrowserExport.objects.filter(version=version, variant=variant).first()
        BrowserExport.objects.update_or_create(
            version=version,
            variant=variant,
            defaults={
                "storage_key": key,
                "size": path.stat().st_size,
                "problem": "",
                "facts": cost(truth, reference, found) | {"samples": samples},
            },
        )
        if old is not None and old.storage_key:
            default_storage.delete(old.storage_key)
    return {"version_id": version.pk}


def cost(truth: NDArray[np.int64], reference: NDArray[np.float64], found: NDArray[np.float64]) -> dict[str, Any]:
    """Accuracy, its paired difference from the reference, and the largest difference of one probability."""
    a, b = reference.argmax(axis=1) == truth, found.argmax(axis=1) == truth
    difference = paired_difference(int((a & b).sum()), int((a & ~b).sum()), int((~a & b).sum()), int((~a & ~b).sum()))
    return {
        "items": len(truth),
        "accuracy": float(b.mean()) if len(truth) else None,
        "difference": vars(difference),
        "largest": float(np.abs(reference - found).max(initial=0.0)),
    }


def make(source: Path, target: Path, variant: str, calibration: list[Example], side: int) -> None:
    """Write `variant` of the graph `source` as one file."""
    import onnx

    if variant == Variant.FP32:
        onnx.save_model(onnx.load(str(source)), str(target))
    elif variant == Variant.FP16:
        from onnxruntime.transformers.float16 import convert_float_to_float16

        half = convert_float_to_float16(onnx.load(str(source)), keep_io_types=True)
        onnx.save_model(half, str(target))
    else:
        _quantize(source, target, calibration, side)


def _quantize(source: Path, target: Path, calibration: list[Example], side: int) -> None:
    """Static quantization: weights by channel and activations as 8-bit integers, calibrated on training pictures."""
    import onnx
    from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
    from onnxruntime.quantization.shape_inference import quant_pre_process

    ready, whole = target.with_suffix(".ready.onnx"), target.with_suffix(".whole.onnx")
    onnx.save_model(onnx.load(str(source)), str(whole))  # its weights may lie in a file beside it
    quant_pre_process(str(whole), str(ready), skip_symbolic_shape=True)
    name = onnx.load(str(ready), load_external_data=False).graph.input[0].name

    class Pictures(CalibrationDataReader):  # type: ignore[misc]  # onnxruntime has no types
        def __init__(self) -> None:
            self.rows = _inputs(calibration, side, name)

        def get_next(self) -> dict[str, Any] | None:
            return next(self.rows, None)

    quantize_static(
        str(ready),
        str(target),
        Pictures(),
        quant_format=QuantFormat.QDQ,
        per_channel=True,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
    )
    ready.unlink(missing_ok=True)
    whole.unlink(missing_ok=True)


def _inputs(examples: list[Example], side: int, name: str) -> Iterator[dict[str, Any]]:
    for one in examples:
        yield {name: read_rgb(one.path, side).astype(np.float32)[None]}


def _samples(examples: list[Example], model: OnnxModel) -> list[dict[str, Any]]:
    found = []
    for one in examples:
        pixels = read_rgb(one.path, model.side)
        out = io.BytesIO()
        Image.fromarray(pixels).save(out, "PNG")
        answer = model.probabilities(pixels[None].astype(np.float32))[0]
        found.append(
            {"png": base64.b64encode(out.getvalue()).decode(), "probabilities": [float(value) for value in answer]}
        )
    return found
