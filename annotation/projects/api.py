"""Endpoints of project types, and of pictures in guidelines."""

from typing import Any, ClassVar

from django.http.response import HttpResponseBase
from django.urls import reverse
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.projects.filters import PROJECT_TYPE_LIST
from annotation.projects.models import GuidelinePicture, Project
from annotation.projects.schemas import GuidelinePictureOut, ProjectTypeOut
from annotation.projects.services import save_guideline_picture
from labelkit.project_types import PROJECT_TYPES
from plateau.access.endpoint import Endpoint
from plateau.access.scopes import Scope
from plateau.datalake.api import file_response
from plateau.http.errors import InvalidInput, NotFound, ProjectArchived
from plateau.http.openapi import document
from plateau.http.paging import Page


class ProjectTypeList(Endpoint):
    """What projects can be of."""

    scopes: ClassVar = {"GET": Scope.PROJECTS_READ}

    @document(
        summary="Project types: media type and annotation type", out=Page[ProjectTypeOut], query=PROJECT_TYPE_LIST
    )
    def get(self, request: Request) -> Response:
        """The catalog."""
        rows = [ProjectTypeOut.of(project_type) for project_type in PROJECT_TYPES.values()]
        return Response(PROJECT_TYPE_LIST.page(request, rows))


FILE = {
    "multipart/form-data": {
        "type": "object",
        "properties": {"file": {"type": "string", "format": "binary"}},
        "required": ["file"],
    }
}


class GuidelinePictureList(Endpoint):
    """Pictures for a project's guidelines."""

    scopes: ClassVar = {"POST": Scope.PROJECTS_WRITE}
    parser_classes = (MultiPartParser,)

    @document(
        summary="Add a picture for the guidelines; Markdown shows it by its address",
        body=FILE,
        out=GuidelinePictureOut,
        status=201,
        errors=[NotFound, InvalidInput, ProjectArchived],
    )
    def post(self, request: Request, project_id: int) -> Response:
        """Keep it."""
        project = Project.objects.visible_to(self.actor).get_active(pk=project_id)
        file: Any = request.FILES.get("file")
        if file is None:
            raise InvalidInput.in_field("file", "is missing")
        picture = save_guideline_picture(actor=self.actor, project=project, data=file.read())
        address = reverse("guideline-picture", args=[project.pk, picture.pk])
        return Response(GuidelinePictureOut(id=picture.pk, address=address), status=201)


class GuidelinePictureContent(Endpoint):
    """A picture of guidelines."""

    scopes: ClassVar = {"GET": Scope.PROJECTS_READ}
    unrecorded: ClassVar = {"GET": "part of the guidelines, which every member reads"}

    @document(summary="A picture of the guidelines", out=bytes, errors=[NotFound], media="image/*")
    def get(self, request: Request, project_id: int, picture_id: int) -> HttpResponseBase:
        """Its bytes."""
        pictures = GuidelinePicture.objects.visible_to(self.actor).filter(project_id=project_id)
        picture = pictures.get_or_404(pk=picture_id)
        return file_response(picture.storage_key, picture.content_type)
