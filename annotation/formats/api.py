"""The export route."""

from collections.abc import Iterator
from typing import ClassVar

from django.http import StreamingHttpResponse
from django.utils.text import slugify
from plateau.kernel.endpoint import Endpoint
from plateau.kernel.errors import Invalid, NotFound
from plateau.kernel.openapi import document
from plateau.kernel.scopes import Scope
from rest_framework.request import Request

from annotation.formats.catalog import EXPORTERS
from annotation.formats.queries import resolved_rows
from annotation.projects.models import Project
from annotation.projects.queries import current_schema

_PIECE = 64 * 1024


def _gathered(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The first piece at once, then pieces of 64 KiB."""
    buffer = bytearray()
    first = True
    for piece in pieces:
        buffer += piece
        if first or len(buffer) >= _PIECE:
            yield bytes(buffer)
            buffer.clear()
            first = False
    if buffer:
        yield bytes(buffer)


class ProjectExport(Endpoint):
    """Resolved labels as a file."""

    scopes: ClassVar = {"GET": Scope.SNAPSHOTS_READ}

    @document(
        summary="Stream the resolved labels",
        out=bytes,
        query={"format": (str, "jsonl (default), csv (classes), coco (boxes)")},
        refusals=[NotFound, Invalid],
        media="application/octet-stream",
    )
    def get(self, request: Request, project_id: int) -> StreamingHttpResponse:
        """The file.

        Raises:
            Invalid: unknown format, or one that cannot hold this kind.
        """
        project = Project.objects.visible_to(self.actor).one(pk=project_id)
        exporter = EXPORTERS.get(request.query_params.get("format", "jsonl"))
        if exporter is None or project.kind not in exporter.kinds:
            fit = ", ".join(sorted(key for key, one in EXPORTERS.items() if project.kind in one.kinds))
            message = f"for this project it must be one of: {fit}"
            raise Invalid(f"format: {message}", [{"field": "format", "message": message}])
        pieces = exporter.write(resolved_rows(project), labels=current_schema(project).labels)
        response = StreamingHttpResponse(_gathered(pieces), content_type=exporter.media_type)
        name = slugify(project.name) or "project"
        response["Content-Disposition"] = f'attachment; filename="{name}.{exporter.suffix}"'
        return response
