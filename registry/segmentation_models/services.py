"""Writes of segmentation models."""

import shutil
import tempfile
import uuid
from pathlib import Path
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction

from labelkit.messages import Message
from plateau.access.scopes import Actor
from plateau.audit.services import record
from registry.segmentation_models.errors import SegmentationModelInvalid, SegmentationModelNameTaken
from registry.segmentation_models.models import SegmentationModel
from registry.segmentation_models.signature import find_signature_problem
from registry.serving_backends.base import BackendError, ModelFiles
from registry.serving_backends.catalog import SERVING_BACKENDS
from registry.serving_backends.sandboxed_onnx import SandboxedOnnxBackend

MAX_BYTES = 200 * 1024 * 1024
MAX_NAME = 120


def _find_file_problem(file: Any) -> str:
    """Why the file is no click-to-mask model; empty where it is."""
    backend = SERVING_BACKENDS[SandboxedOnnxBackend.key]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        with path.open("wb") as copy:
            shutil.copyfileobj(file, copy)
        try:
            model = backend.load(ModelFiles(path, path.parent))
        except BackendError as error:
            return f"this is no valid ONNX model: {error}"[:300]
        try:
            return find_signature_problem(model)
        finally:
            backend.unload(model)


@transaction.atomic
def register_segmentation_model(*, actor: Actor, name: str, file: Any) -> SegmentationModel:
    """Check a model's graph and store it.

    Raises:
        SegmentationModelInvalid: the name or the file does not fit.
        SegmentationModelNameTaken: the organization has a model of this name.
    """
    if not name or len(name) > MAX_NAME or "\x00" in name:
        raise SegmentationModelInvalid("name", Message("must have 1 to {max_name} characters", max_name=MAX_NAME))
    if file is None or file.size > MAX_BYTES:
        raise SegmentationModelInvalid("file", "is missing" if file is None else "is larger than 200 MiB")
    if SegmentationModel.objects.visible_to(actor).filter(name=name).exists():
        raise SegmentationModelNameTaken(name)
    if problem := _find_file_problem(file):
        raise SegmentationModelInvalid("file", problem)
    file.seek(0)
    key = default_storage.save(f"segmentation-models/{actor.organization_id}/{uuid.uuid4().hex}.onnx", file)
    model = SegmentationModel.objects.create(
        organization_id=actor.organization_id,
        name=name,
        storage_key=key,
        size_bytes=file.size,
        created_by_id=actor.user_id,
    )
    record(actor=actor, action="segmentation_model.registered", subject=model, name=name)
    return model


@transaction.atomic
def delete_segmentation_model(*, actor: Actor, model: SegmentationModel) -> None:
    """Delete a model with its file; masks that were made with it stay."""
    record(actor=actor, action="segmentation_model.deleted", subject=model, name=model.name)
    default_storage.delete(model.storage_key)
    model.delete()
