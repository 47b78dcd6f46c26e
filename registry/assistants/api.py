"""Routes of models that help while labeling."""

import uuid
from typing import Any, ClassVar

from django.core.files.storage import default_storage
from django.db import transaction
from django.http import FileResponse
from plateau.audit.services import record
from plateau.kernel.endpoint import Endpoint
from plateau.kernel.errors import Conflict, Invalid, NotFound
from plateau.kernel.openapi import document
from plateau.kernel.scopes import Actor, Scope
from pydantic import BaseModel
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from registry.assistants.models import Assistant
from registry.assistants.signature import WrongModel, check

MAX_BYTES = 200 * 1024 * 1024
FILE = {
    "multipart/form-data": {
        "type": "object",
        "properties": {"file": {"type": "string", "format": "binary"}, "name": {"type": "string"}},
        "required": ["file", "name"],
    }
}


class AssistantOut(BaseModel):
    """A click-to-mask model."""

    id: int
    name: str
    size: int


class Assistants(BaseModel):
    """Every one of an organization, the newest first."""

    rows: list[AssistantOut]


def _out(row: Assistant) -> AssistantOut:
    return AssistantOut(id=row.pk, name=row.name, size=row.size)


def _wrong(field: str, message: str) -> Invalid:
    return Invalid(f"{field}: {message}", [{"field": field, "message": message}])


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
    data = file.read()
    try:
        check(data)
    except WrongModel as error:
        raise _wrong("file", str(error)) from error
    file.seek(0)
    key = default_storage.save(f"assistants/{actor.organization_id}/{uuid.uuid4().hex}.onnx", file)
    row = Assistant.objects.create(
        organization_id=actor.organization_id, name=name, storage_key=key, size=len(data), created_by_id=actor.user_id
    )
    record(actor=actor, action="assistant.registered", subject=row, name=name)
    return row


class AssistantList(Endpoint):
    """Models that help while labeling."""

    scopes: ClassVar = {"GET": Scope.LABELS_WRITE, "POST": Scope.MODELS_WRITE}
    parser_classes = (MultiPartParser,)

    @document(summary="Click-to-mask models", out=Assistants)
    def get(self, request: Request) -> Response:
        """All of them."""
        rows = Assistant.objects.visible_to(self.actor).order_by("-pk")[:100]
        return Response(Assistants(rows=[_out(row) for row in rows]))

    @document(
        summary="Register a click-to-mask model (ONNX)", body=FILE, out=AssistantOut, status=201, refusals=[Conflict]
    )
    def post(self, request: Request) -> Response:
        """Its graph is checked, not run."""
        form: Any = request.data
        row = register(actor=self.actor, name=str(form.get("name", "")).strip(), file=request.FILES.get("file"))
        return Response(_out(row), status=201)


class AssistantOne(Endpoint):
    """One of them."""

    scopes: ClassVar = {"GET": Scope.LABELS_WRITE, "DELETE": Scope.MODELS_WRITE}

    @document(summary="The model's file", out=bytes, refusals=[NotFound], media="application/octet-stream")
    def get(self, request: Request, assistant_id: int) -> FileResponse:
        """Its bytes, for the browser to run."""
        row = Assistant.objects.visible_to(self.actor).one(pk=assistant_id)
        if not default_storage.exists(row.storage_key):
            raise NotFound("The storage has no such file.")
        response = FileResponse(default_storage.open(row.storage_key), content_type="application/octet-stream")
        response["Cache-Control"] = "private, max-age=31536000, immutable"
        return response

    @document(summary="Take a model away", status=204, refusals=[NotFound])
    def delete(self, request: Request, assistant_id: int) -> Response:
        """Masks made with it stay."""
        row = Assistant.objects.visible_to(self.actor).one(pk=assistant_id)
        record(actor=self.actor, action="assistant.removed", subject=row, name=row.name)
        default_storage.delete(row.storage_key)
        row.delete()
        return Response(status=204)
