"""Routes of segmentation models."""

from typing import Any, ClassVar

from django.core.files.storage import default_storage
from django.http import FileResponse
from pydantic import BaseModel
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from plateau.access.endpoint import Endpoint
from plateau.access.scopes import Scope
from plateau.http.errors import NotFound
from plateau.http.openapi import document
from plateau.http.paging import Page
from registry.segmentation_models.errors import (
    SegmentationModelFileMissing,
    SegmentationModelInvalid,
    SegmentationModelNameTaken,
)
from registry.segmentation_models.filters import SEGMENTATION_MODELS
from registry.segmentation_models.models import SegmentationModel
from registry.segmentation_models.services import delete_segmentation_model, register_segmentation_model

FILE = {
    "multipart/form-data": {
        "type": "object",
        "properties": {"file": {"type": "string", "format": "binary"}, "name": {"type": "string"}},
        "required": ["file", "name"],
    }
}


class SegmentationModelOut(BaseModel):
    """A click-to-mask model."""

    id: int
    name: str
    size_bytes: int


def _out(model: SegmentationModel) -> SegmentationModelOut:
    return SegmentationModelOut(id=model.pk, name=model.name, size_bytes=model.size_bytes)


class SegmentationModelList(Endpoint):
    """The segmentation models of the organization."""

    scopes: ClassVar = {"GET": Scope.LABELS_WRITE, "POST": Scope.MODELS_WRITE}
    parser_classes = (MultiPartParser,)

    @document(summary="Click-to-mask models", out=Page[SegmentationModelOut], query=SEGMENTATION_MODELS)
    def get(self, request: Request) -> Response:
        """List a page of segmentation models."""
        return Response(SEGMENTATION_MODELS.page(request, SegmentationModel.objects.visible_to(self.actor), _out))

    @document(
        summary="Register a click-to-mask model (ONNX)",
        body=FILE,
        out=SegmentationModelOut,
        status=201,
        errors=[SegmentationModelNameTaken, SegmentationModelInvalid],
    )
    def post(self, request: Request) -> Response:
        """Register a model; its graph is loaded, not run."""
        form: Any = request.data
        model = register_segmentation_model(
            actor=self.actor, name=str(form.get("name", "")).strip(), file=request.FILES.get("file")
        )
        return Response(_out(model), status=201)


class SegmentationModelEndpoint(Endpoint):
    """A segmentation model."""

    scopes: ClassVar = {"GET": Scope.LABELS_WRITE, "DELETE": Scope.MODELS_WRITE}
    unrecorded: ClassVar = {"GET": "the editor loads it; it holds no data of the organization"}

    @document(
        summary="The model's file",
        out=bytes,
        errors=[NotFound, SegmentationModelFileMissing],
        media="application/octet-stream",
    )
    def get(self, request: Request, segmentation_model_id: int) -> FileResponse:
        """Download the file, for the browser to run."""
        model = SegmentationModel.objects.visible_to(self.actor).get_or_404(pk=segmentation_model_id)
        if not default_storage.exists(model.storage_key):
            raise SegmentationModelFileMissing
        response = FileResponse(default_storage.open(model.storage_key), content_type="application/octet-stream")
        response["Cache-Control"] = "private, max-age=31536000, immutable"
        return response

    @document(summary="Delete a segmentation model", status=204, errors=[NotFound])
    def delete(self, request: Request, segmentation_model_id: int) -> Response:
        """Delete it; masks that were made with it stay."""
        model = SegmentationModel.objects.visible_to(self.actor).get_or_404(pk=segmentation_model_id)
        delete_segmentation_model(actor=self.actor, model=model)
        return Response(status=204)
