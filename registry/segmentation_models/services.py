"""Registering models that help while labeling."""

import shutil
import tempfile
import uuid
from pathlib import Path
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction

from plateau.access.scopes import Actor
from plateau.audit.services import record
from plateau.http.errors import Conflict, Invalid
from registry.segmentation_models.models import Assistant
from registry.segmentation_models.signature import find_signature_problem
from registry.serving_backends.base import BackendError, ModelFiles
from registry.serving_backends.catalog import SERVING_BACKENDS
from registry.serving_backends.sandboxed_onnx import SandboxedOnnxBackend

MAX_BYTES = 200 * 1024 * 1024


def _wrong(field: str, message: str) -> Invalid:
    return Invalid(f"{field}: {message}", [{"field": field, "message": message}])


def _problem_of(file: Any) -> str:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        with path.open("wb") as out:
            shutil.copyfileobj(file, out)
        backend = SERVING_BACKENDS[SandboxedOnnxBackend.key]
        try:
            model = backend.load(ModelFiles(path, path.parent))
        except BackendError as error:
            return f"this is no valid ONNX model: {error}"[:300]
        try:
            return find_signature_problem(model)
        finally:
            backend.unload(model)


@transaction.atomic
def register(*, actor: Actor, name: str, file: Any) -> Assistant:
    """Check a model's graph and keep it.

    Raises:
        Invalid: it does not fit.
        Conflict: the name is taken.
    """
    if not name or len(name) > 120 or "\x00" in name:
        raise _wrong("name", "must have 1 to 120 characters")
    if file is None or file.size > MAX_BYTES:
        raise _wrong("file", "is missing" if file is None else "is larger than 200 MiB")
    if Assistant.objects.visible_to(actor).filter(name=name).exists():
        raise Conflict(f"There is a model named “{name}” already.")
    if problem := _problem_of(file):
        raise _wrong("file", problem)
    file.seek(0)
    key = default_storage.save(f"assistants/{actor.organization_id}/{uuid.uuid4().hex}.onnx", file)
    row = Assistant.objects.create(
        organization_id=actor.organization_id, name=name, storage_key=key, size=file.size, created_by_id=actor.user_id
    )
    record(actor=actor, action="assistant.registered", subject=row, name=name)
    return row
