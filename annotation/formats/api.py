"""Routes of export and import."""

from collections.abc import Iterator
from itertools import chain
from typing import Any, ClassVar

from django.http import StreamingHttpResponse
from django.utils.text import slugify
from pydantic import BaseModel, Field
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.formats import imports
from annotation.formats.base import ExportData, Format
from annotation.formats.catalog import format_for, formats_for
from annotation.formats.errors import FormatNotSupported, ImageSizesUnknown
from annotation.formats.filters import FORMATS
from annotation.formats.queries import resolved_rows, unsized_items
from annotation.projects.models import Project
from annotation.projects.queries import current_schema
from annotation.snapshots.errors import SnapshotNotReady
from annotation.snapshots.models import Snapshot, SnapshotState
from plateau.access.endpoint import Endpoint
from plateau.access.scopes import Scope
from plateau.audit.services import record
from plateau.http.errors import InvalidInput, NotFound, ProjectArchived
from plateau.http.openapi import document
from plateau.http.paging import Page
from plateau.http.query import QueryModel, parse_query
from plateau.jobs.api import JobOut, job_out
from plateau.texts import translate

_PIECE = 64 * 1024


class FormatOut(BaseModel):
    """A format that fits a project; `loses` is what a round trip through it does not bring back."""

    key: str
    title: str
    suffix: str
    loses: list[str]


def _gathered(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Pieces of 64 KiB or more; the last may be shorter."""
    buffer = bytearray()
    for piece in pieces:
        buffer += piece
        if len(buffer) >= _PIECE:
            yield bytes(buffer)
            buffer.clear()
    if buffer:
        yield bytes(buffer)


def _begun(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The same pieces, the first of them made by now: what fails until then is an error, and no broken answer."""
    return chain([next(pieces, b"")], pieces)


def _check_sizes(project: Project, fmt: Format, snapshot: Snapshot | None) -> None:
    """Refuse before the first byte: a format that needs the size of a picture gets none made up.

    Raises:
        ImageSizesUnknown: naming the first items whose size is not known.
    """
    count, names = unsized_items(project, fmt.size_needed_path, snapshot) if fmt.size_needed_path else (0, [])
    if count:
        raise ImageSizesUnknown(fmt.title, names, count)


class ProjectFormats(Endpoint):
    """What a project can be written as, and read from."""

    scopes: ClassVar = {"GET": Scope.SNAPSHOTS_READ}

    @document(
        summary="Formats that can hold this project, and what each loses",
        out=Page[FormatOut],
        query=FORMATS,
        errors=[NotFound],
    )
    def get(self, request: Request, project_id: int) -> Response:
        """The formats."""
        project = Project.objects.visible_to(self.actor).get_or_404(pk=project_id)
        formats = formats_for(project.project_type)
        rows = [FormatOut(key=f.key, title=translate(f.title), suffix=f.suffix, loses=list(f.loses)) for f in formats]
        return Response(FORMATS.page(request, rows))


class ExportQuery(QueryModel):
    """How to write it."""

    format: str = Field(default="jsonl", pattern=r"^[\w-]{1,40}$", description="See `formats/` for those that fit")
    snapshot_id: int | None = Field(
        default=None, ge=1, le=2**63 - 1, description="Labels as this snapshot has them; without it, as they are now"
    )


class ProjectExport(Endpoint):
    """Resolved labels as a file."""

    scopes: ClassVar = {"GET": Scope.SNAPSHOTS_READ}

    @document(
        summary="Stream the resolved labels",
        out=bytes,
        query=ExportQuery,
        errors=[NotFound, FormatNotSupported, ImageSizesUnknown, SnapshotNotReady],
        media="*/*",
    )
    def get(self, request: Request, project_id: int) -> StreamingHttpResponse:
        """The file.

        Raises:
            FormatNotSupported: there is no such format, or it cannot hold the kind.
            ImageSizesUnknown: the format needs sizes that nobody knows.
            SnapshotNotReady: the snapshot is being built, or its build failed.
        """
        project = Project.objects.visible_to(self.actor).get_or_404(pk=project_id)
        query = parse_query(ExportQuery, request)
        fmt = format_for(query.format, project.project_type)
        snapshot = self._snapshot(project, query.snapshot_id)
        _check_sizes(project, fmt, snapshot)
        schema = current_schema(project)
        labels = schema.labels if snapshot is None else snapshot.labels
        rows = resolved_rows(project, snapshot)
        export = ExportData(project.name, project.kind, rows, labels, schema.attributes)
        record(
            actor=self.actor, action="labels.exported", subject=project, format=fmt.key,
            **({} if snapshot is None else {"snapshot": snapshot.version}),
        )  # fmt: skip
        response = StreamingHttpResponse(_begun(_gathered(fmt.write(export))), content_type=fmt.content_type)
        name = slugify(project.name) or "project"
        if snapshot is not None:
            name += f"-v{snapshot.version}"
        response["Content-Disposition"] = f'attachment; filename="{name}.{fmt.suffix}"'
        return response

    def _snapshot(self, project: Project, snapshot_id: int | None) -> Snapshot | None:
        if snapshot_id is None:
            return None
        snapshots = Snapshot.objects.visible_to(self.actor).filter(project=project)
        snapshot = snapshots.get_or_404(pk=snapshot_id)
        if snapshot.state != SnapshotState.READY:
            raise SnapshotNotReady("The snapshot is not ready yet.")
        return snapshot


FILE = {
    "multipart/form-data": {
        "type": "object",
        "properties": {
            "file": {"type": "string", "format": "binary"},
            "format": {"type": "string"},
            "hidden_fraction": {
                "type": "number",
                "description": "Fraction of the pre-annotations that nobody is shown: the control, 0 to 1",
            },
            "pre_annotation_model": {
                "type": "string",
                "description": "A model's name: import the labels as its pre-annotations, not as annotations",
            },
        },
        "required": ["file", "format"],
    }
}


def _parse_fraction(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        message = "must be a number from 0 to 1"
        raise InvalidInput.in_field("hidden_fraction", message)
    return value


class LabelImport(Endpoint):
    """Labels out of a file."""

    scopes: ClassVar = {"POST": Scope.PROJECTS_WRITE}
    parser_classes = (MultiPartParser,)

    @document(
        summary="Import labels: all of a file or nothing",
        body=FILE,
        out=JobOut,
        status=201,
        errors=[NotFound, FormatNotSupported, ProjectArchived],
    )
    def post(self, request: Request, project_id: int) -> Response:
        """A job that imports the file; its result says what was imported, and what the file held that could not be."""
        project = Project.objects.visible_to(self.actor).get_active(pk=project_id)
        file: Any = request.FILES.get("file")
        if file is None:
            raise InvalidInput.in_field("file", "is missing")
        form: Any = request.data
        job = imports.submit_import(
            actor=self.actor,
            project=project,
            format_key=str(form.get("format", "")),
            file=file,
            pre_annotation_model=str(form.get("pre_annotation_model", ""))[:200],
            hidden_fraction=_parse_fraction(str(form.get("hidden_fraction", "") or "0")),
        )
        return Response(job_out(job), status=201)
