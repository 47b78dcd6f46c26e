"""Endpoints of project types."""

from typing import ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from annotation.projects.filters import PROJECT_TYPE_LIST
from annotation.projects.schemas import ProjectTypeOut
from labelkit.project_types import PROJECT_TYPES
from plateau.access.endpoint import Endpoint
from plateau.access.scopes import Scope
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
