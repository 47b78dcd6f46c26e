"""Routes of models that help while labeling."""

from typing import Any, ClassVar

from django.core.files.storage import default_storage
from django.http import FileResponse
from pydantic import BaseModel
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from plateau.access.endpoint import Endpoint
from plateau.access.scopes import Scope
from plateau.audit.services import record
from plateau.http.errors import Conflict, NotFound
from plateau.http.openapi import document
from plateau.http.paging import Page
from registry.segmentation_models.filters import ASSISTANTS
from registry.segmentation_models.models import Assistant
from registry.segmentation_models.services import register

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


def _out(row: Assistant) -> AssistantOut:
    return AssistantOut(id=row.pk, name=row.name, size=row.size)


class AssistantList(Endpoint):
    """Models that help while labeling."""

    scopes: ClassVar = {"GET": Scope.LABELS_WRITE, "POST": Scope.MODELS_WRITE}
    parser_classes = (MultiPartParser,)

    @document(summary="Click-to-mask models", out=Page[AssistantOut], query=ASSISTANTS)
    def get(self, request: Request) -> Response:
        """One page, the newest first."""
        return Response(ASSISTANTS.page(request, Assistant.objects.visible_to(self.actor), _out))

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
